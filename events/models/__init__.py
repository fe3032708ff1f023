"""Events, their dates and tags; suggestions of events."""

from events.models.events import Event, EventDate, EventQuerySet, TaggedEvent, known_zone
from events.models.suggestions import Suggestion

__all__ = ["Event", "EventDate", "EventQuerySet", "Suggestion", "TaggedEvent", "known_zone"]
