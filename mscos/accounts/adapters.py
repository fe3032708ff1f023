"""The adapters for allauth: no answer tells who has an account, and no address of a visitor is stored.

Administrators make the accounts (mscos/admin.py). A new person sets a password by 'Forgotten password', which verifies
the email address too.
"""

import base64
import logging
import secrets
import time
from io import BytesIO
from typing import Any

import qrcode
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from qrcode.image.svg import SvgPathFillImage

from mscos.accounts.allauth_internals import get_authentication_records
from mscos.encryption import decrypt, encrypt
from mscos.limits import visitor_digest
from mscos.mail.queue import enqueue
from mscos.models import User

logger = logging.getLogger(__name__)

# In place of a user where an address has no account: the same work is done, and no mail is sent.
NOBODY = User(pk=0)

# The messages of allauth that are shown on the next page. Its others repeat what the page says.
SENTENCES = {
    "account/messages/email_confirmed.txt": "Your email address is confirmed.",
    "account/messages/password_changed.txt": "Your password is changed.",
    "mfa/messages/totp_activated.txt": "The second step is on.",
    "mfa/messages/totp_deactivated.txt": "The second step is off.",
}


class AccountAdapter(DefaultAccountAdapter):
    """Email and password, for people whose accounts an administrator made."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The email or password is not right",
        "enter_current_password": "The current password is not right",
        "incorrect_password": "The password is not right",
        "rate_limited": "Too many tries. Wait 15 minutes.",
        "too_many_login_attempts": "Too many tries. Wait 15 minutes or reset your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: readers need no account."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Return False: there are pages only."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return today's HMAC of the visitor's address: allauth writes it into the cache keys of its limits."""
        return visitor_digest(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return whether the password has to be typed again: it was not within the last minutes, at sign-in too."""
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] > app_settings.REAUTHENTICATION_TIMEOUT

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return the account page."""
        return reverse("account")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the mailed link, on SITE_URL: the request's Host header could name another site."""
        person, _, token = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": person, "key": token})

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Return the mailed link, on SITE_URL."""
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Queue the mail with the link; for `NOBODY` do the same work and send nothing."""
        if user == NOBODY:
            enqueue(self.render_mail("account/email/password_reset_key", email, context), to_nobody=True)
        else:
            super().send_password_reset_mail(user, email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a mail; the background worker sends it."""
        enqueue(self.render_mail(template_prefix, email, context))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Store a message for the next page, where `SENTENCES` has one."""
        sentence = message or SENTENCES.get(message_template or "")
        if sentence:
            messages.add_message(request, level, sentence, extra_tags=extra_tags)


class MFAAdapter(DefaultMFAAdapter):
    """One-time codes from an authenticator app, and recovery codes; their secrets are stored encrypted."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is not right. Type the newest one",
        "unverified_email": "Confirm your email address first: sign out, then sign in again.",
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret before it is stored."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a stored secret; where its key is lost, return a random one, which no code fits.

        Sign-in then says that the code is wrong instead of failing. `docs/settings.md` says how to help such a person.
        """
        try:
            return decrypt(encrypted_text)
        except InvalidToken:
            logger.exception("A second step is encrypted with a key that FIELD_KEY does not have.")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code as an SVG file on white ground, so that it can be read on a dark page."""
        file = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(file)
        return file.getvalue().decode()
