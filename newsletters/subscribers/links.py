"""The personal links in mail to subscribers: their URLs, and what their tokens stand for.

No link shows an email address: links stay in browser histories and in the logs of networks. The link to unsubscribe has
the subscriber's own random token and never expires; the others have encrypted tokens, which do.
"""

from datetime import timedelta
from typing import NamedTuple

from django.urls import reverse

from mscos.encryption import decrypt_link, encrypt_link
from newsletters.models import Subscriber, SuppressedAddress

CONFIRM_LASTS = timedelta(days=Subscriber.CONFIRM_DAYS)
STORED_DATA_LASTS = timedelta(days=1)  # short, since it opens all that is stored


class Change(NamedTuple):
    """A subscriber and their new address."""

    subscriber: Subscriber
    to: str


def confirm_url(subscriber: Subscriber) -> str:
    """Return the URL by which a new subscriber confirms."""
    return reverse("newsletters:confirm", args=[encrypt_link("confirm", token=subscriber.token)])


def subscriber_to_confirm(token: str) -> Subscriber | None:
    """Return the subscriber who may confirm by a token, or has done so; None where it is not valid."""
    facts = decrypt_link("confirm", token, lasts=CONFIRM_LASTS)
    signed_up = [Subscriber.State.PENDING, Subscriber.State.CONFIRMED]
    return Subscriber.objects.filter(token=facts["token"], state__in=signed_up).first() if facts else None


def subscriber_to_unsubscribe(token: str) -> Subscriber | None:
    """Return the subscriber with a token; None where there is none, or none any more."""
    return Subscriber.objects.filter(token=token).first() if token.isprintable() else None  # PostgreSQL refuses a NUL


def stored_data_url(email: str) -> str:
    """Return the URL of the data stored about an address."""
    return reverse("newsletters:subscription_detail", args=[encrypt_link("see", email=email)])


def email_of_stored_data(token: str) -> str | None:
    """Return the address whose stored data a token opens; None where it is not valid."""
    facts = decrypt_link("see", token, lasts=STORED_DATA_LASTS)
    return facts["email"] if facts else None


def change_email_url(subscriber: Subscriber, to: str) -> str:
    """Return the URL by which the owner of a new address confirms it."""
    return reverse("newsletters:change_email", args=[encrypt_link("change", token=subscriber.token, to=to)])


def requested_change(token: str) -> Change | None:
    """Return the change of address that a token confirms; None where it is not valid, or not any more."""
    facts = decrypt_link("change", token, lasts=CONFIRM_LASTS)
    if facts is None or SuppressedAddress.objects.contains_address(facts["to"]):
        return None
    confirmed = Subscriber.objects.exclude(state=Subscriber.State.PENDING)
    subscriber = confirmed.filter(token=facts["token"]).first()
    return Change(subscriber, facts["to"]) if subscriber else None
