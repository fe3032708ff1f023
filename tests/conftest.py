"""Fixtures and hooks for all tests."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from tests import database_template, time_limits


@pytest.fixture(autouse=True)
def empty_cache():
    """Clear the cache, so that limits counted in one test do not affect the next."""
    cache.clear()


@receiver(connection_created)
def interrupt_long_statements(connection, **kwargs):
    """Let the time limit of a test end a statement of SQLite too."""
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(time_limits.let_signals_through, time_limits.STEPS)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Let the test database begin as a copy of the template."""
    database_template.use(connection)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Turn PostgreSQL's autovacuum off for the tests' tables: it would run at any time and change statistics."""
    with django_db_blocker.unblock():
        database_template.turn_autovacuum_off(connection)


def pytest_collection_modifyitems(config, items):
    """Deselect, on PostgreSQL, the tests that use no database: the run on SQLite has them."""
    if connection.vendor != "postgresql":
        return
    fixtures = {"db", "transactional_db", "django_db_setup"}
    using = [item for item in items if item.get_closest_marker("django_db") or fixtures & set(item.fixturenames)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(using)])
    items[:] = using


def pytest_terminal_summary(terminalreporter):
    """Print the figures that tests recorded (`record_property("figure", …)`) in any worker."""
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    for report in reports:
        for name, figure in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(figure)
