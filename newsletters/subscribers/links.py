"""The links that reach readers by mail: what each opens, for how long, and whom it stands for.

No link shows an address: addresses stay in browsers' histories and in the logs of networks. The link to unsubscribe
holds the reader's own random word and lasts as long as the issues that it stands in; the others are encrypted and run out.
"""

from datetime import timedelta
from typing import NamedTuple

from django.urls import reverse

from mscos.encryption import decrypt_link, encrypt_link
from newsletters.models import Subscriber, SuppressedAddress

CONFIRM_LASTS = timedelta(days=Subscriber.CONFIRM_DAYS)
SEE_LASTS = timedelta(days=1)  # it opens all that is held, so it is not to lie about for long


class Change(NamedTuple):
    """A subscriber and the address that they want instead."""

    subscriber: Subscriber
    to: str


def to_confirm(subscriber: Subscriber) -> str:
    """Return the page by which a newcomer confirms."""
    return reverse("newsletters:confirm", args=[encrypt_link("confirm", token=subscriber.token)])


def opened_to_confirm(word: str) -> Subscriber | None:
    """Return who may confirm by a link, or has done so by it; None where it opens nothing."""
    facts = decrypt_link("confirm", word, lasts=CONFIRM_LASTS)
    signed_up = [Subscriber.State.PENDING, Subscriber.State.CONFIRMED]
    return Subscriber.objects.filter(token=facts["token"], state__in=signed_up).first() if facts else None


def opened_to_leave(word: str) -> Subscriber | None:
    """Return whose the link to unsubscribe is; None where it is nobody's, or nobody's any more."""
    return Subscriber.objects.filter(token=word).first() if word.isprintable() else None  # PostgreSQL refuses a NUL


def to_see(email: str) -> str:
    """Return the page of what is held about an address."""
    return reverse("newsletters:subscription_detail", args=[encrypt_link("see", email=email)])


def opened_to_see(word: str) -> str | None:
    """Return the address about which a link tells; None where it opens nothing."""
    facts = decrypt_link("see", word, lasts=SEE_LASTS)
    return facts["email"] if facts else None


def to_change(subscriber: Subscriber, to: str) -> str:
    """Return the page by which the owner of a new address takes it."""
    return reverse("newsletters:change_email", args=[encrypt_link("change", token=subscriber.token, to=to)])


def opened_to_change(word: str) -> Change | None:
    """Return whose address a link changes, and to what; None where it opens nothing, or nothing any more."""
    facts = decrypt_link("change", word, lasts=CONFIRM_LASTS)
    if facts is None or SuppressedAddress.objects.contains_address(facts["to"]):
        return None
    agreed = Subscriber.objects.exclude(state=Subscriber.State.PENDING)
    subscriber = agreed.filter(token=facts["token"]).first()
    return Change(subscriber, facts["to"]) if subscriber else None
