"""Nothing in a run of the tests lasts for ever: a test, a statement, what hangs outside Python."""

import os
import signal
from threading import Timer

import pytest
from django.db import OperationalError, connection

from tests.filling import numbers


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
