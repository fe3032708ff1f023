"""Actions of the team on call requests: claim, open the contact details, offer times, write, call, hand over.

One person handles a call request at a time. Every action checks that it is still theirs: while a page is open, the
requester may withdraw everything, or a colleague may be first.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from forums.call_requests.locking import lock_call_request
from forums.models import CallMessage, CallOffer, CallRequest, ContactDisclosure
from mscos.encryption import EncryptedText
from mscos.groups import CALL_HANDLERS
from mscos.models import User
from mscos.refusals import Refused
from mscos.stale import Stale, version_of

MAX_OFFERS = 6
NOT_REACHED = "We tried to reach you as agreed, and could not. Write to us here when another time is safe."
CHANGED = "Something changed while this page was open. Look at what stands here now, then do it again."


def handlers() -> QuerySet[User]:
    """Return the users who may handle call requests, by name."""
    return User.objects.filter(groups__name=CALL_HANDLERS, is_active=True, is_staff=True).order_by("display_name")


@transaction.atomic
def claim(*, call_request: CallRequest, by: User) -> None:
    """Make `by` the handler. Raises Refused where somebody else is, and may still handle call requests."""
    call_request = lock_call_request(call_request)
    taken = (
        call_request.handler_id
        and call_request.handler_id != by.pk
        and handlers().filter(pk=call_request.handler_id).exists()
    )
    if taken:
        raise Refused(f"{call_request.handler} handles this request. Ask them to hand it over.")
    CallRequest.objects.filter(pk=call_request.pk).update(handler=by)


@transaction.atomic
def hand_over(*, call_request: CallRequest, by: User, to: User | None) -> None:
    """Make a colleague the handler, or nobody. Raises Refused where `by` is not, or `to` may not be."""
    call_request = _lock_own(call_request, by)
    if to and not handlers().filter(pk=to.pk).exists():
        raise Refused(f"{to} does not handle requests. Choose somebody else.")
    CallRequest.objects.filter(pk=call_request.pk).update(handler=to)


@transaction.atomic
def open_contact(*, call_request: CallRequest, by: User) -> CallRequest:
    """Record who opens the contact details of a call request, and on which day, and return it."""
    call_request = _lock_own(call_request, by)
    ContactDisclosure.objects.create(request_code=call_request.code, viewer=str(by))
    return call_request


@transaction.atomic
def offer(
    *, call_request: CallRequest, by: User, starts: Sequence[datetime], reach: str = "", version: str | None = None
) -> None:
    """Offer times for a call in place of earlier ones; raises Refused for none, too many or past ones.

    `reach` says how to reach the team at that time. Raises Refused without it where the requester gave no contact.
    """
    call_request = _lock_own(call_request, by, version)
    if call_request.is_done:
        raise Refused("This request is done. Open it again first.")
    if not starts or len(set(starts)) > MAX_OFFERS:
        raise Refused(f"Offer at least one time, and {MAX_OFFERS} at most.")
    if min(starts) <= timezone.now():
        raise Refused("A time that you offer is over. Offer times to come.")
    if call_request.how == CallRequest.How.CODE and not reach:
        raise Refused("Say how they reach the team: they gave no number and no address.")
    call_request.offers.all().delete()
    CallOffer.objects.bulk_create(CallOffer(call_request=call_request, starts=each) for each in sorted(set(starts)))
    CallRequest.objects.filter(pk=call_request.pk).update(reach=EncryptedText.of(reach))
    _set_state(call_request, CallRequest.State.OFFERED)


@transaction.atomic
def write(*, call_request: CallRequest, by: User, words: str, version: str | None = None) -> None:
    """Store a message to the requester, who reads it with their code."""
    call_request = _lock_own(call_request, by, version)
    _store_message(call_request, words)
    _mark_read(call_request)


@transaction.atomic
def note_read(*, call_request: CallRequest, by: User, version: str | None = None) -> None:
    """Mark the requester's messages as read: they need no answer."""
    _mark_read(_lock_own(call_request, by, version))


@transaction.atomic
def called(*, call_request: CallRequest, by: User, version: str | None = None) -> None:
    """Mark a call request as done: its contact details are erased some days later."""
    call_request = _lock_own(call_request, by, version)
    if not call_request.is_done:
        CallRequest.objects.filter(pk=call_request.pk).update(
            done_on=timezone.localdate(), state=CallRequest.State.DONE
        )
    _mark_read(call_request)


@transaction.atomic
def open_again(*, call_request: CallRequest, by: User, version: str | None = None) -> None:
    """Reopen a call request that was done, in the state that its offers had."""
    call_request = _lock_own(call_request, by, version)
    if call_request.contact_erased_on:
        raise Refused("The contact details are erased. Write to the asker instead.")
    if call_request.is_done:
        accepted = list(call_request.offers.values_list("accepted", flat=True))
        state = CallRequest.State.OFFERED if accepted else CallRequest.State.NEW
        state = CallRequest.State.AGREED if any(accepted) else state
        CallRequest.objects.filter(pk=call_request.pk).update(done_on=None, state=state)


@transaction.atomic
def not_reached(*, call_request: CallRequest, by: User, version: str | None = None) -> None:
    """Tell the requester that nobody answered, and delete the offers: new times can be agreed."""
    call_request = _lock_own(call_request, by, version)
    if call_request.is_done:
        raise Refused("This request is done. Open it again first.")
    call_request.offers.all().delete()
    _store_message(call_request, NOT_REACHED)
    _set_state(call_request, CallRequest.State.NEW)


@transaction.atomic
def mark_urgent(*, call_request: CallRequest, urgent: bool) -> None:
    """Put a call request first in the queue, or back. Any handler may, without claiming it."""
    CallRequest.objects.filter(pk=lock_call_request(call_request).pk).update(urgent=urgent)


def call_request_version(call_request: CallRequest) -> str:
    """Return the version of what a handler's page shows: the state and the messages."""
    return version_of(call_request.state, call_request.messages.order_by("-pk").values_list("pk", flat=True).first())


def _lock_own(call_request: CallRequest, by: User, version: str | None = None) -> CallRequest:
    """Lock and return a call request; raise Refused if `by` does not handle it, Stale if its version is another."""
    call_request = lock_call_request(call_request)
    if call_request.handler_id != by.pk:
        raise Refused(
            f"{call_request.handler} handles this request now." if call_request.handler else "Claim this request first."
        )
    if version is not None and version != call_request_version(call_request):
        raise Stale(CHANGED)
    return call_request


def _set_state(call_request: CallRequest, state: CallRequest.State) -> None:
    CallRequest.objects.filter(pk=call_request.pk).update(state=state)
    _mark_read(call_request)


def _store_message(call_request: CallRequest, words: str) -> None:
    CallMessage.objects.create(call_request=call_request, by_team=True, body=EncryptedText.of(words))


def _mark_read(call_request: CallRequest) -> None:
    call_request.messages.filter(by_team=False, read=False).update(read=True)
