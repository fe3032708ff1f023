"""A template database with all tables, made once in a run and copied, which saves ten seconds of migrations each time.

`python -m tests` makes an SQLite file and, where there is a server, a PostgreSQL database. Where pytest is called
directly there is no template, and each worker migrates its own database.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db.backends.signals import connection_created
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.subprocesses import ROOT

FILE, DATABASE = "TEST_TEMPLATE_FILE", "TEST_TEMPLATE_DATABASE"


def make_file(folder):
    """Make the SQLite template, and name it in the environment."""
    path = Path(folder) / "template.sqlite3"
    _migrate(f"sqlite:///{path}")
    os.environ[FILE] = str(path)


@contextmanager
def make_database(url):
    """Make the PostgreSQL template, name it in the environment, and drop it at the end."""
    name = f"template_{os.getpid()}"
    with new_database(url, name) as address:
        _migrate(address)
        os.environ[DATABASE] = name
        try:
            yield
        finally:
            del os.environ[DATABASE]


@contextmanager
def new_database(url, name, *, empty=False):
    """Make a PostgreSQL database, a copy of the template if there is one; yield its URL, and drop it at the end."""
    template = f" TEMPLATE {os.environ[DATABASE]}" if DATABASE in os.environ and not empty else ""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}{template}")
        try:
            facts = conninfo_to_dict(make_conninfo(url, dbname=name))
            yield f"postgres://{facts['user']}:{facts.get('password', '')}@{facts['host']}:{facts.get('port', 5432)}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run_on_a_file(script, folder):
    """Run a script in the portal's shell on a new SQLite file in a folder; return what it printed."""
    path = put_file(folder)
    environment = {name: value for name, value in os.environ.items() if name != "CACHE_URL"}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{path}",
    }
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", script]
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=120
    ).stdout


def put_file(folder):
    """Put a database with all tables into a data folder, under the portal's name for it; return its path."""
    path = Path(folder) / "portal.sqlite3"
    if FILE in os.environ:
        shutil.copy(os.environ[FILE], path)
    else:
        _migrate(f"sqlite:///{path}")
    return path


def use(connection):
    """Let a test database that is about to be made begin as a copy of the template."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = os.environ.get(DATABASE)
    elif FILE in os.environ:
        connection_created.connect(_fill)


def turn_autovacuum_off(connection):
    """Turn autovacuum off for all tables: they are vacuumed and analysed only where a test does it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = off)')


def _fill(connection, **kwargs):
    """Copy the template into an SQLite database that has just been made."""
    connection_created.disconnect(_fill)
    with sqlite3.connect(os.environ[FILE]) as template:
        template.backup(connection.connection)


def _migrate(url):
    """Make the tables in an empty database."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True, timeout=120
    )
