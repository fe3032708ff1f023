"""The undocumented names of allauth that the portal uses, all in one place.

A new version may take it away: `tests/mscos/test_allauth_internals.py` fails then.
"""

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY

__all__ = [
    "SECRET_SESSION_KEY",
    "ReauthenticationRequired",
    "context",
    "get_authentication_records",
    "record_authentication",
]
