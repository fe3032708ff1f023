"""What the keys must be."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error


def key_problems() -> Iterator[CheckMessage]:
    """Yield what is wrong with the keys."""
    if not settings.FIELD_KEY.replace(",", "").strip():
        yield Error(
            "FIELD_KEY holds no key.",
            hint="Set it to a long random word, or leave it unset: then one is made in VAR_DIR. What was sealed before opens "
            "only with the key that sealed it.",
            id="mscos.E011",
        )
