"""What editors see of this room."""

from newsletters.admin import issues, people, sections, sendings  # noqa: F401  imported for their registrations
