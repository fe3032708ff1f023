"""The admin of the newsletter, its subscribers and the contact form."""

from newsletters.admin import issues, people, sections, sendings  # noqa: F401  imported for their registrations
