"""The tables as lines of text, and back: the contents of a backup. The same on every kind of database.

A header comes first. Then for each table its name and columns, a JSON array for each row, and what the rows add up to.
Rows stand in the order of their keys: the order in which a database stores them may tell more. Values are those of the
database, so that encrypted texts stay encrypted; a backup is restored on the kind of database that it came from.
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
# Of each table so many numbers are left out after a restore: none that was given since the backup is given again. Mail in
# mailboxes and the list of erasures may still name it.
GAP = 1_000_000


class Damaged(Refused):
    """A backup cannot be read to its end; the message is a sentence."""


@dataclass
class Sum:
    """How many rows there are, and what their digests add up to, in whatever order they come."""

    rows: int = 0
    total: int = 0

    def add(self, line: str) -> None:
        """Count one row."""
        self.rows += 1
        self.total = (self.total + int.from_bytes(sha256(line.encode()).digest(), "big")) % 2**256

    def as_line(self) -> str:
        """Return what stands under the rows of a table."""
        return json.dumps({"rows": self.rows, "sum": f"{self.total:064x}"})


@dataclass
class Table:
    """A table that is being loaded, and the sum of the rows that the backup holds of it."""

    model: type[Model]
    sum: Sum = field(default_factory=Sum)


def kept_models() -> list[type[Model]]:
    """Return the models whose rows are in a backup, in the order of their tables' names."""
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    return sorted(
        (model for model in models if model._meta.label not in LEFT_OUT), key=lambda model: model._meta.db_table
    )


def known_migrations() -> list[list[str]]:
    """Return the migrations of this version of the portal: only a version with the same ones can read its backups."""
    return sorted([*key] for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def lines() -> Iterator[str]:
    """Return all that is in a backup, line by line, as it is at one moment while the site goes on."""
    with _one_moment():
        header = {"database": connection.vendor, "day": f"{timezone.localdate()}", "migrations": known_migrations()}
        yield json.dumps(header)
        models = kept_models()
        for model in models:
            yield json.dumps({"table": model._meta.db_table, "columns": _columns(model)})
            rows = Sum()
            for line in _rows(model):
                rows.add(line)
                yield line
            yield rows.as_line()
        yield json.dumps({"tables": len(models)})


def load(source: Iterable[str]) -> list[Table]:
    """Put the rows of a backup, whose header was read, in the place of all rows; inside a transaction.

    Return the tables with their sums. Raises Damaged where the backup is not whole.
    """
    with connection.cursor() as cursor:
        for model in kept_models():  # what the migrations put there is in the backup too
            cursor.execute(f"DELETE FROM {_name(model)}")
        cursor.execute("DELETE FROM mscos_erasure")  # which has just noted it
    found: list[Table] = []
    waiting: list[list[Any]] = []
    for line in map(str.rstrip, source):
        said = json.loads(line)
        if isinstance(said, list):
            found[-1].sum.add(line)
            waiting.append(said)
        if waiting and (len(waiting) == BATCH or isinstance(said, dict)):
            _insert(found[-1].model, waiting)
            waiting = []
        if isinstance(said, dict) and _has_ended(said, line, found):
            return found
    raise Damaged("The backup ends too early. Take another copy of it, or an older one.")


def differing(found: Sequence[Table]) -> list[str]:
    """Return the names of the tables whose rows are not those of the backup."""
    names = []
    for table in found:
        rows = Sum()
        for line in _rows(table.model):
            rows.add(line)
        if rows != table.sum:
            names.append(table.model._meta.db_table)
    return names


def leave_a_gap() -> None:
    """Let every table count on `GAP` above its highest key."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if isinstance(model._meta.pk, AutoField | BigAutoField):
                _count_on(cursor, model)


def _count_on(cursor: Any, model: type[Model]) -> None:
    table, column = model._meta.db_table, str(model._meta.pk.column)
    highest = f"SELECT COALESCE(MAX({connection.ops.quote_name(column)}), 0) + {GAP} FROM {_name(model)}"
    if connection.vendor == "sqlite":
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES (%s, ({highest}))", [table])
    else:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, %s), ({highest}))", [_name(model), column])


def _has_ended(said: dict[str, Any], line: str, found: list[Table]) -> bool:
    """Take up a line that is no row; tell whether it is the last."""
    if "table" in said:
        model = {model._meta.db_table: model for model in kept_models()}.get(said["table"])
        if model is None or said["columns"] != _columns(model):
            raise Damaged(f"The backup holds a table that this version does not know: {said['table']}.")
        found.append(Table(model))
    elif "rows" in said and line != found[-1].sum.as_line():
        raise Damaged(f"The rows of {found[-1].model._meta.db_table} in the backup are not those that were written.")
    return said.get("tables") == len(found)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Let all reads in it see the database as it is now; nobody waits meanwhile."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("BEGIN")  # `atomic` would hold writers up
        else:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT COUNT(*) FROM django_migrations")  # the moment is that of the first read
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
    """Return a day, a time or a number as both databases read it again."""
    if isinstance(value, date | time | Decimal | UUID):
        return str(value)
    raise TypeError(f"A backup cannot hold a {type(value).__name__}.")


def _columns(model: type[Model]) -> list[str]:
    return [str(column.column) for column in model._meta.concrete_fields]


def _name(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
