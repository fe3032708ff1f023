"""How a backup is restored: into an empty database only, compared row by row, and without what was erased since."""

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
from mscos.backups.erasures import Entry, erase_again
from mscos.backups.files import NotPossible
from mscos.models import Erasure

ONE_DAY = timedelta(days=1)  # the database's day may differ from ours by one


@dataclass(frozen=True)
class Done:
    """What was restored."""

    tables: int
    rows: int
    erased: int


def must_fit(lines: Iterator[str]) -> date:
    """Read the header and return the day of the backup; raise NotPossible where it cannot be restored here."""
    header = json.loads(next(lines, "null"))
    if not isinstance(header, dict) or "migrations" not in header:
        raise tables.Damaged("This is no backup of the portal.")
    if header["database"] != connection.vendor:
        raise NotPossible(
            f"The backup is of {header['database']}, and DATABASE_URL names {connection.vendor}. Use the same kind."
        )
    if header["migrations"] != tables.known_migrations():
        raise NotPossible(
            "The backup was made by another version of the portal. Install the version that made it and restore it there. Then upgrade as "
            "docs/backup.md says."
        )
    if connection.introspection.table_names():
        raise NotPossible(
            "The database is not empty, and nothing in it was changed. Restore into an empty one: make a new database and name it in "
            "DATABASE_URL, or move the SQLite file in VAR_DIR away."
        )
    return date.fromisoformat(header["day"])


def restore(lines: Iterator[str], *, noted: Set[Entry], day: date) -> Done:
    """Make the tables, fill them and compare them; erase again what was erased since, or is over by now.

    `noted` is what the lists of erasures say. All or nothing: raises NotPossible or Damaged, and then no row is there.
    """
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        found = tables.load(lines)
        if different := tables.differing(found):
            raise NotPossible(f"What was restored differs from the backup in {', '.join(different)}. Nothing was kept.")
        tables.leave_a_gap()
        erased = erase_again(_note(noted, since=str(day - ONE_DAY)))
        for name in settings.AFTER_RESTORE:
            import_string(name)()
    _finish()
    return Done(len(found), sum(table.sum.rows for table in found), erased)


def _note(noted: Set[Entry], *, since: str) -> list[Entry]:
    """Keep what the lists say beyond the backup, since an older one may be restored another day; return it.

    A list that is out of date may tell too of what the backup has forgotten: that was erased long before.
    """
    known = set(Erasure.objects.values_list("key", flat=True))
    later = [entry for entry in noted if entry.key not in known and entry.day >= since]
    Erasure.objects.bulk_create([Erasure(**entry._asdict()) for entry in later], batch_size=tables.BATCH)
    return later


def _finish() -> None:
    """Do the erasures that time brings, forget what the cache held of the lost database, and count the rows for plans."""
    for name in settings.JOBS:
        if name.rpartition(".")[2].startswith("erase_"):
            import_string(name)()
    cache.clear()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
