"""Checks of the keys."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error

MIN_LENGTH = 32  # characters; `openssl rand -base64 48` gives 64


def key_problems() -> Iterator[CheckMessage]:
    """Yield what is wrong with the keys."""
    if settings.BEHIND_TLS:
        yield from _length_problems()
    if not settings.FIELD_KEY.replace(",", "").strip():
        yield Error(
            "FIELD_KEY holds no key.",
            hint="Set it to a long random word, or leave it unset: then one is made in VAR_DIR. What was encrypted before opens "
            "only with the key that encrypted it.",
            id="mscos.E011",
        )


def _length_problems() -> Iterator[CheckMessage]:
    """Yield the keys that are too short; older keys of FIELD_KEY may be, since what they encrypted must still open."""
    newest = settings.FIELD_KEY.split(",")[0].strip()
    for name, key in (("SECRET_KEY", settings.SECRET_KEY), ("CODE_KEY", settings.CODE_KEY), ("FIELD_KEY", newest)):
        if len(key) < MIN_LENGTH:
            yield Error(
                f"{name} has {len(key)} characters.",
                hint=f"Set it to {MIN_LENGTH} random characters or more (openssl rand -base64 48), or leave it unset: then one "
                "is made in VAR_DIR.",
                id="mscos.E013",
            )
