"""How a file of SQLite is laid out: it gives freed pages back, and its readers wait for no writer."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def lay_out(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Lay a file out when a connection to it is opened; a receiver of Django's `connection_created`.

    `auto_vacuum` must come before the first page. Asked for later it changes nothing, and waits for whoever writes.
    """
    if connection.vendor == "sqlite":
        if connection.connection.execute("PRAGMA page_count").fetchone() == (0,):
            connection.connection.execute("PRAGMA auto_vacuum=FULL")
        connection.connection.execute("PRAGMA journal_mode=WAL")
