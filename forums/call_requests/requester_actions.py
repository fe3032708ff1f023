"""Actions of requesters: ask for a call, accept a time, write, withdraw. They take no HTTP request.

What the team does is in `forums/call_requests/team_actions.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from forums.call_requests.erasure import erase
from forums.call_requests.locking import lock_call_request
from forums.models import CallMessage, CallOffer, CallRequest, Forum
from forums.receipts import is_open, open_receipt, was_erased
from mscos.codes import digest, form_digest, make_code
from mscos.encryption import EncryptedText
from mscos.refusals import Refused

ENCRYPTED = ("contact", "times", "say_instead", "ask_for", "agreed_word", "topic", "interpreter")


@dataclass(frozen=True)
class SubmittedRequest:
    """The code of a call request, and the form that was sent, as one string."""

    code: str
    form: str
    is_repeat: bool = False


def request_call(
    *, submission_id: str, forum: Forum | None, limit_message: str = "", **answers: Any
) -> SubmittedRequest:
    """Store a call request and return its code. `answers` are columns of CallRequest, not yet encrypted.

    The same `submission_id` with the same answers stores nothing new. Raises Refused with `limit_message` where the
    requester may store nothing new.
    """
    form = repr((submission_id, forum and forum.pk, sorted(answers.items())))
    code, known = make_code(form), form_digest(form)
    # The form of a withdrawn call request does not store it again.
    if CallRequest.objects.filter(form_digest=known).exists() or is_open(form) or was_erased(known):
        return SubmittedRequest(code, form, is_repeat=True)
    if limit_message:
        raise Refused(limit_message)
    fields = {name: EncryptedText.of(value) if name in ENCRYPTED else value for name, value in answers.items()}
    try:
        with transaction.atomic():
            CallRequest.objects.create(code_digest=digest(code), form_digest=known, forum=forum, **fields)
            open_receipt(form)
    except IntegrityError:  # the same form arrived in the same instant
        return SubmittedRequest(code, form, is_repeat=True)
    return SubmittedRequest(code, form)


@transaction.atomic
def accept_offer(*, call_request: CallRequest, starts: datetime | None) -> None:
    """Accept one of the times that the team offered; raises Refused where it is past or no longer offered."""
    call_request = lock_call_request(call_request)
    offer = call_request.offers.filter(starts=starts).first() if starts else None
    if call_request.state != CallRequest.State.OFFERED or offer is None:
        raise Refused("This time is no longer offered. Look at what stands here now")
    if offer.starts <= timezone.now():
        raise Refused("This time is over. Ask for other times")
    CallOffer.objects.filter(pk=offer.pk).update(accepted=True)
    CallRequest.objects.filter(pk=call_request.pk).update(state=CallRequest.State.AGREED)


@transaction.atomic
def ask_for_other_times(*, call_request: CallRequest, submission_id: str, words: str = "") -> None:
    """Delete the offered times and ask the team for others, with a message or without."""
    call_request = lock_call_request(call_request)
    if call_request.is_done:
        raise Refused("This request is done. You can write to us below")
    if _store_message(call_request, submission_id, words or "Please offer me other times."):
        # The same form again, by a reload, must not delete what was agreed since.
        call_request.offers.all().delete()
        CallRequest.objects.filter(pk=call_request.pk).update(state=CallRequest.State.NEW)


@transaction.atomic
def write(*, call_request: CallRequest, submission_id: str, words: str) -> None:
    """Store a message to the team; the same form sent twice is one message."""
    _store_message(lock_call_request(call_request), submission_id, words)


@transaction.atomic
def withdraw(*, call_request: CallRequest) -> None:
    """Erase a call request and everything in it at once; only a count by month is left."""
    erase(lock_call_request(call_request))


def _store_message(call_request: CallRequest, submission_id: str, words: str) -> bool:
    """Store a message and return whether it is new."""
    known = form_digest(repr((submission_id, call_request.pk, words)))
    _, is_new = CallMessage.objects.get_or_create(
        form_digest=known, defaults={"call_request": call_request, "by_team": False, "body": EncryptedText.of(words)}
    )
    return is_new
