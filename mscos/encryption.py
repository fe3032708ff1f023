"""Encryption of short texts in the database and in links, with keys that are in neither.

FIELD_KEY is one or more keys, the newest first, separated by commas. Texts are encrypted with the first and decrypted
with any, so that a key can be replaced without losing what the old one encrypted.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PADDING = b"\0"  # forms refuse it, so no text ends with it
BLOCK = 128  # bytes
NO_TIME = 0
LOST = "(cannot be read: the key that encrypted this is not here)"


@dataclass(frozen=True)
class EncryptedText:
    """An encrypted text, decrypted only by `reveal()`.

    In a page, a log or an error it shows as '(encrypted)'. Its token has no time, which Fernet stores in clear, and the
    text is padded to a multiple of BLOCK: without the key nobody learns when it was typed or how long it is.
    """

    token: str = ""

    @classmethod
    def of(cls, text: str) -> "EncryptedText":
        """Return `text` encrypted with the newest key; an empty text stays empty."""
        if not text:
            return cls()
        raw = text.encode()
        padded = raw + PADDING * (-len(raw) % BLOCK)
        return cls(_keys().encrypt_at_time(padded, NO_TIME).decode())

    def __bool__(self) -> bool:
        return bool(self.token)

    def __str__(self) -> str:
        return "(encrypted)" if self.token else ""

    __repr__ = __str__

    def reveal(self) -> str:
        """Return the text, or LOST where no key decrypts it."""
        try:
            return decrypt(self.token).rstrip(PADDING.decode()) if self.token else ""
        except InvalidToken:
            return LOST

    def renewed(self) -> "EncryptedText":
        """Return the same text encrypted with the newest key; raises InvalidToken where no key decrypts it."""
        newest, token = _fernets()[0], self.token.encode()
        try:
            newest.decrypt(token)
        except InvalidToken:
            return EncryptedText(_keys().rotate(token).decode())  # which keeps the token's time
        return self


def encrypt(text: str) -> str:
    """Return a token for `text`, encrypted with the newest key; a new token each time."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return the text of a token; raises cryptography.fernet.InvalidToken where no key fits."""
    return _keys().decrypt(token.encode()).decode()


def encrypt_link(purpose: str, **facts: str) -> str:
    """Return a token for a link: `facts` encrypted for one purpose, with the time.

    The base64 padding is left out: some mail programs end a link before an equals sign.
    """
    return encrypt(json.dumps({**facts, "purpose": purpose})).rstrip("=")


def decrypt_link(purpose: str, token: str, *, lasts: timedelta) -> dict[str, str] | None:
    """Return the facts in a link's token; None where it is older than `lasts`, for another purpose or invalid."""
    padded = token.encode() + b"=" * (-len(token) % 4)
    try:
        facts = json.loads(_keys().decrypt(padded, ttl=int(lasts.total_seconds())))
    except (InvalidToken, ValueError):
        return None
    if not isinstance(facts, dict) or facts.pop("purpose", None) != purpose:
        return None
    return facts


def _keys() -> MultiFernet:
    return MultiFernet(_fernets())


def _fernets() -> list[Fernet]:
    """Return the keys of FIELD_KEY, the newest first."""
    keys = [key.strip() for key in settings.FIELD_KEY.split(",")]
    return [Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys if key]
