"""The interruption of long SQLite statements; PostgreSQL has `statement_timeout` (tests/settings.py).

The time limit of a test itself is `timeout` in pyproject.toml.
"""

STEPS = 1_000_000  # instructions of SQLite's virtual machine between calls: a few milliseconds


def let_signals_through():
    """Return 0, to go on. Python handles signals here, and an exception in a handler ends the statement."""
    return 0
