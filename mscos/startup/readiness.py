"""Checks of what a start needs: the data folder, the port, the database, the cache, the keys of what is stored.

Each function raises StartError, with a sentence that says what to do.
"""

import socket
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, NotSupportedError, connection
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from mscos.key_rotation import unreadable
from mscos.secret_files import unusable
from mscos.startup.error import StartError
from mscos.startup.key_check import check_code_key

MAX_WAIT = 10  # seconds for a database server that does not answer
# What to do, by words of the database's error. An unknown error, or one in another language, gets ADVICE_FOR_ALL.
ADVICE = (
    ("Connection refused", "Start PostgreSQL, or correct the host and port in DATABASE_URL."),
    ("timeout expired", "Start PostgreSQL, or correct the host and port in DATABASE_URL."),
    ("resolve host", "Correct the host in DATABASE_URL."),
    ("password", "Correct the user and password in DATABASE_URL."),
    ('role "', "Make this role in PostgreSQL, or correct the user in DATABASE_URL."),
    ('database "', "Make this database in PostgreSQL, or correct the name in DATABASE_URL."),
)
ADVICE_FOR_ALL = "Start PostgreSQL, make the role and the database, or correct DATABASE_URL."


def check_all() -> None:
    """Check everything that a web process or a background worker needs after `manage.py prepare`."""
    if connection.vendor == "sqlite" or "filebased" in settings.EMAIL_BACKEND:
        check_data_folder()
    check_database()
    check_cache()
    check_tables()
    check_keys()


def check_data_folder() -> None:
    """Check that files can be read and written in VAR_DIR."""
    folder = Path(settings.VAR_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        next(folder.iterdir(), None)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StartError(unusable(folder, error)) from error


def check_port() -> None:
    """Check that nothing else listens on HOST and PORT."""
    try:
        found = socket.getaddrinfo(settings.HOST, settings.PORT, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise StartError(
            f"It cannot listen on {settings.HOST}, port {settings.PORT}: {error.strerror}. Stop what uses that port, "
            "or choose another: make run PORT=8080"
        ) from error


def check_database() -> None:
    """Check that the database can be opened, and that Django supports its version."""
    once = connection.copy()
    options = once.settings_dict["OPTIONS"]
    if options.pop("pool", None):  # a pool would try for long, and log each try
        options["connect_timeout"] = MAX_WAIT
    try:
        once.ensure_connection()
    except NotSupportedError as error:
        raise StartError(f"{first_line(error)}. Upgrade the database server.") from error
    except DatabaseError as error:
        raise StartError(f"The database cannot be opened: {first_line(error)}. {_advice(first_line(error))}") from error
    finally:
        once.close()


def check_cache() -> None:
    """Check that the cache answers; the address is not shown, since it may hold a password."""
    try:
        cache.get("start")
    except ValueError as error:
        raise StartError("CACHE_URL cannot be read. Set it to an address like redis://127.0.0.1:6379/0.") from error
    except RedisError as error:
        raise StartError(
            f"The cache at CACHE_URL does not answer: {first_line(error)}. Start Redis or Valkey, or correct CACHE_URL."
        ) from error


def check_tables() -> None:
    """Check that the tables are those of this version."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        raise StartError(f"The database lacks {missing} migrations. Run: python manage.py prepare")


def check_keys() -> None:
    """Check that the keys are those that were used for what is stored."""
    check_code_key()
    missing = [] if settings.FIELD_KEY_LOST else unreadable()
    if missing:
        raise StartError(
            f"FIELD_KEY does not open what is stored encrypted ({', '.join(missing)}). Set it to the key that encrypted it, or "
            "add that key after a comma. If it is lost for good, set FIELD_KEY_LOST=yes: the site then starts, and says "
            "of each text that it cannot be read."
        )


def first_line(error: Exception) -> str:
    """Return the first line of an error of a database or a cache, without the full stop at its end."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].removeprefix("connection failed: ").removesuffix(".").strip()


def _advice(reason: str) -> str:
    if connection.vendor == "sqlite":
        return f"Let the portal's user read and write {settings.DATABASES['default']['NAME']}, or restore it from a backup."
    return next((advice for words, advice in ADVICE if words in reason), ADVICE_FOR_ALL)
