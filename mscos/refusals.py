"""The exception of an action that cannot do what was asked for."""


class Refused(Exception):
    """Nothing was changed; the message is a sentence for the person who asked."""
