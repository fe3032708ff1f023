"""The nouns of this room."""

from events.models.events import Event, EventDate, EventQuerySet, TaggedEvent, known_zone

__all__ = ["Event", "EventDate", "EventQuerySet", "TaggedEvent", "known_zone"]
