"""The list of recent erasures, which are repeated when a backup is restored. Triggers of the database write it.

An entry says which row of which table was deleted, or lost its words, and on which day; it has no words. The background
worker writes the list each minute to a file beside the backups, since the database may be lost.
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
from mscos.backups.tables import BATCH, backed_up_models
from mscos.models import Erasure

LIST_NAME = "erasures.csv"
PREFIX = "erased_"  # of the names of our triggers
# Models whose rows are derived from others and contain nobody's words: their deletions are not noted.
DERIVED_MODELS = {"events.EventDate", "newsletters.CheckedLink", "newsletters.Delivery", "mscos.Erasure"}


@dataclass(frozen=True)
class ErasureRule:
    """The columns of a table whose changes are noted as erasures, and the function that repeats one.

    `became`, an SQL expression for both databases, is noted too, and passed to `repeat` with the row.
    """

    columns: tuple[str, ...]
    repeat: Callable[[Any, str], None]
    became: str = "'changed'"


class Entry(NamedTuple):
    """One erasure; `became` is empty where the row was deleted. The day has the form 2023-04-03."""

    key: str
    day: str
    table: str
    row: str
    became: str


def erasure_rules() -> dict[str, ErasureRule]:
    """Return the rules that `settings.ERASURE_RULES` names, by table."""
    found = settings.ERASURE_RULES.items()
    return {apps.get_model(label)._meta.db_table: import_string(path) for label, path in found}


def sync_triggers(**kwargs: Any) -> None:
    """Make the triggers that are missing and drop those of an older version. A receiver of `post_migrate`."""
    tables = connection.introspection.table_names()
    wanted = dict(_triggers(tables)) if Erasure._meta.db_table in tables else {}
    with connection.cursor() as cursor:
        existing = _existing_triggers(cursor)
        for name in existing - wanted.keys():
            drop = f"DROP TRIGGER {name}" if connection.vendor == "sqlite" else f"DROP FUNCTION {name} CASCADE"
            cursor.execute(drop)
        for name in wanted.keys() - existing:
            for statement in wanted[name]:
                cursor.execute(statement)


def write_list() -> Path:
    """Write the list beside the backups and return its path. A job of the background worker.

    It is written even when nothing is new: the time of the file must not tell when somebody erased something.
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
    """Return the entries of a list. Raises OSError, and ValueError or TypeError where it is no such list."""
    with path.open(newline="") as file:
        reader = csv.reader(file)
        if next(reader, None) != [*Entry._fields]:
            raise ValueError
        return {Entry(*row) for row in reader}


def delete_old_entries() -> None:
    """Delete the entries that are older than every backup. A job of the background worker."""
    oldest = timezone.localdate() - timedelta(days=settings.BACKUP_DAYS + 1)
    Erasure.objects.filter(day__lt=oldest).delete()


@transaction.atomic
def repeat_erasures(*, entries: Iterable[Entry]) -> int:
    """Erase what the entries name, as far as it is there; return how many rows that was. Words come first."""
    rows, count = defaultdict(set), 0
    models, rules = {model._meta.db_table: model for model in backed_up_models()}, erasure_rules()
    for entry in sorted(entries):
        model = models[entry.table]
        if not entry.became:
            rows[model].add(entry.row)
        elif row := model._base_manager.filter(pk=entry.row).first():
            rules[entry.table].repeat(row, entry.became)
            count += 1
    return count + _delete(rows)


def _delete(rows: dict[type[Model], set[str]]) -> int:
    """Delete rows, those that protect others from deletion first; return how many there were."""
    count, waiting = 0, dict(rows)
    while waiting:
        protected = {}
        for model, keys in waiting.items():
            try:
                with transaction.atomic():
                    count += sum(_delete_some(model, some) for some in _batches(sorted(keys)))
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


def _batches(keys: list[str]) -> Iterator[list[str]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _triggers(tables: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each trigger with the statements that make it."""
    rules = erasure_rules()
    is_not = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    for model in backed_up_models():
        table, key = model._meta.db_table, str(model._meta.pk.column)
        if table not in tables:
            continue
        if model._meta.label not in DERIVED_MODELS:
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


def _existing_triggers(cursor: Any) -> set[str]:
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f'"
        )
    return {name for (name,) in cursor.fetchall() if name.startswith(PREFIX)}
