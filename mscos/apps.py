"""The core app."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class MscosConfig(AppConfig):
    """Where Django finds the core; loading it registers the start-up checks."""

    name = "mscos"
    verbose_name = "People"  # what the admin shows of the core

    def ready(self) -> None:
        """Register the checks that stop a start, what lays an SQLite file out, and what comes after each `migrate`."""
        from mscos import checks  # noqa: F401  imported for its registrations
        from mscos.backups.erasures import keep_triggers
        from mscos.sqlite_files import lay_out
        from mscos.startup import listening  # noqa: F401  the same

        connection_created.connect(lay_out)
        post_migrate.connect(keep_triggers, sender=self)
