"""Codes, by which anonymous writers come back to their posts, and other HMACs with the same key.

A code has 16 symbols of Crockford's base32 (https://www.crockford.com/base32.html): 80 bits. It is derived, with
CODE_KEY, from the random submission id of a form: a form that is sent twice gives one code. Only an HMAC of it is
stored; without CODE_KEY, which is not in the database, nobody can check a guess.
"""

import hashlib
import hmac
import re
import secrets

from django.conf import settings

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIASES = str.maketrans({"I": "1", "L": "1", "O": "0"})
LENGTH = 16
# What may stand between the groups of four: a dash, a space or nothing.
SEPARATORS = "-\u2010\u2011\u2012\u2013\u2014\u2212 \u00a0"
GROUP = "[0-9A-TV-Z]{4}"
# A lookahead: in 'they gave mine K7QW-…' the first group of the code must not be taken for a fourth word.
WRITTEN = re.compile(
    rf"(?<![0-9A-Za-z])(?=((?:{GROUP}[{SEPARATORS}\s]{{0,3}}){{3}}{GROUP})(?![0-9A-Za-z]))", re.IGNORECASE
)
ORDINARY = re.compile(r"\d+|[A-Z]+|\d\d(?:ST|ND|RD|TH|AM|PM)")


def public_code() -> str:
    """Return a random identifier for a URL: eight lower-case symbols, without vowels so that they form no word."""
    return "".join(secrets.choice("23456789bcdfghjkmnpqrstvwxz") for _ in range(8))


def make_code(form: str) -> str:
    """Return the code of a submitted form, in four groups: 'K7QW-3MHT-9XRC-V2PD'."""
    number = int.from_bytes(_hmac("code", form)[:10], "big")
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
    """Return the HMAC that is stored of a code (as `make_code` writes it): 64 hex digits."""
    return _hmac("digest", code).hex()


def form_digest(form: str) -> str:
    """Return the HMAC that is stored of a submitted form, to recognise it when it is sent again: 64 hex digits."""
    return _hmac("form", form).hex()


def receipt_digest(form: str) -> str:
    """Return the HMAC that identifies the receipt of a form: 64 hex digits that are stored in no table."""
    return _hmac("receipt", form).hex()


def address_digest(email: str) -> str:
    """Return the HMAC that is stored of an email address, in lower case, that must not be stored: 64 hex digits."""
    return _hmac("address", email.lower()).hex()


def bounce_digest(number: int) -> str:
    """Return the HMAC that proves that a bounce is about the delivery with this number: 16 hex digits."""
    return _hmac("bounce", str(number)).hex()[:16]


def key_check_value() -> str:
    """Return the HMAC by which CODE_KEY is recognised, which reveals nothing else: 64 hex digits."""
    return _hmac("check value", "").hex()


def contains_code(text: str) -> bool:
    """Return whether a text seems to contain a code, which every reader could then use.

    'They have been told' and 'from 14th June 2022' are no codes: one group must mix letters and digits, as in 997 of
    1,000 random codes; where groups are separated by spaces, two must, as in 958. Codes are shown with
    hyphens, so pasted with them.
    """
    return any(_is_code(match.group(1).upper()) for match in WRITTEN.finditer(text))


def _is_code(written: str) -> bool:
    symbols = re.sub(rf"[{SEPARATORS}\s]", "", written)
    groups = [symbols[start : start + 4] for start in range(0, LENGTH, 4)]
    mixed = sum(not ORDINARY.fullmatch(group) for group in groups)
    return mixed >= (2 if re.search(r"[A-Z0-9]\s+[A-Z0-9]", written) else 1)


def _hmac(purpose: str, text: str) -> bytes:
    return hmac.new(settings.CODE_KEY.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).digest()
