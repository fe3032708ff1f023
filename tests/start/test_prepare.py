"""`manage.py prepare`: what it prints, and that it can be interrupted at any point and run again."""

import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from django.db.migrations.loader import MigrationLoader

from tests.database_template import put_file
from tests.start.helpers import CommandResult, environment_of, manage, run
from tests.subprocesses import ROOT

pytestmark = pytest.mark.xdist_group("prepare")

STOPPED = "\nStopped. Nothing is broken: run the same command again.\n"
READY = "The portal is ready to start."


def keys_in(folder):
    """Return what is said of keys that were made in a folder."""
    names = ("SECRET_KEY", "CODE_KEY", "FIELD_KEY")
    return f"Keys: {', '.join(f'{name} in {folder / name.lower()}' for name in names)}. Keep a copy elsewhere."


def test_it_tells_what_it_did(tmp_path):
    every = len(MigrationLoader(None).graph.nodes)
    keys, sample = keys_in(tmp_path), "The database was empty: sample content is loaded."
    first = [keys, f"Database: {every} migrations applied.", "Static files: collected.", sample, READY]
    again = [keys, "Database: up to date.", "Static files: up to date.", READY]
    done = manage("prepare", folder=tmp_path, SAMPLE_SITE="yes")
    assert (done.code, done.out.splitlines(), done.err) == (0, first, "")
    assert manage("prepare", folder=tmp_path, SAMPLE_SITE="yes") == CommandResult(0, "\n".join(again) + "\n", "")


def test_it_tells_that_all_keys_were_given(tmp_path):
    put_file(tmp_path)
    done = manage("prepare", folder=tmp_path, SECRET_KEY="s" * 32, CODE_KEY="c" * 32, FIELD_KEY="f" * 32)
    assert done.out.splitlines()[0] == "Keys: all from the environment."
    assert sorted(path.name for path in tmp_path.iterdir() if "sqlite" not in path.name) == ["static"]


def interrupted(folder, is_time):
    """Start `prepare`, interrupt it once `is_time` returns; return its exit code and its error output."""
    started = subprocess.Popen(
        [sys.executable, "manage.py", "prepare"],
        cwd=ROOT, env=environment_of(folder, SAMPLE_SITE="yes"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    is_time(started.stdout)
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=60)
    return started.returncode, err


def line(beginning):
    """Return a function that waits for a line."""
    return lambda lines: next(line for line in lines if line.startswith(beginning))


def rows(folder, query):
    with sqlite3.connect(folder / "portal.sqlite3", timeout=20) as database:
        return database.execute(query).fetchall()


def migrated(folder):
    return rows(folder, "SELECT count(*) FROM django_migrations")[0][0]


def test_stopped_among_the_migrations(tmp_path):
    def some_are_done(lines):
        line("Keys:")(lines)
        for _ in range(600):
            try:
                if migrated(tmp_path) > 5:
                    return
            except sqlite3.OperationalError:  # the table is not there yet
                pass
            time.sleep(0.05)

    assert interrupted(tmp_path, some_are_done) == (130, STOPPED)
    left = len(MigrationLoader(None).graph.nodes) - migrated(tmp_path)
    assert 0 < left < len(MigrationLoader(None).graph.nodes)
    done = manage("prepare", folder=tmp_path)
    assert (done.code, done.out.splitlines()[1], done.err) == (0, f"Database: {left} migrations applied.", "")


def test_a_migration_under_way_is_finished_and_recorded(tmp_path):
    program = (
        "import os, signal, sys, django; django.setup(); from django.db import connection; "
        "from mscos.startup.migrating import migrate\n"
        "def stop(execute, sql, *rest):\n"
        "    if 'CREATE TABLE \"django_content_type\"' in sql: os.kill(os.getpid(), signal.SIGINT)\n"
        "    return execute(sql, *rest)\n"
        "with connection.execute_wrapper(stop):\n"
        "    try: migrate()\n"
        "    except KeyboardInterrupt: print('stopped')\n"
    )
    done = run(sys.executable, "-c", program, folder=tmp_path, DJANGO_SETTINGS_MODULE="mscos.settings")
    assert done == CommandResult(0, "stopped\n", "")
    assert rows(tmp_path, "SELECT app, name FROM django_migrations") == [("contenttypes", "0001_initial")]


@pytest.mark.parametrize("after", ["Database:", "Static files:"])
def test_stopped_among_the_static_files_or_the_sample_content(tmp_path, after):
    put_file(tmp_path)
    assert interrupted(tmp_path, line(after)) == (130, STOPPED)
    assert rows(tmp_path, "SELECT count(*) FROM outcomes_outcome") == [(0,)]
    done = manage("prepare", folder=tmp_path, SAMPLE_SITE="yes")
    collected = "Static files: collected." if after == "Database:" else "Static files: up to date."
    sample = "The database was empty: sample content is loaded."
    lines = [keys_in(tmp_path), "Database: up to date.", collected, sample, READY]
    assert (done.code, done.out.splitlines(), done.err) == (0, lines, "")
    assert rows(tmp_path, "SELECT count(*) FROM outcomes_outcome") == [(7,)]
    assert (tmp_path / "static/staticfiles.json").exists()
    assert (tmp_path / "sample-sign-in.txt").read_text().count(", password ") == 3


def test_static_files_that_cannot_be_written(tmp_path):
    put_file(tmp_path)
    (tmp_path / "static").touch()
    done = manage("prepare", folder=tmp_path)
    sentence = (
        f"The portal did not start. The static files cannot be written to '{tmp_path}/static': Not a directory. Let the "
        "portal's user write that folder and see that the disk has room.\n"
    )
    assert (done.code, done.err) == (1, sentence)
