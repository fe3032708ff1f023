"""The exception that stops a start."""


class StartError(Exception):
    """Something that the portal needs is missing or wrong. The message says what and what to do; `manage.py` prints it."""
