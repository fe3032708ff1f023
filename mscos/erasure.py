"""Overwriting of the space that erased words took in the database's files."""

import logging
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

logger = logging.getLogger(__name__)


def after_erasure() -> None:
    """Call `overwrite_freed_pages` once the current transaction is committed."""
    transaction.on_commit(overwrite_freed_pages)


@transaction.atomic
def delete_for_good(*, rows: QuerySet[Any]) -> None:
    """Delete rows, and have the freed space written over."""
    rows.delete()
    after_erasure()


def overwrite_freed_pages() -> None:
    """Empty SQLite's write-ahead log, which still contains the pages as they were. A job of the background worker.

    With `secure_delete` (see settings) SQLite fills freed space with zeros, but the log keeps older pages until it is
    truncated. A reader can delay that, so the job tries again. PostgreSQL has `free_dead_rows`.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def free_dead_rows() -> None:
    """Let PostgreSQL free the space of rows that were changed or deleted. A job of the background worker.

    Autovacuum waits until a fifth of a table is dead. A locked table is left for the next time. `docs/logs.md` says
    what remains after this.
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            for table in _tables_with_dead_rows(cursor):
                try:
                    cursor.execute(f"VACUUM (SKIP_LOCKED) {connection.ops.quote_name(table)}")
                except DatabaseError:  # the table may have been dropped; the others are still to be done
                    logger.exception("A table was not vacuumed. It will be tried again.")


def _tables_with_dead_rows(cursor: Any) -> list[str]:
    cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema() AND n_dead_tup > 0")
    return [table for (table,) in cursor.fetchall()]
