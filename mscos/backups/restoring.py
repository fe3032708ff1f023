"""The restore of a backup: into an empty database only, compared row by row, without what was erased since."""

import json
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.module_loading import import_string

from mscos.backups import tables
from mscos.backups.erasures import Entry, repeat_erasures
from mscos.backups.files import BackupError
from mscos.models import Erasure

ONE_DAY = timedelta(days=1)  # the day of the database, in UTC, may be one off from the portal's


@dataclass(frozen=True)
class Done:
    """What was restored."""

    tables: int
    rows: int
    erased: int


def check_header(lines: Iterator[str]) -> date:
    """Read the header and return the day of the backup. Raises BackupError where it cannot be restored here."""
    header = json.loads(next(lines, "null"))
    if not isinstance(header, dict) or "migrations" not in header:
        raise tables.DamagedBackup("This is no backup of the portal.")
    if header["database"] != connection.vendor:
        raise BackupError(
            f"The backup is of {header['database']}, and DATABASE_URL names {connection.vendor}. Use the same kind."
        )
    if header["migrations"] != tables.known_migrations():
        raise BackupError(
            "The backup was made by another version of the portal. Install the version that made it and restore it there. Then upgrade as "
            "docs/backup.md says."
        )
    if connection.introspection.table_names():
        raise BackupError(
            "The database is not empty, and nothing in it was changed. Restore into an empty one: make a new database and name it in "
            "DATABASE_URL, or move the SQLite file in VAR_DIR away."
        )
    return date.fromisoformat(header["day"])


def restore(*, lines: Iterator[str], noted: Set[Entry], day: date) -> Done:
    """Make the tables, fill and compare them; repeat the erasures since the backup, and those that are due by now.

    `noted` are the entries of the lists of erasures. Raises BackupError or DamagedBackup, and then stores no row.
    """
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        found = tables.load(lines)
        if different := tables.differing_tables(found):
            raise BackupError(f"What was restored differs from the backup in {', '.join(different)}. Nothing was kept.")
        tables.skip_keys()
        erased = repeat_erasures(entries=_note(noted, since=str(day - ONE_DAY)))
        for name in settings.AFTER_RESTORE:
            import_string(name)()
    _finish()
    return Done(len(found), sum(table.sum.rows for table in found), erased)


def _note(noted: Set[Entry], *, since: str) -> list[Entry]:
    """Store the entries that the backup does not have, since an older one may be restored another day; return them.

    An old list may also have entries that the backup has deleted: those were erased long before.
    """
    known = set(Erasure.objects.values_list("key", flat=True))
    later = [entry for entry in noted if entry.key not in known and entry.day >= since]
    Erasure.objects.bulk_create([Erasure(**entry._asdict()) for entry in later], batch_size=tables.BATCH)
    return later


def _finish() -> None:
    """Run the jobs that erase by age, clear the cache of the lost database, and update the planner's statistics."""
    for name in settings.JOBS:
        if name.rpartition(".")[2].startswith("erase_"):
            import_string(name)()
    cache.clear()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
