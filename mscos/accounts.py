"""How allauth signs people in here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Email and password."""


class MFAAdapter(DefaultMFAAdapter):
    """One-time codes."""
