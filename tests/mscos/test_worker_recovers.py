"""The background worker outlives a database that is away, full or read-only, and does its jobs afterwards."""

import os
import resource
import sqlite3
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings as portal_settings
from django.db import connection
from django.utils import timezone

from mscos.models import Job
from tests.database_template import put_file
from tests.subprocesses import Running, wait_until

FAULT = "A turn of work failed. Work goes on after a wait."
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@contextmanager
def full_disk(worker):
    """The worker can write no byte to any file."""
    resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, UNLIMITED)


@contextmanager
def restarting(worker):
    """PostgreSQL has ended all its connections and takes no new ones."""
    alter("ALLOW_CONNECTIONS false")
    end_connections()
    try:
        yield
    finally:
        alter("ALLOW_CONNECTIONS true")


@contextmanager
def read_only(worker):
    """PostgreSQL takes no writes on connections made from now on, and has ended those made before."""
    alter("SET default_transaction_read_only = on")
    end_connections()
    try:
        yield
    finally:
        alter("RESET default_transaction_read_only")


@pytest.fixture
def worker(transactional_db):
    """A background worker on the test's database, once it has registered every job."""
    facts = connection.settings_dict
    if connection.vendor == "postgresql":
        place = f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"
    else:
        place = f"sqlite:///{facts['NAME']}"
    with Running("manage.py", "run_worker", DATABASE_URL=place, VAR_DIR=os.environ["VAR_DIR"]) as worker:
        if connection.vendor == "postgresql":
            connection.close()
            connection.close_pool()  # which may still wait before it tries a server again that was away for another test
        wait_until(lambda: Job.objects.filter(name__in=portal_settings.JOBS).count() == len(portal_settings.JOBS))
        yield worker


@pytest.mark.parametrize(
    ("fault", "kind"),
    {
        "sqlite": [(full_disk, "OperationalError")],
        "postgresql": [(restarting, "OperationalError"), (read_only, "InternalError")],
    }[connection.vendor],
)
def test_work_goes_on_after_a_database_that_was_away(worker, fault, kind):
    with fault(worker):
        long_ago = timezone.now() - timedelta(days=1)
        Job.objects.update(due_at=long_ago)
        worker.wait_for_line(FAULT, times=2)
    wait_until(lambda: not Job.objects.filter(due_at=long_ago).exists())
    assert worker.stop() == 0
    kinds = {line for line in worker.lines if line.endswith("(message left out)\n")}
    assert kinds == {f"{kind} (message left out)\n"}


WAITING_FOR_AN_HOUR = """
import django
django.setup()
from mscos.processes import backoff
backoff.FIRST = 3600
import manage
manage.main()
"""


def test_a_stop_ends_the_wait_after_a_fault(tmp_path):
    """The worker misses a table, and would wait for an hour."""
    with sqlite3.connect(put_file(tmp_path)) as database:
        database.execute("DROP TABLE mscos_job")
    with Running("-c", WAITING_FOR_AN_HOUR, "run_worker", VAR_DIR=str(tmp_path)) as worker:
        worker.wait_for_line(FAULT)
        assert worker.stop() == 0


def alter(change):
    """Change the test's database from another one of the same server."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} {change}")


def end_connections():
    """End every connection to the test's database but its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
