"""The admin of events and suggested events."""

from events.admin import events, suggestions

__all__ = ["events", "suggestions"]
