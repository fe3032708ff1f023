"""Short texts that must not be readable in a stolen database: sealed with a key that is not in it.

FIELD_KEY may hold several keys with commas between them, the newest first: texts are sealed with the first and opened
with any, so that a key can be changed without losing what the old one sealed.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(text: str) -> str:
    """Return a text sealed with the newest key; the same text gives another seal each time."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the text that `seal` sealed; raises cryptography.fernet.InvalidToken where no key of ours fits."""
    return _keys().decrypt(sealed.encode()).decode()


def _keys() -> MultiFernet:
    keys = [key.strip() for key in settings.FIELD_KEY.split(",")]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys if key])
