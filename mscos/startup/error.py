"""Why the portal does not start."""


class StartError(Exception):
    """Something that the portal needs is away or wrong: one sentence says what, one what to do. `manage.py` prints it."""
