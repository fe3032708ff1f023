"""What editors see of this room."""

from newsletters.admin import issues, people, sections  # noqa: F401  imported for their registrations
