"""The contents of a backup: all tables as lines of text, and back; the same for SQLite and PostgreSQL.

A header comes first. Then for each table its name and columns, a JSON array for each row, and a checksum of the rows.
Rows are ordered by primary key: the order in which a database stores them may tell more. Values are those of the
database, so encrypted texts stay encrypted; a backup is restored on the kind of database that it came from.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import AutoField, BigAutoField, Model
from django.utils import timezone

from mscos.refusals import Refused

LEFT_OUT = {
    "account.EmailConfirmation": "opens a link in a mail",
    "mscos.Job": "when the background worker does what next",
    "mscos.QueuedEmail": "waiting mail, which may have left since",
    "sessions.Session": "who is signed in",
}
BATCH = 500  # rows a statement
# So many primary keys of each table are skipped after a restore, so that none that was used since the backup is used
# again: mail in mailboxes and the list of erasures may still name it.
KEY_GAP = 1_000_000


class DamagedBackup(Refused):
    """A backup is damaged or incomplete; the message is a sentence."""


@dataclass
class Checksum:
    """The number of rows, and the sum of their SHA-256 digests, in any order."""

    rows: int = 0
    total: int = 0

    def add(self, line: str) -> None:
        """Add one row."""
        self.rows += 1
        self.total = (self.total + int.from_bytes(sha256(line.encode()).digest(), "big")) % 2**256

    def as_line(self) -> str:
        """Return the line that follows the rows of a table."""
        return json.dumps({"rows": self.rows, "sum": f"{self.total:064x}"})


@dataclass
class Table:
    """A table that is being loaded, and the checksum of its rows in the backup."""

    model: type[Model]
    sum: Checksum = field(default_factory=Checksum)


def backed_up_models() -> list[type[Model]]:
    """Return the models whose rows are in a backup, ordered by table name."""
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    return sorted(
        (model for model in models if model._meta.label not in LEFT_OUT), key=lambda model: model._meta.db_table
    )


def known_migrations() -> list[list[str]]:
    """Return the migrations of this version of the portal: only a version with the same ones can read its backups."""
    return sorted([*key] for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def lines() -> Iterator[str]:
    """Yield the lines of a backup: a snapshot of the database, while the site goes on."""
    with _snapshot():
        header = {"database": connection.vendor, "day": f"{timezone.localdate()}", "migrations": known_migrations()}
        yield json.dumps(header)
        models = backed_up_models()
        for model in models:
            yield json.dumps({"table": model._meta.db_table, "columns": _columns(model)})
            rows = Checksum()
            for line in _rows(model):
                rows.add(line)
                yield line
            yield rows.as_line()
        yield json.dumps({"tables": len(models)})


def load(source: Iterable[str]) -> list[Table]:
    """Replace all rows by those of a backup, whose header was read; call it in a transaction.

    Return the tables with their checksums. Raises DamagedBackup where the backup is not whole.
    """
    with connection.cursor() as cursor:
        for model in backed_up_models():  # the rows that migrations make are in the backup too
            cursor.execute(f"DELETE FROM {_name(model)}")
        cursor.execute("DELETE FROM mscos_erasure")  # where the triggers have just noted these deletions
    found: list[Table] = []
    waiting: list[list[Any]] = []
    for line in map(str.rstrip, source):
        parsed = json.loads(line)
        if isinstance(parsed, list):
            found[-1].sum.add(line)
            waiting.append(parsed)
        if waiting and (len(waiting) == BATCH or isinstance(parsed, dict)):
            _insert(found[-1].model, waiting)
            waiting = []
        if isinstance(parsed, dict) and _is_end(parsed, line, found):
            return found
    raise DamagedBackup("The backup ends too early. Take another copy of it, or an older one.")


def differing_tables(found: Sequence[Table]) -> list[str]:
    """Return the names of the tables whose rows differ from the backup's."""
    names = []
    for table in found:
        rows = Checksum()
        for line in _rows(table.model):
            rows.add(line)
        if rows != table.sum:
            names.append(table.model._meta.db_table)
    return names


def skip_keys() -> None:
    """Let the primary keys of every table continue `KEY_GAP` above the highest."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if isinstance(model._meta.pk, AutoField | BigAutoField):
                _continue_keys(cursor, model)


def _continue_keys(cursor: Any, model: type[Model]) -> None:
    table, column = model._meta.db_table, str(model._meta.pk.column)
    highest = f"SELECT COALESCE(MAX({connection.ops.quote_name(column)}), 0) + {KEY_GAP} FROM {_name(model)}"
    if connection.vendor == "sqlite":
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES (%s, ({highest}))", [table])
    else:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, %s), ({highest}))", [_name(model), column])


def _is_end(parsed: dict[str, Any], line: str, found: list[Table]) -> bool:
    """Process a line that is no row; return whether it is the last."""
    if "table" in parsed:
        model = {model._meta.db_table: model for model in backed_up_models()}.get(parsed["table"])
        if model is None or parsed["columns"] != _columns(model):
            raise DamagedBackup(f"The backup holds a table that this version does not know: {parsed['table']}.")
        found.append(Table(model))
    elif "rows" in parsed and line != found[-1].sum.as_line():
        raise DamagedBackup(
            f"The rows of {found[-1].model._meta.db_table} in the backup are not those that were written."
        )
    return parsed.get("tables") == len(found)


@contextmanager
def _snapshot() -> Iterator[None]:
    """Let all reads in the block see the database as it is at the start, without blocking writers."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("BEGIN")  # `atomic` begins an IMMEDIATE transaction, which blocks writers
        else:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT COUNT(*) FROM django_migrations")  # the snapshot is taken by the first read
            cursor.fetchone()
            yield
        finally:
            cursor.execute("ROLLBACK")


def _rows(model: type[Model]) -> Iterator[str]:
    columns = ", ".join(map(connection.ops.quote_name, _columns(model)))
    with connection.chunked_cursor() as cursor:
        key = connection.ops.quote_name(str(model._meta.pk.column))
        cursor.execute(f"SELECT {columns} FROM {_name(model)} ORDER BY {key}")
        while rows := cursor.fetchmany(BATCH):
            for row in rows:
                yield json.dumps(row, default=_as_text, ensure_ascii=False)


def _insert(model: type[Model], rows: list[list[Any]]) -> None:
    columns = _columns(model)
    names, places = ", ".join(map(connection.ops.quote_name, columns)), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {_name(model)} ({names}) VALUES ({places})", rows)


def _as_text(value: Any) -> str:
    """Return a day, a time or a number as text that both databases read."""
    if isinstance(value, date | time | Decimal | UUID):
        return str(value)
    raise TypeError(f"A backup cannot hold a {type(value).__name__}.")


def _columns(model: type[Model]) -> list[str]:
    return [str(column.column) for column in model._meta.concrete_fields]


def _name(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
