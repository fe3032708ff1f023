"""What keeps a run from hanging beside `timeout` in pyproject.toml and `statement_timeout` in tests/settings.py."""

STEPS = 1_000_000  # of SQLite's virtual machine: a few milliseconds


def let_signals_through():
    """Return 0, go on: Python handles signals here, and an exception of theirs ends the statement."""
    return 0
