"""What every test has."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def empty_cache():
    """Limits counted in one test do not reach the next."""
    cache.clear()
