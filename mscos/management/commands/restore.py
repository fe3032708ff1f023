"""`manage.py restore`: put a backup into an empty database."""

from argparse import ArgumentTypeError
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from mscos.backups import erasures, files, restoring, tables

REMAINS = """What remains to be done:
- Put the keys in place that the lost site had: CODE_KEY, FIELD_KEY and SECRET_KEY. They are in no backup.
- Run manage.py prepare, which says if one is wrong. Then start the site and the background worker.
- Nobody is signed in, and no waiting mail was restored: account mail has to be asked for again.
- Newsletters that were being sent are paused, scheduled ones are drafts: look whether they have gone out.
- Look in 'People' at who may do what: what was changed there since the backup is not known here."""


class Command(BaseCommand):
    """Restores, compares every row, erases again what was erased since, and says what remains to be done."""

    help = "Restore a backup into an empty database. The site and the background worker must not run."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file, --identity, --erasures and --without-erasures."""
        parser.add_argument("file", type=_file)
        parser.add_argument(
            "--identity", default="", help="the file with the key that opens a backup encrypted with age"
        )
        parser.add_argument(
            "--erasures",
            type=_file,
            action="append",
            help=f"the list of erasures, of each machine if there are several; {erasures.LIST_NAME} in BACKUP_DIR if not given",
        )
        parser.add_argument("--without-erasures", action="store_true", help="restore although no list can be found")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the backup and the lists of erasures, then restore."""
        noted = set() if options["without_erasures"] else self._noted(options["erasures"])
        try:
            with files.reading(options["file"], identity=options["identity"]) as lines:
                day = restoring.check_header(lines)
                if not options["without_erasures"]:
                    check_age(day)
                done = restoring.restore(lines=lines, noted=noted, day=day)
        except (files.BackupError, tables.DamagedBackup) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{done.rows:,} rows in {done.tables} tables are restored, and each is as in the backup of {day}."
        )
        self.stdout.write(f"Erased again, since it was erased after the backup: {done.erased:,}.")
        self.stdout.write(REMAINS)

    def _noted(self, paths: list[Path] | None) -> set[erasures.Entry]:
        """Return the entries of the lists. Raises CommandError where one is missing."""
        found = set()
        for path in paths or [Path(settings.BACKUP_DIR) / erasures.LIST_NAME]:
            try:
                found |= erasures.read_list(path)
            except (OSError, ValueError, TypeError) as error:
                raise CommandError(
                    f"{path} is not there, or is no list of erasures. What people erased since the backup would come back. Name the newest "
                    "copy of it: --erasures FILE. If there is none any more: --without-erasures"
                ) from error
        return found


def check_age(day: date) -> None:
    """Raise CommandError for a backup that is older than the list of erasures reaches back."""
    if day < timezone.localdate() - timedelta(days=settings.BACKUP_DAYS):
        raise CommandError(
            f"The backup of {day} is older than {settings.BACKUP_DAYS} days (BACKUP_DAYS). The list of erasures does not reach back so far: "
            "what people erased would come back. To restore it all the same: --without-erasures"
        )


def _file(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise ArgumentTypeError(f"there is no file {name}")
    return path
