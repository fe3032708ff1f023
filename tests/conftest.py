"""What every test has."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from tests import database_template, time_limits


@pytest.fixture(autouse=True)
def empty_cache():
    """Limits counted in one test do not reach the next."""
    cache.clear()


@receiver(connection_created)
def interrupt_long_statements(connection, **kwargs):
    """Let the time limit of a test end a statement of SQLite too."""
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(time_limits.let_signals_through, time_limits.STEPS)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The test database begins with tables that were made before."""
    database_template.use(connection)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """PostgreSQL's own housekeeping keeps off the tests' tables: what it notes and frees comes when it likes."""
    with django_db_blocker.unblock():
        database_template.turn_autovacuum_off(connection)


def pytest_collection_modifyitems(config, items):
    """Leave to SQLite's run, on PostgreSQL, what touches no database: it cannot differ, and half of it is arithmetic."""
    if connection.vendor != "postgresql":
        return
    asks = {"db", "transactional_db", "django_db_setup"}
    touching = [item for item in items if item.get_closest_marker("django_db") or asks & set(item.fixturenames)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(touching)])
    items[:] = touching


def pytest_terminal_summary(terminalreporter):
    """Tell the figures that tests recorded (`record_property("figure", …)`), in whichever worker they ran."""
    told = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    for report in told:
        for name, figure in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(figure)
