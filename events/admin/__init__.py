"""What editors see of this room."""

from events.admin import events

__all__ = ["events"]
