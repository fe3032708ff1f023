"""The exception that stops a start."""


class StartError(Exception):
    """Something that a start needs is missing or wrong; `manage.py` prints the message, which says what to do."""
