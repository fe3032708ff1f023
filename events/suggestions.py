"""Actions on suggested events: store, take up, turn down, put back, erase."""

from typing import Any

from events.models import Event, Suggestion
from mscos.codes import form_digest
from mscos.erasure import after_erasure
from mscos.refusals import Refused


def suggest(*, submission_id: str, **fields: str) -> Suggestion:
    """Store a suggestion, with the fields of `Suggestion`, and return it.

    The same form sent again, known by its `submission_id`, stores nothing and returns the first suggestion.
    """
    digest = form_digest(repr((submission_id, *sorted(fields.items()))))
    suggestion, _ = Suggestion.objects.get_or_create(form_digest=digest, defaults=fields)
    return suggestion


def take_up(*, suggestion: Suggestion, event: Event) -> None:
    """Mark a suggestion as made an event. Raises Refused where another editor was first."""
    _deal_with(suggestion, state=Suggestion.State.TAKEN_UP, event=event)


def turn_down(*, suggestion: Suggestion) -> None:
    """Mark a suggestion as turned down. Raises Refused where another editor was first."""
    _deal_with(suggestion, state=Suggestion.State.TURNED_DOWN)


def put_back(*, suggestion: Suggestion) -> None:
    """Mark a suggestion that was turned down as new again."""
    Suggestion.objects.filter(pk=suggestion.pk, state=Suggestion.State.TURNED_DOWN).update(state=Suggestion.State.NEW)


def erase_old_suggestions() -> None:
    """Erase the suggestions whose time is over. A job of the background worker."""
    Suggestion.objects.expired().delete()
    after_erasure()


def _deal_with(suggestion: Suggestion, **fields: Any) -> None:
    if Suggestion.objects.waiting().filter(pk=suggestion.pk).update(**fields) != 1:
        raise Refused("Another editor dealt with this suggestion while you were reading.")
