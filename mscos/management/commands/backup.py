"""`manage.py backup`: write a backup while the site runs."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mscos.backups import erasures, files, tables


class Command(BaseCommand):
    """Writes a snapshot of the database, and the list of erasures beside it. The keys are not in it."""

    help = "Write a backup of the database to BACKUP_DIR while the site runs. Keep SECRET_KEY, CODE_KEY and FIELD_KEY apart."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --recipient and --keep."""
        parser.add_argument(
            "--recipient",
            default=settings.BACKUP_RECIPIENT,
            help="encrypt it to this public key: of age (age1…), of SSH, or one that gpg knows; BACKUP_RECIPIENT if not given",
        )
        parser.add_argument(
            "--keep", type=int, help="how many backups stay; without it those of the last BACKUP_DAYS days"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the backup, delete old ones, and say so."""
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep takes a number from 1.")
        try:
            path = files.write(tables.lines(), recipient=options["recipient"])
            erasures.write_list()
            deleted = files.delete_old(keep=options["keep"])
        except files.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{path} is written. Older backups deleted: {deleted}.")
        if not options["recipient"]:
            self.stdout.write(
                "It is not encrypted: whoever has the file can read posts and addresses. See docs/backup.md."
            )
