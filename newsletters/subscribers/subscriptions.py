"""Actions of subscribers: sign up, confirm, change, unsubscribe, have everything erased.

A stranger can do little with an address that is not theirs: at most `MAILS_PER_ADDRESS` a day are sent to it, none of
them tells what is stored, and nothing changes before somebody presses a button that only its owner can reach.
"""

from collections.abc import Callable, Iterable

from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from events.models import Suggestion
from mscos.backups.erasures import ErasureRule
from mscos.codes import address_digest
from mscos.erasure import after_erasure
from mscos.limits import Limit
from mscos.mail.queue import enqueue
from newsletters import emails
from newsletters.models import Delivery, Enquiry, Subscriber, SuppressedAddress
from newsletters.models.people import new_token

# To one address, of all kinds together. A window may be half as long: a day.
MAILS_PER_ADDRESS = Limit("letters", times=3, seconds=48 * 60 * 60)


@transaction.atomic
def sign_up(*, email: str, name: str, organisation: str, subject_style: str, wording: str) -> None:
    """Mail a new subscriber a link to confirm, or tell a confirmed one that they are on the list.

    `wording` is what they agreed to. Until somebody confirms, the form sent last counts: most likely it corrects the one
    before. Once they have confirmed, a form changes nothing: anybody can type any address.
    """
    if SuppressedAddress.objects.contains_address(email):
        _mail(email, lambda: emails.your_link(email), to_nobody=True)
        return
    fields = {
        "name": name,
        "organisation": organisation,
        "subject_style": subject_style,
        "consent_wording": wording,
        "consent_source": Subscriber.Source.FORM,
    }
    rows = Subscriber.objects.by_email(email).select_for_update()
    subscriber, is_new = rows.get_or_create(defaults={"email": email, **fields})  # of two at once, one gets the other's
    if subscriber.state == Subscriber.State.CONFIRMED:
        _mail(subscriber.email, lambda: emails.already_there(subscriber))
        return
    if not is_new:
        waiting = {"state": Subscriber.State.PENDING, "signed_up_on": timezone.localdate(), "consent_on": None}
        Subscriber.objects.filter(pk=subscriber.pk).update(**fields, **waiting)
    _mail(subscriber.email, lambda: emails.confirm(subscriber))


def confirm(*, subscriber: Subscriber) -> None:
    """Confirm a subscriber; today is the day of their consent. Once they are confirmed it changes nothing."""
    waiting = Subscriber.objects.filter(pk=subscriber.pk, state=Subscriber.State.PENDING)
    waiting.update(state=Subscriber.State.CONFIRMED, consent_on=timezone.localdate())


def send_link(*, email: str) -> None:
    """Mail the link to the data stored about an address, if there is any and its owner may be written to."""
    managers = (Subscriber.objects, Enquiry.objects, Suggestion.objects)
    row = next((row for row in (manager.by_email(email).first() for manager in managers) if row), None)
    to = row.email if row else email  # in the case in which its owner wrote it
    _mail(to, lambda: emails.your_link(to), to_nobody=row is None or SuppressedAddress.objects.contains_address(email))


def change_details(*, subscriber: Subscriber, name: str, organisation: str, subject_style: str) -> None:
    """Change a subscriber's details and style of subject lines."""
    rows = Subscriber.objects.filter(pk=subscriber.pk)
    rows.update(name=name, organisation=organisation, subject_style=subject_style)


def change_subject_style(*, subscriber: Subscriber, subject_style: str) -> None:
    """Change a subscriber's style of subject lines."""
    Subscriber.objects.filter(pk=subscriber.pk).update(subject_style=subject_style)


def send_change_link(*, subscriber: Subscriber, to: str) -> None:
    """Mail a link to a new address; nothing changes until its owner presses the button there."""
    _mail(to, lambda: emails.change_email(subscriber, to), to_nobody=SuppressedAddress.objects.contains_address(to))


def change_email(*, subscriber: Subscriber, to: str) -> None:
    """Change a subscriber's address to one whose owner has agreed; a subscriber with this address is merged into them.

    The links in mail to the old address stop working: whoever reads that mailbox must learn nothing of the new one.
    """
    try:
        _move(subscriber, to)
    except IntegrityError:  # somebody signed up with it at the same moment: now their row can be merged
        _move(subscriber, to)


@transaction.atomic
def _move(subscriber: Subscriber, to: str) -> None:
    either = Q(pk=subscriber.pk) | Q(email__iexact=to)
    rows = {row.pk: row for row in Subscriber.objects.select_for_update().filter(either).order_by("pk")}
    if rows.pop(subscriber.pk, None) is None:
        return  # unsubscribed a moment ago
    token = new_token()
    for other in rows.values():  # one at most; the links in its mail go on working
        token = other.token
        Subscriber.objects.filter(pk=other.pk).delete()
    # A bounce of the old address, or a mail from it, must not count for the new address.
    Delivery.objects.filter(subscriber=subscriber.pk).exclude(state=Delivery.State.QUEUED).update(subscriber=None)
    changes = {"email": to, "token": token, "state": Subscriber.State.CONFIRMED}
    Subscriber.objects.filter(pk=subscriber.pk).update(**changes)
    after_erasure()


@transaction.atomic
def unsubscribe(*, subscriber: Subscriber, never_again: bool) -> None:
    """Delete a subscriber; with `never_again` suppress the address."""
    Subscriber.objects.filter(pk=subscriber.pk).delete()
    if never_again:
        _suppress(subscriber.email)
    after_erasure()


@transaction.atomic
def unsubscribe_all(*, subscribers: Iterable[Subscriber], never_again: bool) -> None:
    """Delete several subscribers, or none where that fails; `never_again` is as for `unsubscribe`."""
    for subscriber in subscribers:
        unsubscribe(subscriber=subscriber, never_again=never_again)


@transaction.atomic
def erase(*, email: str, never_again: bool) -> None:
    """Delete everything about an address: subscriber, enquiries and suggestions; `never_again` as for `unsubscribe`."""
    Subscriber.objects.by_email(email).delete()
    Enquiry.objects.by_email(email).delete()
    Suggestion.objects.by_email(email).delete()
    if never_again:
        _suppress(email)
    after_erasure()


def erase_unconfirmed() -> None:
    """Erase those who did not confirm before their link expired. A job of the background worker."""
    Subscriber.objects.expired().delete()
    after_erasure()


def _suppress(email: str) -> None:
    SuppressedAddress.objects.get_or_create(digest=address_digest(email))


def _mail(email: str, message: Callable[[], EmailMessage], *, to_nobody: bool = False) -> None:
    """Queue a mail, within the daily limit of its address. With `to_nobody` take the same steps, and mail nothing."""
    with MAILS_PER_ADDRESS.counted_for(email.lower()) as is_allowed:
        if is_allowed:
            enqueue(message(), to_nobody=to_nobody)


def _erase_again(subscriber: Subscriber, became: str) -> None:
    """Erase again, after a restore, what was erased before it: a moved subscriber, or the details that they changed."""
    if became == "moved":
        subscriber.delete()
    else:
        Subscriber.objects.filter(pk=subscriber.pk).update(name="", organisation="")


WORDS = ErasureRule(
    columns=("email", "name", "organisation"),
    repeat=_erase_again,
    became="CASE WHEN OLD.email <> NEW.email THEN 'moved' ELSE 'changed' END",
)
