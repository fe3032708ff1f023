"""Receipts: for half an hour, the same form sent again shows its code again.

The cache keeps an HMAC of the form. It differs from the post's own, so that copies of the cache and of the database
cannot be joined.
"""

from django.core.cache import cache

from mscos.codes import receipt_digest
from mscos.forms import SUBMISSION_ID_MAX_AGE

RECEIPT_LASTS = 30 * 60  # seconds


def open_receipt(form: str) -> None:
    """Allow the receipt of this form to be shown for half an hour."""
    cache.set(_key(form), "open", RECEIPT_LASTS)


def is_open(form: str) -> bool:
    """Return whether the receipt of this form may still be shown."""
    return cache.get(_key(form)) is not None


def note_erased(digest: str) -> None:
    """Remember, while a form can be sent again, that what it stored was erased; `digest` is its stored HMAC."""
    cache.set(_erased_key(digest), "erased", SUBMISSION_ID_MAX_AGE)


def was_erased(digest: str) -> bool:
    """Return whether what a form stored was erased."""
    return cache.get(_erased_key(digest)) is not None


def _erased_key(digest: str) -> str:
    return f"erased:{receipt_digest(digest)}"


def _key(form: str) -> str:
    return f"receipt:{receipt_digest(form)}"
