"""Actions on the address with which a person signs in."""

from allauth.account.models import EmailAddress
from django.db import transaction

from mscos.models import User


@transaction.atomic
def give_address(*, user: User) -> None:
    """Make `user.email` the person's one address for sign-in; a new one is not verified yet."""
    email = user.email.lower()
    addresses = EmailAddress.objects.filter(user=user)
    addresses.exclude(email=email).delete()
    addresses.get_or_create(user=user, email=email, defaults={"primary": True, "verified": False})


def prove_address(*, user: User) -> None:
    """Mark the person's address as verified: they opened a link that was mailed to it alone.

    Where there are several addresses the link does not tell to which one it was sent, and nothing is marked.
    """
    addresses = EmailAddress.objects.filter(user=user)
    if addresses.count() == 1:
        addresses.update(verified=True, primary=True)
