"""The time limits of a run: of a test, of a statement, and of code outside Python; and what a run prints first."""

import os
import signal
import subprocess
import sys
from threading import Timer

import pytest
from django.db import OperationalError, connection

from tests.bulk_rows import numbers
from tests.database_template import ROOT


def test_a_test_that_hangs_fails_and_a_worker_that_hangs_ends(pytestconfig):
    limits = [float(pytestconfig.getini(name)) for name in ("timeout", "faulthandler_timeout")]
    assert limits == sorted(limits) == [300, 360]
    assert pytestconfig.getini("timeout_method") == "signal"
    assert pytestconfig.getini("faulthandler_exit_on_timeout")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL")
def test_postgresql_ends_a_statement():
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("2min",)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite")
def test_a_signal_ends_a_statement_of_sqlite():
    def refuse(*facts):
        raise TimeoutError

    before = signal.signal(signal.SIGUSR1, refuse)
    try:
        Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        with pytest.raises(OperationalError, match="interrupted"), connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {numbers(50_000_000)}")  # some ten seconds
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_run_prints_what_it_contains_and_fails_where_a_required_service_is_missing():
    nowhere = {"TEST_POSTGRES_URL": "postgres://postgres@127.0.0.1:1/x", "TEST_REDIS_URL": "redis://127.0.0.1:1/0"}
    environment = {**os.environ, **nowhere, "REQUIRE": "redis,postgres", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-m", "tests"],
        check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    postgres = "no PostgreSQL answers: TEST_POSTGRES_URL names a server"
    redis = "no Redis answers: TEST_REDIS_URL names a server"
    assert done.stdout.splitlines() == [
        "Running on SQLite (about 4,970 tests); browser tests: no; Redis: no. Both databases take about 14 minutes on two cores.",
        f"Left out: {postgres}.",
        f"Left out: {redis}.",
        "Left out: no Chromium is found: install the system's chromium.",
    ]
    assert (done.returncode, done.stderr) == (1, f"Required, but {redis}; {postgres}.\n")
