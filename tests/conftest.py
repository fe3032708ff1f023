"""What every test has."""

import pytest
from django.core.cache import cache
from django.db import connection


@pytest.fixture(autouse=True)
def empty_cache():
    """Limits counted in one test do not reach the next."""
    cache.clear()


def pytest_collection_modifyitems(config, items):
    """Leave to SQLite's run, on PostgreSQL, what touches no database: it cannot differ, and half of it is arithmetic."""
    if connection.vendor != "postgresql":
        return
    asks = {"db", "transactional_db", "django_db_setup"}
    touching = [item for item in items if item.get_closest_marker("django_db") or asks & set(item.fixturenames)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(touching)])
    items[:] = touching
