"""The core app."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class MscosConfig(AppConfig):
    """Where Django finds the core; loading it registers the start-up checks."""

    name = "mscos"
    verbose_name = "People"  # what the admin shows of the core

    def ready(self) -> None:
        """Register the checks that stop a start with a wrong setting, and what lays an SQLite file out."""
        from mscos import checks, listening  # noqa: F401  imported for their registrations
        from mscos.sqlite_files import lay_out

        connection_created.connect(lay_out)
