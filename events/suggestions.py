"""What people tell us about events: how it is stored, what editors do with it, and when it is erased."""

from typing import Any

from events.models import Event, Suggestion
from mscos.codes import form_digest
from mscos.erasure import after_erasure


class AlreadyDealtWithError(Exception):
    """Another editor was there first."""


def suggest(*, submission_id: str, **told: str) -> Suggestion:
    """Store what somebody tells about an event, by the names of `Suggestion`'s columns, and return it.

    `submission_id` is the random submission_id of the form that was sent: the same form sent again stores nothing and returns the first.
    """
    digest = form_digest(repr((submission_id, *sorted(told.items()))))
    suggestion, _ = Suggestion.objects.get_or_create(form_digest=digest, defaults=told)
    return suggestion


def take_up(*, suggestion: Suggestion, event: Event) -> None:
    """Note that an editor made an event of a suggestion; raises AlreadyDealtWithError where that was done meanwhile."""
    _deal_with(suggestion, state=Suggestion.State.TAKEN_UP, event=event)


def turn_down(*, suggestion: Suggestion) -> None:
    """Take a suggestion off the list of those that wait; raises AlreadyDealtWithError where that was done meanwhile."""
    _deal_with(suggestion, state=Suggestion.State.TURNED_DOWN)


def put_back(*, suggestion: Suggestion) -> None:
    """Let a suggestion that was turned down wait again."""
    Suggestion.objects.filter(pk=suggestion.pk, state=Suggestion.State.TURNED_DOWN).update(state=Suggestion.State.NEW)


def erase_old_suggestions() -> None:
    """Delete the suggestions whose day of erasure has come. A job of the work loop."""
    Suggestion.objects.expired().delete()
    after_erasure()


def _deal_with(suggestion: Suggestion, **fields: Any) -> None:
    if Suggestion.objects.waiting().filter(pk=suggestion.pk).update(**fields) != 1:
        raise AlreadyDealtWithError
