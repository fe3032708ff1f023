"""Fixtures: a forum."""

from tests.forums.conftest import forum  # noqa: F401
