"""The core app."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class MscosConfig(AppConfig):
    """The configuration of the core app; loading it registers the start-up checks."""

    name = "mscos"
    verbose_name = "People"  # what the admin shows of the core

    def ready(self) -> None:
        """Register the start-up checks, and the receivers of new SQLite connections and finished migrations."""
        from mscos import checks  # noqa: F401  imported for its registrations
        from mscos.backups.erasures import sync_triggers
        from mscos.sqlite_files import set_format

        connection_created.connect(set_format)
        post_migrate.connect(sync_triggers, sender=self)
