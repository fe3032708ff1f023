"""The space of erased words is overwritten or freed."""

import psycopg
import pytest
from django.db import connection, transaction

from forums.models import Forum
from mscos.erasure import free_dead_rows
from tests.concurrency import elsewhere

FORUMS = "FROM pg_stat_user_tables WHERE relname = 'forums_forum'"


@pytest.fixture
def all_counted(transactional_db):
    """PostgreSQL has counted what earlier tests did.

    A pooled connection reports seconds later, or when it ends, that a table was emptied, and sets its dead rows to 0.
    """
    connection.close()
    connection.close_pool()
    with psycopg.connect(**connection.get_connection_params()) as alone:
        others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        alone.execute(f"SELECT pg_terminate_backend(pid, 30000) FROM ({others}) AS others")  # and wait for their end


def told(statement):
    """Return what PostgreSQL counted, once it has written down what this connection did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(statement)
        return cursor.fetchone()[0]


@pytest.mark.usefixtures("all_counted")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes over what it frees")
def test_dead_rows_are_freed_on_postgresql_and_only_where_there_are_any():
    Forum.objects.create(slug="a", title="A", purpose="Words to destroy")
    free_dead_rows()
    Forum.objects.update(purpose="")
    assert told(f"SELECT n_dead_tup {FORUMS}") > 0
    before = told(f"SELECT vacuum_count {FORUMS}")
    free_dead_rows()
    assert (told(f"SELECT n_dead_tup {FORUMS}"), told(f"SELECT vacuum_count {FORUMS}")) == (0, before + 1)
    free_dead_rows()
    assert told(f"SELECT vacuum_count {FORUMS}") == before + 1


@pytest.mark.django_db
def test_within_a_transaction_nothing_is_tried():
    Forum.objects.create(slug="a", title="A", purpose="P")
    free_dead_rows()
    assert Forum.objects.count() == 1


@pytest.mark.usefixtures("all_counted")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes over what it frees")
def test_a_table_that_somebody_holds_is_left_and_the_others_are_done():
    Forum.objects.create(slug="a", title="A", purpose="Words to destroy")
    Forum.objects.update(purpose="")
    before = told(f"SELECT vacuum_count {FORUMS}")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE forums_forum")
        elsewhere(free_dead_rows)
    assert told(f"SELECT vacuum_count {FORUMS}") == before
    free_dead_rows()
    assert told(f"SELECT vacuum_count {FORUMS}") == before + 1
