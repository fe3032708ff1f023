"""How allauth signs people in here: nothing tells who has an account, and no address of a visitor is kept.

Accounts are made by administrators (mscos/admin.py). A new person sets the password by 'Forgotten password', which
proves the email address too.
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
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from qrcode.image.svg import SvgPathFillImage

from mscos.encryption import decrypt, encrypt
from mscos.limits import visitor_digest
from mscos.mail.queue import enqueue
from mscos.models import User

logger = logging.getLogger(__name__)

# Stands for the person whom an unknown address has not: the same work is done for it, and no mail sent.
NOBODY = User(pk=0)

# What allauth may tell on the next page. Its other messages say what the page itself says.
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
        """Nobody signs up: readers need no account."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: there are pages only."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return today's digest of the visitor: allauth writes this into its limits' cache keys."""
        return visitor_digest(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again unless it was typed within the last minutes, at sign-in too."""
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] > app_settings.REAUTHENTICATION_TIMEOUT

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go back to the account page."""
        return reverse("account")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the mailed link, on the site's own address: the request's Host may be anybody's."""
        person, _, token = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": person, "key": token})

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Return the mailed link, on the site's own address."""
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Send the link; for `NOBODY` write the mail all the same, and let it go nowhere."""
        if user == NOBODY:
            enqueue(self.render_mail("account/email/password_reset_key", email, context), to_nobody=True)
        else:
            super().send_password_reset_mail(user, email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a mail now; the work loop sends it."""
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
        """Keep a sentence for the next page, where `SENTENCES` has one."""
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
        """Open a stored secret; where its key is lost, return a random one, which no code fits.

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


@transaction.atomic
def give_address(*, user: User) -> None:
    """Make `user.email` the person's one address for sign-in; a new one has yet to be proven."""
    email = user.email.lower()
    addresses = EmailAddress.objects.filter(user=user)
    addresses.exclude(email=email).delete()
    addresses.get_or_create(user=user, email=email, defaults={"primary": True, "verified": False})


def prove_address(*, user: User) -> None:
    """Note that the person reads the mail of their address: they opened a link that only it was sent.

    Where there are several addresses the link does not tell which one it was sent to, and nothing is noted.
    """
    addresses = EmailAddress.objects.filter(user=user)
    if addresses.count() == 1:
        addresses.update(verified=True, primary=True)
