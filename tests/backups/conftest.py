from tests.forums.conftest import sam  # noqa: F401  a moderator
