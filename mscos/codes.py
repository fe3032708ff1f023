"""Codes: the only way back to an anonymous post.

A code has 16 symbols of Crockford's base32 (https://www.crockford.com/base32.html): 80 bits. It is made, with a key,
from the form that was sent, which holds a random submission_id: sending one form twice gives one code. Only a keyed
digest is stored; without CODE_KEY, which is not in the database, a digest can be neither checked nor guessed at.
"""

import hashlib
import hmac
import re
import secrets

from django.conf import settings

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIASES = str.maketrans({"I": "1", "L": "1", "O": "0"})
LENGTH = 16
# Written in groups of four: with a dash, a space or nothing between them.
SEPARATORS = "-\u2010\u2011\u2012\u2013\u2014\u2212 \u00a0"
GROUP = "[0-9A-TV-Z]{4}"
# A lookahead, so that 'they gave mine K7QW-…' does not use the code's first group up as a fourth word.
WRITTEN = re.compile(
    rf"(?<![0-9A-Za-z])(?=((?:{GROUP}[{SEPARATORS}\s]{{0,3}}){{3}}{GROUP})(?![0-9A-Za-z]))", re.IGNORECASE
)
ORDINARY = re.compile(r"\d+|[A-Z]+|\d\d(?:ST|ND|RD|TH|AM|PM)")


def public_code() -> str:
    """Return a random name for an address: eight lower-case symbols without vowels, so no order and no words."""
    return "".join(secrets.choice("23456789bcdfghjkmnpqrstvwxz") for _ in range(8))


def make_code(form: str) -> str:
    """Return the code that belongs to a form as it was sent, in four groups: 'K7QW-3MHT-9XRC-V2PD'."""
    number = int.from_bytes(_keyed("code", form)[:10], "big")
    symbols = "".join(SYMBOLS[number >> shift & 31] for shift in range(75, -1, -5))
    return "-".join(symbols[start : start + 4] for start in range(0, LENGTH, 4))


def parse_code(typed: str) -> str | None:
    """Return a typed code in its four groups, or None where it cannot be one.

    Case, spaces and hyphens do not matter; I and L are read as 1, O as 0.
    """
    symbols = re.sub(rf"[{SEPARATORS}\s]", "", typed).upper().translate(ALIASES)
    if len(symbols) != LENGTH or not set(symbols) <= set(SYMBOLS):
        return None
    return "-".join(symbols[start : start + 4] for start in range(0, LENGTH, 4))


def digest(code: str) -> str:
    """Return what is stored of a code (as `make_code` writes it): a keyed digest, 64 hex digits."""
    return _keyed("digest", code).hex()


def form_digest(form: str) -> str:
    """Return what is stored of a form as it was sent, to know the same form when it is sent again: 64 hex digits."""
    return _keyed("form", form).hex()


def receipt_digest(form: str) -> str:
    """Return by what the open receipt of a form is known: 64 hex digits that are stored in no table."""
    return _keyed("receipt", form).hex()


def address_digest(email: str) -> str:
    """Return by what an email address is known that must not be stored: 64 hex digits, the same in any case."""
    return _keyed("address", email.lower()).hex()


def bounce_digest(number: int) -> str:
    """Return what proves that mail which comes back is about our mail of that number: 16 hex digits."""
    return _keyed("bounce", str(number)).hex()[:16]


def key_check_value() -> str:
    """Return by what CODE_KEY is known again, which tells nothing else: 64 hex digits."""
    return _keyed("check value", "").hex()


def holds_code(text: str) -> bool:
    """Tell whether a text seems to hold a code, which would give it to every reader.

    'They have been told' and 'from 14th June 2022' are no codes: a group must mix letters and digits, as one does in
    997 of 1,000 random codes; between spaces two must, as in 958. Codes are shown with hyphens, so pasted with them.
    """
    return any(_is_code(match.group(1).upper()) for match in WRITTEN.finditer(text))


def _is_code(written: str) -> bool:
    symbols = re.sub(rf"[{SEPARATORS}\s]", "", written)
    groups = [symbols[start : start + 4] for start in range(0, LENGTH, 4)]
    mixed = sum(not ORDINARY.fullmatch(group) for group in groups)
    return mixed >= (2 if re.search(r"[A-Z0-9]\s+[A-Z0-9]", written) else 1)


def _keyed(purpose: str, text: str) -> bytes:
    return hmac.new(settings.CODE_KEY.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).digest()
