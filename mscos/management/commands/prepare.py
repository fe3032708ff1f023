"""`manage.py prepare`: migrations, static files and, on a sample site, sample content."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser

from mscos import sample
from mscos.startup.command import StartCommand
from mscos.startup.error import StartError
from mscos.startup.key_check import store_code_key_check
from mscos.startup.migrating import migrate
from mscos.startup.readiness import check_cache, check_data_folder, check_database, check_keys, check_port

KEYS = ("SECRET_KEY", "CODE_KEY", "FIELD_KEY")


class Command(StartCommand):
    """Checks the settings, updates the database and the static files, and fills the database of an empty sample site."""

    help = "Make the database and the static files ready for a start."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --to-serve."""
        parser.add_argument("--to-serve", action="store_true", help="a start here follows: is the port free?")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run each step; one that was done before takes little time."""
        if options["to_serve"]:
            check_port()
        check_data_folder()
        check_database()
        check_cache()
        self.stdout.write(_places_of_keys())
        self._migrate()
        self._collect_static_files()
        if settings.SAMPLE_SITE and sample.load_if_empty():
            self.stdout.write("The database was empty: sample content is loaded.")
        self.stdout.write("The portal is ready to start.")

    def _migrate(self) -> None:
        done = migrate()
        self.stdout.write(f"Database: {_counted(done, 'migration')} applied." if done else "Database: up to date.")
        check_keys()
        if store_code_key_check():
            self.stdout.write(
                "CODE_KEY: the new key is known from now on. Take CODE_KEY_LOST out of the settings again."
            )

    def _collect_static_files(self) -> None:
        collected = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if not _static_files_are_old(collected):
            self.stdout.write("Static files: up to date.")
            return
        try:
            _collect(collected)
        except OSError as error:
            raise StartError(
                f"The static files cannot be written to '{settings.STATIC_ROOT}': {error.strerror}. Let the portal's user "
                "write that folder and see that the disk has room."
            ) from error
        self.stdout.write("Static files: collected.")


def _places_of_keys() -> str:
    files = [f"{name} in {Path(settings.VAR_DIR) / name.lower()}" for name in KEYS if name not in os.environ]
    if not files:
        return "Keys: all from the environment."
    return f"Keys: {', '.join(files)}. Keep a copy elsewhere."


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _static_files_are_old(collected: Path) -> bool:
    """Return whether a file or a package changed since the static files were collected."""
    sources = [path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*")]
    sources.append(settings.BASE_DIR / "requirements.txt")
    return not collected.exists() or any(path.stat().st_mtime > collected.stat().st_mtime for path in sources)


def _collect(collected: Path) -> None:
    """Collect the static files; if that is interrupted, delete their manifest, so that the next start collects all."""
    collected.unlink(missing_ok=True)
    try:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    except BaseException:
        collected.unlink(missing_ok=True)
        raise
