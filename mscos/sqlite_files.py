"""The file format of SQLite: freed pages are returned, and readers do not wait for writers."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def set_format(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Set the format of a file when a connection to it is opened. A receiver of `connection_created`.

    `auto_vacuum` must be set before the first page; later it changes nothing, and waits for writers.
    """
    if connection.vendor == "sqlite":
        if connection.connection.execute("PRAGMA page_count").fetchone() == (0,):
            connection.connection.execute("PRAGMA auto_vacuum=FULL")
        connection.connection.execute("PRAGMA journal_mode=WAL")
