"""What editors see of this room."""

from events.admin import events, suggestions

__all__ = ["events", "suggestions"]
