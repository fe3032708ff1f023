"""The core app."""

from django.apps import AppConfig


class MscosConfig(AppConfig):
    """Where Django finds the core; loading it registers the start-up checks."""

    name = "mscos"
    verbose_name = "People"  # what the admin shows of the core

    def ready(self) -> None:
        """Register the checks that stop a start with a wrong setting."""
        from mscos import checks  # noqa: F401  imported for its registrations
