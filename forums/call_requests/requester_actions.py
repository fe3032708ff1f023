"""What people do who ask for a call: ask, agree on a time, write, withdraw. No action here sees a request of a browser.

What the team does is in `forums/call_requests/team_actions.py`.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from forums.models import CallMessage, CallOffer, CallRequest, ErasedRequests, Forum
from forums.receipts import is_open, note_erased, open_receipt, was_erased
from forums.writer_actions import NotAccepted
from mscos.codes import digest, form_digest, make_code
from mscos.encryption import EncryptedText
from mscos.erasure import after_erasure

ENCRYPTED = ("contact", "times", "say_instead", "ask_for", "agreed_word", "topic", "interpreter")


@dataclass(frozen=True)
class Asked:
    """The code that a request answers to, and the form that it came by, to know it again."""

    code: str
    form: str
    again: bool = False


def ask(*, submission_id: str, forum: Forum | None, limited: str = "", **answers: Any) -> Asked:
    """Store a request for a call and return its code. `answers` are columns of CallRequest, texts in plain words.

    `submission_id` is the submission id of the form that was sent: the same form sent again makes nothing new. Raises
    NotAccepted with the sentence `limited` where the asker may store nothing new.
    """
    form = repr((submission_id, forum and forum.pk, sorted(answers.items())))
    code, known = make_code(form), form_digest(form)
    # One that was withdrawn is not made again by the form that made it.
    if CallRequest.objects.filter(form_digest=known).exists() or is_open(form) or was_erased(known):
        return Asked(code, form, again=True)
    if limited:
        raise NotAccepted(limited)
    fields = {name: EncryptedText.of(value) if name in ENCRYPTED else value for name, value in answers.items()}
    try:
        with transaction.atomic():
            CallRequest.objects.create(code_digest=digest(code), form_digest=known, forum=forum, **fields)
            open_receipt(form)
    except IntegrityError:  # the same form arrived in the same instant
        return Asked(code, form, again=True)
    return Asked(code, form)


@transaction.atomic
def accept(*, call_request: CallRequest, starts: datetime | None) -> None:
    """Agree on one of the times that the team offered; raises NotAccepted where it is over or no longer offered."""
    call_request = lock_call_request(call_request)
    offer = call_request.offers.filter(starts=starts).first() if starts else None
    if call_request.state != CallRequest.State.OFFERED or offer is None:
        raise NotAccepted("This time is no longer offered. Look at what stands here now")
    if offer.starts <= timezone.now():
        raise NotAccepted("This time is over. Ask for other times")
    CallOffer.objects.filter(pk=offer.pk).update(accepted=True)
    CallRequest.objects.filter(pk=call_request.pk).update(state=CallRequest.State.AGREED)


@transaction.atomic
def ask_for_others(*, call_request: CallRequest, submission_id: str, words: str = "") -> None:
    """Ask the team for other times, with or without words; what was offered goes."""
    call_request = lock_call_request(call_request)
    if call_request.is_done:
        raise NotAccepted("This request is done. You can write to us below")
    if _write(call_request, submission_id, words or "Please offer me other times."):
        # The same form once more, by a reload, must not undo what was agreed on since.
        call_request.offers.all().delete()
        CallRequest.objects.filter(pk=call_request.pk).update(state=CallRequest.State.NEW)


@transaction.atomic
def write(*, call_request: CallRequest, submission_id: str, words: str) -> None:
    """Write to the team in the private thread. One form, sent twice, is one message."""
    _write(lock_call_request(call_request), submission_id, words)


@transaction.atomic
def withdraw(*, call_request: CallRequest) -> None:
    """Erase a request and everything in it at once; a count by month is all that is left."""
    erase(lock_call_request(call_request))


def erase_old_requests() -> None:
    """Erase numbers and addresses, and whole requests, whose day has come. A job of the work loop."""
    for call_request in CallRequest.objects.with_contact_run_out():
        erase_contact(call_request)
    for call_request in CallRequest.objects.run_out():
        with suppress(CallRequest.DoesNotExist), transaction.atomic():  # its asker may be quicker
            erase(lock_call_request(call_request))
    after_erasure()


@transaction.atomic
def erase_contact(call_request: CallRequest) -> None:
    """Erase number or address, and the times of the call: with a telephone bill they would lead back to the number."""
    CallOffer.objects.filter(call_request=call_request.pk).delete()
    gone = dict.fromkeys(CallRequest.CONTACT, EncryptedText())
    CallRequest.objects.filter(pk=call_request.pk).update(**gone, contact_erased_on=timezone.localdate())


def lock_call_request(call_request: CallRequest) -> CallRequest:
    """Return a request as it is now, locked until the transaction ends.

    Raises CallRequest.DoesNotExist where it was erased meanwhile.
    """
    return CallRequest.objects.select_for_update(of=("self",)).select_related("handler").get(pk=call_request.pk)


def erase(call_request: CallRequest) -> None:
    """Delete a request that is held, and count it; inside a transaction."""
    month, _ = ErasedRequests.objects.get_or_create(month=timezone.localdate().replace(day=1))
    ErasedRequests.objects.filter(pk=month.pk).update(
        count=F("count") + 1, called=F("called") + int(call_request.is_done)
    )
    kind = ContentType.objects.get_for_model(CallRequest)
    LogEntry.objects.filter(content_type=kind, object_id=call_request.pk).delete()
    note_erased(call_request.form_digest)
    call_request.delete()
    after_erasure()


def _write(call_request: CallRequest, submission_id: str, words: str) -> bool:
    """Store a message, and return whether it is a new one."""
    known = form_digest(repr((submission_id, call_request.pk, words)))
    _, is_new = CallMessage.objects.get_or_create(
        form_digest=known, defaults={"call_request": call_request, "by_team": False, "body": EncryptedText.of(words)}
    )
    return is_new
