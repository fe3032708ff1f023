"""A service that is missing or cannot be used stops the start with a sentence."""

import os
import shutil
import sqlite3
import sys

import pytest
from django.db.migrations.loader import MigrationLoader

from tests.database_template import put_file
from tests.start.helpers import manage, refused, run

CLOSED = 'connection to server at "127.0.0.1", port 1 failed: Connection refused'
NO_DATABASE = (
    f"The database cannot be opened: {CLOSED}. Start PostgreSQL, or correct the host and port in DATABASE_URL."
)
NO_CACHE = (
    "The cache at CACHE_URL does not answer: Error 111 connecting to 127.0.0.1:1. Connection refused. Start Redis or Valkey, "
    "or correct CACHE_URL."
)
UNKNOWN_CACHE = (
    "CACHE_URL names no cache that the portal may use: what it counts must not lie on a disk. Set it to "
    "redis://host:6379/0, for Redis or Valkey, or leave it unset."
)
SECRET_ADDRESS = "{} cannot be read. It may hold a secret, so it is not shown."
PREPARE, WORK, CHECK = ("prepare",), ("run_worker", "--once"), ("check_start",)


@pytest.mark.parametrize("command", [PREPARE, WORK, CHECK])
def test_postgresql_is_not_there(tmp_path, command):
    url = "postgres://portal:word@127.0.0.1:1/portal"
    assert manage(*command, folder=tmp_path, DATABASE_URL=url) == refused(NO_DATABASE)


@pytest.mark.parametrize("command", [PREPARE, WORK, CHECK])
def test_redis_is_not_there(tmp_path, command):
    put_file(tmp_path)
    assert manage(*command, folder=tmp_path, CACHE_URL="redis://:word@127.0.0.1:1/0") == refused(NO_CACHE)


def test_the_web_process_ends_with_the_same_sentence(tmp_path):
    url = "postgres://portal:word@127.0.0.1:1/portal"
    assert manage("serve", folder=tmp_path, DATABASE_URL=url) == refused(NO_DATABASE)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CACHE_URL", "redis://127.0.0.1:port/0", "CACHE_URL cannot be read. Set it to an address like redis://127.0.0.1:6379/0."),
        ("CACHE_URL", "nonsense", UNKNOWN_CACHE),
        ("CACHE_URL", "redis://[::1/0", UNKNOWN_CACHE),
        ("CACHE_URL", "filecache:///tmp/cache", UNKNOWN_CACHE),
        ("DATABASE_URL", "postgres://portal:word@host:port/portal", SECRET_ADDRESS.format("DATABASE_URL")),
        ("EMAIL_URL", "smtp://portal:word@host:port", SECRET_ADDRESS.format("EMAIL_URL")),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_read(tmp_path, name, value, sentence):
    assert manage("prepare", folder=tmp_path, **{name: value}) == refused(sentence)


def test_the_tables_are_not_made_yet(tmp_path):
    every = len(MigrationLoader(None).graph.nodes)
    sentence = f"The database lacks {every} migrations. Run: python manage.py prepare"
    assert manage("run_worker", "--once", folder=tmp_path) == refused(sentence)


def test_a_file_that_is_no_database(tmp_path):
    path = tmp_path / "portal.sqlite3"
    path.write_text("no database, and longer than its header would be " * 9)
    advice = f"Let the portal's user read and write {path}, or restore it from a backup."
    sentence = f"The database cannot be opened: file is not a database. {advice}"
    assert manage("prepare", folder=tmp_path) == refused(sentence)


def test_a_database_that_is_too_old(tmp_path):
    program = (
        "import manage, sys; from django.db.backends.sqlite3.base import DatabaseFeatures; "
        "DatabaseFeatures.minimum_database_version = (99,); sys.argv[1:] = ['prepare']; manage.main()"
    )
    found = f"SQLite 99 or later is required (found {sqlite3.sqlite_version}). Upgrade the database server."
    assert run(sys.executable, "-c", program, folder=tmp_path) == refused(found)


def unusable(folder, reason):
    """Return what is said of a data folder."""
    return refused(
        f"VAR_DIR is '{folder}', which cannot be used: {reason}. Let the portal's user read and write that folder, or set "
        "VAR_DIR to another."
    )


# Root ignores file modes unless it drops these capabilities.
AS_OWNER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
KEYS = {"SECRET_KEY": "k" * 32, "CODE_KEY": "k" * 32, "FIELD_KEY": "k" * 32}


def test_setpriv_is_there_where_root_runs_the_tests():
    assert not AS_OWNER or shutil.which("setpriv")


@pytest.mark.parametrize("keys", [{}, KEYS], ids=["keys to be made", "keys given"])
def test_a_file_stands_where_the_data_folder_should_be(tmp_path, keys):
    (tmp_path / "var").touch()
    said = unusable(tmp_path / "var", "a file stands in its place")
    assert manage("prepare", folder=tmp_path / "var", **keys) == said


@pytest.mark.parametrize("keys", [{}, KEYS], ids=["keys to be made", "keys given"])
@pytest.mark.parametrize("mode", [0o500, 0o300, 0o000], ids=["not writable", "not readable", "neither"])
def test_the_data_folder_has_other_modes(tmp_path, keys, mode):
    folder = tmp_path / "var"
    folder.mkdir(mode=mode)
    said = manage("prepare", folder=folder, under=AS_OWNER, **keys)
    folder.chmod(0o700)
    assert said == unusable(folder, "Permission denied")


def test_the_data_folder_cannot_be_made(tmp_path):
    tmp_path.chmod(0o500)
    said = manage("prepare", folder=tmp_path / "var", under=AS_OWNER)
    tmp_path.chmod(0o700)
    assert said == unusable(tmp_path / "var", "Permission denied")
