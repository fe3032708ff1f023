"""What follows when words are destroyed: the pages of the database file that held them are written over."""

from django.db import connection, transaction


def after_erasure() -> None:
    """Ask for `overwrite_freed_pages` as soon as the transaction under way is committed."""
    transaction.on_commit(overwrite_freed_pages)


def overwrite_freed_pages() -> None:
    """Empty SQLite's write-ahead log, which still holds the pages as they were.

    With `secure_delete` (see settings) SQLite fills freed space with zeros, but the log keeps older pages until it is
    cut. A reader at work can hold the cut up, so the work loop asks again. On PostgreSQL nothing is done: autovacuum
    frees the rows, and `docs/logs.md` says what that means.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
