"""What readers do about the newsletter: sign up, confirm, change, leave, have everything erased.

What a stranger can do with an address that is not theirs is held small: at most `MAILS_PER_ADDRESS` a day go to it, they
say nothing of what is held, and nothing changes before somebody presses a button that only its owner can reach.
"""

from collections.abc import Callable

from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from events.models import Suggestion
from mscos.backups.erasures import WordsOf
from mscos.codes import address_digest
from mscos.erasure import after_erasure
from mscos.limits import Limit
from mscos.mail.queue import enqueue
from newsletters import emails
from newsletters.models import Delivery, Enquiry, Subscriber, SuppressedAddress
from newsletters.models.people import new_token

# To one address, of all the kinds here together. A window may last half of this: a day.
MAILS_PER_ADDRESS = Limit("letters", times=3, seconds=48 * 60 * 60)


@transaction.atomic
def sign_up(*, email: str, name: str, organisation: str, subject_style: str, wording: str) -> None:
    """Mail a newcomer a link to confirm, a reader who is on the list that they are. `wording` is what they agreed to.

    Until somebody confirms, the form sent last counts: whoever comes back has most likely mended something, and its
    mail is the one at hand. Once confirmed, a form changes nothing: anybody can type any address.
    """
    if SuppressedAddress.objects.contains_address(email):
        _write(email, lambda: emails.your_link(email), to_nobody=True)
        return
    told = {
        "name": name,
        "organisation": organisation,
        "subject_style": subject_style,
        "consent_wording": wording,
        "consent_source": Subscriber.Source.FORM,
    }
    held = Subscriber.objects.by_email(email).select_for_update()
    subscriber, is_new = held.get_or_create(defaults={"email": email, **told})  # of two at once, one finds the other's
    if subscriber.state == Subscriber.State.CONFIRMED:
        _write(subscriber.email, lambda: emails.already_there(subscriber))
        return
    if not is_new:
        waiting = {"state": Subscriber.State.PENDING, "signed_up_on": timezone.localdate(), "consent_on": None}
        Subscriber.objects.filter(pk=subscriber.pk).update(**told, **waiting)
    _write(subscriber.email, lambda: emails.confirm(subscriber))


def confirm(*, subscriber: Subscriber) -> None:
    """Put a newcomer on the list; this is the day on which they agreed. Once confirmed it changes nothing."""
    waiting = Subscriber.objects.filter(pk=subscriber.pk, state=Subscriber.State.PENDING)
    waiting.update(state=Subscriber.State.CONFIRMED, consent_on=timezone.localdate())


def send_link(*, email: str) -> None:
    """Mail the link to what is held about an address, if anything is and its owner may be written to."""
    places = (Subscriber.objects, Enquiry.objects, Suggestion.objects)
    known = next((row for row in (place.by_email(email).first() for place in places) if row), None)
    to = known.email if known else email  # as its owner wrote it, whoever asks
    _write(
        to, lambda: emails.your_link(to), to_nobody=known is None or SuppressedAddress.objects.contains_address(email)
    )


def change_details(*, subscriber: Subscriber, name: str, organisation: str, subject_style: str) -> None:
    """Store what a reader says of themselves and how their subject lines are."""
    held = Subscriber.objects.filter(pk=subscriber.pk)
    held.update(name=name, organisation=organisation, subject_style=subject_style)


def change_subject_style(*, subscriber: Subscriber, subject_style: str) -> None:
    """Store how a reader's subject lines are."""
    Subscriber.objects.filter(pk=subscriber.pk).update(subject_style=subject_style)


def ask_to_change(*, subscriber: Subscriber, to: str) -> None:
    """Mail a link to a new address; nothing changes before its owner presses the button there."""
    _write(to, lambda: emails.change_email(subscriber, to), to_nobody=SuppressedAddress.objects.contains_address(to))


def change_email(*, subscriber: Subscriber, to: str) -> None:
    """Move a subscription to an address whose owner has agreed; one that this address had is merged into it.

    The links in mail to the old address stop working: whoever reads that mailbox must learn nothing of the new one.
    """
    try:
        _move(subscriber, to)
    except IntegrityError:  # somebody signed up with it in the same moment: now their row is there to be merged
        _move(subscriber, to)


@transaction.atomic
def _move(subscriber: Subscriber, to: str) -> None:
    either = Q(pk=subscriber.pk) | Q(email__iexact=to)
    rows = {row.pk: row for row in Subscriber.objects.select_for_update().filter(either).order_by("pk")}
    if rows.pop(subscriber.pk, None) is None:
        return  # unsubscribed a moment ago
    token = new_token()
    for other in rows.values():  # one at the most; the links in its mail go on working
        token = other.token
        Subscriber.objects.filter(pk=other.pk).delete()
    # What still comes back to the old address, or is sent from it, is no word of the new one's owner.
    Delivery.objects.filter(subscriber=subscriber.pk).exclude(state=Delivery.State.QUEUED).update(subscriber=None)
    moved = {"email": to, "token": token, "state": Subscriber.State.CONFIRMED}
    Subscriber.objects.filter(pk=subscriber.pk).update(**moved)
    after_erasure()


@transaction.atomic
def unsubscribe(*, subscriber: Subscriber, never_again: bool) -> None:
    """Delete a subscriber; with `never_again` keep what is needed never to write to the address."""
    Subscriber.objects.filter(pk=subscriber.pk).delete()
    if never_again:
        _never_again(subscriber.email)
    after_erasure()


@transaction.atomic
def erase(*, email: str, never_again: bool) -> None:
    """Delete everything about an address: subscriber, enquiries and suggestions; `never_again` as for `unsubscribe`."""
    Subscriber.objects.by_email(email).delete()
    Enquiry.objects.by_email(email).delete()
    Suggestion.objects.by_email(email).delete()
    if never_again:
        _never_again(email)
    after_erasure()


def erase_unconfirmed() -> None:
    """Delete those who signed up and never confirmed, once their link has run out. A job of the work loop."""
    Subscriber.objects.expired().delete()
    after_erasure()


def _never_again(email: str) -> None:
    SuppressedAddress.objects.get_or_create(digest=address_digest(email))


def _write(email: str, message: Callable[[], EmailMessage], *, to_nobody: bool = False) -> None:
    """Queue a mail, unless the address has had enough of them today. With `to_nobody` do as much, and mail nothing."""
    with MAILS_PER_ADDRESS.counted_for(email.lower()) as is_allowed:
        if is_allowed:
            enqueue(message(), to_nobody=to_nobody)


def _erase_again(subscriber: Subscriber, became: str) -> None:
    """Take a restored address off the list that its reader has left; empty what they changed of themselves."""
    if became == "moved":
        subscriber.delete()
    else:
        Subscriber.objects.filter(pk=subscriber.pk).update(name="", organisation="")


WORDS = WordsOf(
    columns=("email", "name", "organisation"),
    again=_erase_again,
    became="CASE WHEN OLD.email <> NEW.email THEN 'moved' ELSE 'changed' END",
)
