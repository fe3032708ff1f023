"""`manage.py prepare`: everything between an installed portal and its first page."""

import socket
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from mscos import sample
from mscos.resealing import unreadable


class Command(BaseCommand):
    """Checks the settings, brings the database and the static files up to date; on a sample site, fills an empty one."""

    help = "Make the database and the static files ready for a start."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --to-serve."""
        parser.add_argument(
            "--to-serve", action="store_true", help="a start here follows: is the port free, what to open?"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is left to do; a step that was done before costs little."""
        if options["to_serve"]:
            _port_is_free(int(settings.PORT))
        _database_answers()
        call_command("migrate", verbosity=0, interactive=False)
        seals_open()
        if _static_files_are_old():
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        if settings.SAMPLE_SITE and sample.load_if_empty():
            self.stdout.write("The database was empty: sample content is loaded.")
        if options["to_serve"]:
            self._say_what_to_open()

    def _say_what_to_open(self) -> None:
        self.stdout.write(f"\nThe portal answers at {settings.SITE_URL}/  (stop it with Ctrl+C)")
        if settings.SAMPLE_SITE and sample.notes_path().exists():
            self.stdout.write(f"Sample accounts, to sign in at {settings.SITE_URL}/admin/ :")
            self.stdout.write(sample.notes_path().read_text())


def _port_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken. Stop what uses it, or choose another: make run PORT={port + 1}"
            ) from error


def _database_answers() -> None:
    once = connection.copy()
    once.settings_dict["OPTIONS"].pop("pool", None)  # a pool would try for long, and tell of each try
    try:
        once.connect()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise CommandError(
            f"The database cannot be opened: {reason}. Start its server, make the database or correct DATABASE_URL; "
            "without DATABASE_URL the portal keeps its data in an SQLite file."
        ) from error
    finally:
        once.close()


def seals_open() -> None:
    """Raise CommandError where the key is missing that sealed what is stored."""
    missing = [] if settings.FIELD_KEY_LOST else unreadable()
    if missing:
        raise CommandError(
            f"FIELD_KEY does not open what is stored sealed ({', '.join(missing)}). Set it to the key that sealed it, or add that "
            "key after a comma. If it is lost for good, set FIELD_KEY_LOST=yes: the site then starts, and says of each text "
            "that it cannot be read."
        )


def _static_files_are_old() -> bool:
    """Tell whether a file or a package changed since the static files were collected."""
    collected = Path(settings.STATIC_ROOT) / "staticfiles.json"
    sources = [path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*")]
    sources.append(settings.BASE_DIR / "requirements.txt")
    return not collected.exists() or any(path.stat().st_mtime > collected.stat().st_mtime for path in sources)
