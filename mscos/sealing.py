"""Short texts that must not be readable in a stolen database, or in a link: sealed with a key that is in neither.

FIELD_KEY may hold several keys with commas between them, the newest first: texts are sealed with the first and opened
with any, so that a key can be changed without losing what the old one sealed.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

FILLING = b"\0"  # which no text holds: forms refuse it
BLOCK = 128  # bytes
NO_TIME = 0
LOST = "(cannot be read: the key that sealed this is not here)"


@dataclass(frozen=True)
class Sealed:
    """A text that is stored sealed, and opened only where somebody asks for its words.

    Written into a page, a log or an error by mistake it says '(sealed)'. The seal carries no time, which Fernet would
    write into it in clear, and the text is filled up to a multiple of BLOCK: neither when something was typed nor how
    long it is can be read without the key.
    """

    token: str = ""

    @classmethod
    def of(cls, text: str) -> "Sealed":
        """Return a text sealed with the newest key; '' stays empty, since there is nothing to hide in it."""
        if not text:
            return cls()
        raw = text.encode()
        filled = raw + FILLING * (-len(raw) % BLOCK)
        return cls(_keys().encrypt_at_time(filled, NO_TIME).decode())

    def __bool__(self) -> bool:
        return bool(self.token)

    def __str__(self) -> str:
        return "(sealed)" if self.token else ""

    __repr__ = __str__

    @property
    def words(self) -> str:
        """The text; what LOST says where no key of ours opens it."""
        try:
            return unseal(self.token).rstrip(FILLING.decode()) if self.token else ""
        except InvalidToken:
            return LOST

    def renewed(self) -> "Sealed":
        """Return the same text sealed with the newest key; raises InvalidToken where no key of ours opens it."""
        newest, token = _fernets()[0], self.token.encode()
        try:
            newest.decrypt(token)
        except InvalidToken:
            return Sealed(_keys().rotate(token).decode())  # which keeps the time that stands in the seal
        return self


def seal(text: str) -> str:
    """Return a text sealed with the newest key; the same text gives another seal each time."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the text that `seal` sealed; raises cryptography.fernet.InvalidToken where no key of ours fits."""
    return _keys().decrypt(sealed.encode()).decode()


def seal_link(purpose: str, **facts: str) -> str:
    """Return a word for a link that holds some facts, for one purpose only; nobody can read it but us.

    The seal carries its time. Its padding is left out: some mail programs end a link before an equals sign.
    """
    return seal(json.dumps({**facts, "purpose": purpose})).rstrip("=")


def open_link(purpose: str, token: str, *, lasts: timedelta) -> dict[str, str] | None:
    """Return the facts that `seal_link` sealed; None for what is older than `lasts`, or not ours, or for another purpose.

    What can be no seal is None too: a link may have been cut short or typed.
    """
    sealed = token.encode() + b"=" * (-len(token) % 4)
    try:
        facts = json.loads(_keys().decrypt(sealed, ttl=int(lasts.total_seconds())))
    except (InvalidToken, ValueError):
        return None
    if not isinstance(facts, dict) or facts.pop("purpose", None) != purpose:
        return None
    return facts


def _keys() -> MultiFernet:
    return MultiFernet(_fernets())


def _fernets() -> list[Fernet]:
    """Return our keys, the newest first."""
    keys = [key.strip() for key in settings.FIELD_KEY.split(",")]
    return [Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys if key]
