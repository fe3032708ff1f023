"""What was erased of late, which a restored backup has to lose again: noted by triggers, whoever erases and however.

A row says which row of which table was deleted, or lost its words, and on which day; no words. The background worker
copies all of it each minute to a file beside the backups, since the database may be lost.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, ProtectedError
from django.utils import timezone
from django.utils.module_loading import import_string

from mscos.backups.files import folder
from mscos.backups.tables import BATCH, kept_models
from mscos.models import Erasure

LIST_NAME = "erasures.csv"
PREFIX = "erased_"  # of our triggers
# Their rows are made anew from others, and hold nobody's words: what is deleted of them is not noted.
MADE_FROM_OTHERS = {"events.EventDate", "newsletters.CheckedLink", "newsletters.Delivery", "mscos.Erasure"}


@dataclass(frozen=True)
class WordsOf:
    """Of a table: the columns of whose changes it is noted that words were destroyed, and how to do it again.

    `became`, in SQL of both databases, is noted with it, and handed to `again` with the row.
    """

    columns: tuple[str, ...]
    again: Callable[[Any, str], None]
    became: str = "'changed'"


class Entry(NamedTuple):
    """What is noted of one erasure; `became` is empty where the row was deleted. The day is written 2023-04-03."""

    key: str
    day: str
    table: str
    row: str
    became: str


def words_erased() -> dict[str, WordsOf]:
    """Return what `settings.WORDS_ERASED` names, by table."""
    found = settings.WORDS_ERASED.items()
    return {apps.get_model(label)._meta.db_table: import_string(path) for label, path in found}


def keep_triggers(**kwargs: Any) -> None:
    """Make the triggers that are missing, and drop those of an older version; after each `migrate`."""
    tables = connection.introspection.table_names()
    wanted = dict(_triggers(tables)) if Erasure._meta.db_table in tables else {}
    with connection.cursor() as cursor:
        there = _names_there(cursor)
        for name in there - wanted.keys():
            drop = f"DROP TRIGGER {name}" if connection.vendor == "sqlite" else f"DROP FUNCTION {name} CASCADE"
            cursor.execute(drop)
        for name in wanted.keys() - there:
            for statement in wanted[name]:
                cursor.execute(statement)


def write_list() -> Path:
    """Write the list beside the backups and return its path. A job of the background worker.

    Also when nothing is new: the time of the file must not tell when somebody erased something.
    """
    path = folder() / LIST_NAME
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    with draft.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Entry._fields)
        rows = Erasure.objects.order_by("key")
        writer.writerows(rows.values_list(*Entry._fields).iterator())
    draft.replace(path)
    return path


def read_list(path: Path) -> set[Entry]:
    """Return what a list says. Raises OSError, and ValueError where it is no such list."""
    with path.open(newline="") as file:
        reader = csv.reader(file)
        if next(reader, None) != [*Entry._fields]:
            raise ValueError
        return {Entry(*row) for row in reader}


def forget_old() -> None:
    """Delete what is noted of erasures that no backup is old enough to have missed. A job of the background worker."""
    oldest = timezone.localdate() - timedelta(days=settings.BACKUP_DAYS + 1)
    Erasure.objects.filter(day__lt=oldest).delete()


@transaction.atomic
def erase_again(entries: Iterable[Entry]) -> int:
    """Erase what entries name, as far as it is there; return how much that was. The words come first."""
    rows, count = defaultdict(set), 0
    models, rules = {model._meta.db_table: model for model in kept_models()}, words_erased()
    for entry in sorted(entries):
        model = models[entry.table]
        if not entry.became:
            rows[model].add(entry.row)
        elif row := model._base_manager.filter(pk=entry.row).first():
            rules[entry.table].again(row, entry.became)
            count += 1
    return count + _delete(rows)


def _delete(rows: dict[type[Model], set[str]]) -> int:
    """Delete rows, those that hold others fast before these; return how many there were."""
    count, waiting = 0, dict(rows)
    while waiting:
        protected = {}
        for model, keys in waiting.items():
            try:
                with transaction.atomic():
                    count += sum(_delete_some(model, some) for some in _in_batches(sorted(keys)))
            except ProtectedError:
                protected[model] = keys
        if len(protected) == len(waiting):
            raise ProtectedError("Rows that were erased are held by rows that were not.", set())
        waiting = protected
    return count


def _delete_some(model: type[Model], keys: list[str]) -> int:
    found = model._base_manager.filter(pk__in=keys)
    count = found.count()
    found.delete()
    return count


def _in_batches(keys: list[str]) -> Iterator[list[str]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _triggers(tables: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Return each trigger's name with the statements that make it."""
    rules = words_erased()
    is_not = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    for model in kept_models():
        table, key = model._meta.db_table, str(model._meta.pk.column)
        if table not in tables:
            continue
        if model._meta.label not in MADE_FROM_OTHERS:
            yield _trigger(f"DELETE ON {table} FOR EACH ROW", table, key, "''")
        if rule := rules.get(table):
            columns = [str(field.column) for field in model._meta.concrete_fields if field.name in rule.columns]
            changed = " OR ".join(f"OLD.{column} {is_not} NEW.{column}" for column in columns)
            event = f"UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW WHEN ({changed})"
            yield _trigger(event, table, key, rule.became)


def _trigger(event: str, table: str, key: str, became: str) -> tuple[str, list[str]]:
    columns = '"key", "day", "table", "row", "became"'
    word = (
        "lower(hex(randomblob(16)))" if connection.vendor == "sqlite" else "translate(gen_random_uuid()::text, '-', '')"
    )
    values = f"{word}, CURRENT_DATE, '{table}', CAST(OLD.{key} AS varchar), {became}"
    note = f"INSERT INTO {Erasure._meta.db_table} ({columns}) VALUES ({values});"
    name = f"{PREFIX}{table}_{sha256((event + note).encode()).hexdigest()[:8]}"
    if connection.vendor == "sqlite":
        return name, [f"CREATE TRIGGER {name} AFTER {event} BEGIN {note} END"]
    function = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note} RETURN NULL; END $$"
    return name, [function, f"CREATE TRIGGER {name} AFTER {event} EXECUTE FUNCTION {name}()"]


def _names_there(cursor: Any) -> set[str]:
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f'"
        )
    return {name for (name,) in cursor.fetchall() if name.startswith(PREFIX)}
