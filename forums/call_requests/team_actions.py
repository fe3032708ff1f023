"""What the team does about a request for a call: claim it, open the number, offer times, write, call, hand it over.

One person handles a request at a time. Every act asks again whether it is still theirs, since much can change while a
page is open: the asker may withdraw everything, a colleague may be first.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from forums.call_requests.requester_actions import lock_call_request
from forums.models import CallMessage, CallOffer, CallRequest, ContactDisclosure
from mscos.encryption import EncryptedText
from mscos.groups import CALL_HANDLERS
from mscos.models import User

MAX_OFFERS = 6
NOT_REACHED = "We tried to reach you as agreed, and could not. Write to us here when another time is safe."
STALE = "Something changed while this page was open. Look at what stands here now, then do it again."


class NotPossible(Exception):
    """What was asked for cannot be done now; the message is a sentence for whoever asked."""


def handlers() -> QuerySet[User]:
    """Return the people who may handle requests, by name."""
    return User.objects.filter(groups__name=CALL_HANDLERS, is_active=True, is_staff=True).order_by("display_name")


@transaction.atomic
def claim(*, call_request: CallRequest, by: User) -> None:
    """Take a request that nobody handles, or whose handler is none any more. Raises NotPossible where somebody does."""
    call_request = lock_call_request(call_request)
    taken = (
        call_request.handler_id
        and call_request.handler_id != by.pk
        and handlers().filter(pk=call_request.handler_id).exists()
    )
    if taken:
        raise NotPossible(f"{call_request.handler} handles this request. Ask them to hand it over.")
    CallRequest.objects.filter(pk=call_request.pk).update(handler=by)


@transaction.atomic
def hand_over(*, call_request: CallRequest, by: User, to: User | None) -> None:
    """Give a request to a colleague, or back to all. Raises NotPossible where it is not `by`'s or `to` handles none."""
    call_request = _mine(call_request, by)
    if to and not handlers().filter(pk=to.pk).exists():
        raise NotPossible(f"{to} does not handle requests. Choose somebody else.")
    CallRequest.objects.filter(pk=call_request.pk).update(handler=to)


@transaction.atomic
def open_contact(*, call_request: CallRequest, by: User) -> CallRequest:
    """Return a request whose number or address `by` is about to see, and note that: who, and on which day."""
    call_request = _mine(call_request, by)
    ContactDisclosure.objects.create(request_code=call_request.code, viewer=str(by))
    return call_request


@transaction.atomic
def offer(
    *, call_request: CallRequest, by: User, starts: Sequence[datetime], reach: str = "", seen: str | None = None
) -> None:
    """Offer times for a call instead of those offered before; raises NotPossible for none, too many or past ones.

    `reach` tells an asker whom the team has no number of how to reach the team at that time; raises NotPossible without.
    """
    call_request = _mine(call_request, by, seen)
    if call_request.is_done:
        raise NotPossible("This request is done. Open it again first.")
    if not starts or len(set(starts)) > MAX_OFFERS:
        raise NotPossible(f"Offer at least one time, and {MAX_OFFERS} at most.")
    if min(starts) <= timezone.now():
        raise NotPossible("A time that you offer is over. Offer times to come.")
    if call_request.how == CallRequest.How.CODE and not reach:
        raise NotPossible("Say how they reach the team: they gave no number and no address.")
    call_request.offers.all().delete()
    CallOffer.objects.bulk_create(CallOffer(call_request=call_request, starts=each) for each in sorted(set(starts)))
    CallRequest.objects.filter(pk=call_request.pk).update(reach=EncryptedText.of(reach))
    _go_on(call_request, CallRequest.State.OFFERED)


@transaction.atomic
def write(*, call_request: CallRequest, by: User, words: str, seen: str | None = None) -> None:
    """Write to the asker, who reads it with their code."""
    call_request = _mine(call_request, by, seen)
    _say(call_request, words)
    _read(call_request)


@transaction.atomic
def note_read(*, call_request: CallRequest, by: User, seen: str | None = None) -> None:
    """Note that what the asker wrote was read and needs no answer."""
    _read(_mine(call_request, by, seen))


@transaction.atomic
def called(*, call_request: CallRequest, by: User, seen: str | None = None) -> None:
    """Note that the call took place: number or address are erased some days later."""
    call_request = _mine(call_request, by, seen)
    if not call_request.is_done:
        CallRequest.objects.filter(pk=call_request.pk).update(
            done_on=timezone.localdate(), state=CallRequest.State.DONE
        )
    _read(call_request)


@transaction.atomic
def open_again(*, call_request: CallRequest, by: User, seen: str | None = None) -> None:
    """Take back that a request is done."""
    call_request = _mine(call_request, by, seen)
    if call_request.contact_erased_on:
        raise NotPossible("The contact details are erased. Write to the asker instead.")
    if call_request.is_done:
        accepted = list(call_request.offers.values_list("accepted", flat=True))
        state = CallRequest.State.OFFERED if accepted else CallRequest.State.NEW
        state = CallRequest.State.AGREED if any(accepted) else state
        CallRequest.objects.filter(pk=call_request.pk).update(done_on=None, state=state)


@transaction.atomic
def not_reached(*, call_request: CallRequest, by: User, seen: str | None = None) -> None:
    """Note that nobody answered: the asker reads so with their code, and new times can be agreed on."""
    call_request = _mine(call_request, by, seen)
    if call_request.is_done:
        raise NotPossible("This request is done. Open it again first.")
    call_request.offers.all().delete()
    _say(call_request, NOT_REACHED)
    _go_on(call_request, CallRequest.State.NEW)


@transaction.atomic
def mark_urgent(*, call_request: CallRequest, urgent: bool) -> None:
    """Put a request first in everybody's queue, or back in its place. Any handler may, at once."""
    CallRequest.objects.filter(pk=lock_call_request(call_request).pk).update(urgent=urgent)


def seen_of(call_request: CallRequest) -> str:
    """Return what a handler's page was made from: it goes along with each act, which is refused once that has changed."""
    last = call_request.messages.order_by("-pk").values_list("pk", flat=True).first()
    return f"{call_request.state}.{last or 0}"


def _mine(call_request: CallRequest, by: User, seen: str | None = None) -> CallRequest:
    """Return a request that is `by`'s, locked; `seen`, if any, must still be what there is to see."""
    call_request = lock_call_request(call_request)
    if call_request.handler_id != by.pk:
        raise NotPossible(
            f"{call_request.handler} handles this request now." if call_request.handler else "Claim this request first."
        )
    if seen is not None and seen != seen_of(call_request):
        raise NotPossible(STALE)
    return call_request


def _go_on(call_request: CallRequest, state: CallRequest.State) -> None:
    CallRequest.objects.filter(pk=call_request.pk).update(state=state)
    _read(call_request)


def _say(call_request: CallRequest, words: str) -> None:
    CallMessage.objects.create(call_request=call_request, by_team=True, body=EncryptedText.of(words))


def _read(call_request: CallRequest) -> None:
    call_request.messages.filter(by_team=False, read=False).update(read=True)
