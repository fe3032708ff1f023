"""The half hour in which sending a form again shows its code again.

What is kept, in memory only, is a keyed digest of the form that was sent. It is another digest than the post's own, so
that a copy of the memory and a copy of the database cannot be joined.
"""

from django.core.cache import cache

from mscos.codes import receipt_digest
from mscos.forms import SUBMISSION_ID_MAX_AGE

LASTS = 30 * 60  # seconds


def open_receipt(form: str) -> None:
    """Let the receipt of this form be shown for half an hour."""
    cache.set(_key(form), "open", LASTS)


def is_open(form: str) -> bool:
    """Tell whether the receipt of this form may still be shown."""
    return cache.get(_key(form)) is not None


def note_erased(digest: str) -> None:
    """Remember that what a form made was erased, by the form's stored digest, as long as that form could be sent again."""
    cache.set(_erased_key(digest), "erased", SUBMISSION_ID_MAX_AGE)


def was_erased(digest: str) -> bool:
    """Tell whether what a form made was erased."""
    return cache.get(_erased_key(digest)) is not None


def _erased_key(digest: str) -> str:
    return f"erased:{receipt_digest(digest)}"


def _key(form: str) -> str:
    return f"receipt:{receipt_digest(form)}"
