"""`manage.py run` restarts the web process and the background worker, however they end."""

import os
import signal
import sqlite3

import pytest

from mscos.management.commands.run import PROCESSES
from mscos.processes import supervisor
from tests import database_template
from tests.recorded_processes import started
from tests.subprocesses import Running, answers, free_port, is_free, wait_until

WEB, WORK = PROCESSES["web"][-1], PROCESSES["worker"][-1]

LONG_AGO = "2026-01-01 00:00:00"
FIRST_JOB = "(SELECT min(id) FROM mscos_job)"


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def portal(tmp_path, port):
    """A portal that runs and answers."""
    database_template.put_file(tmp_path)
    with Running("-m", "tests.recorded_processes", "run", VAR_DIR=str(tmp_path), PORT=str(port)) as portal:
        portal.wait_for_line(f"The portal answers at http://127.0.0.1:{port}/  (stop it with Ctrl+C)")
        wait_until(lambda: answers(port))
        yield portal


def test_a_process_that_is_killed_is_started_again_and_the_other_goes_on(portal, port, tmp_path):
    for name, ends, other in [("web", WEB, WORK), ("worker", WORK, WEB)]:
        before = started(tmp_path)
        os.kill(before[ends], signal.SIGKILL)
        portal.wait_for_line(f"The {name} process ended. It is started again.")
        wait_until(lambda ends=ends, before=before: started(tmp_path)[ends] != before[ends])
        assert started(tmp_path)[other] == before[other]
        wait_until(lambda: answers(port))
        make_a_job_due(tmp_path)
        wait_until(lambda: first_job(tmp_path) > LONG_AGO)
    assert (portal.stop(signal.SIGTERM), is_free(port)) == (0, True)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGHUP, 0), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_no_process_outlives_it(portal, port, number, code):
    assert portal.stop(number) == code
    assert is_free(port)


def test_a_process_that_does_not_stop_is_killed_with_what_it_started(monkeypatch, port):
    monkeypatch.setattr(supervisor, "GRACE", 0.0)
    stubborn = supervisor.Process("stubborn", ["tests.ignores_sigterm", str(port)])
    wait_until(lambda: not is_free(port))
    supervisor.stop_all([stubborn])
    wait_until(lambda: is_free(port))


def make_a_job_due(folder):
    with sqlite3.connect(folder / "portal.sqlite3", timeout=60) as database:
        database.execute(f"UPDATE mscos_job SET due_at = '{LONG_AGO}' WHERE id = {FIRST_JOB}")


def first_job(folder):
    """Return when the first job is due."""
    with sqlite3.connect(folder / "portal.sqlite3", timeout=60) as database:
        return database.execute(f"SELECT due_at FROM mscos_job WHERE id = {FIRST_JOB}").fetchone()[0]
