"""The nouns of this room."""

from events.models.events import Event, EventDate, EventQuerySet, TaggedEvent, known_zone
from events.models.suggestions import Suggestion

__all__ = ["Event", "EventDate", "EventQuerySet", "Suggestion", "TaggedEvent", "known_zone"]
