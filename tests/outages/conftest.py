"""A forum to write in."""

from tests.forums.conftest import forum  # noqa: F401
