"""Checks of the settings for mail."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.mail import get_connection

from mscos.email_addresses import mail_address

MAX_NAME_LENGTH = 34  # of a bounce address: RFC 5321 allows 64 characters before the @, and a tag takes up to 30


def mail_problems() -> Iterator[CheckMessage]:
    """Yield what is wrong with the settings for outgoing mail and bounces."""
    yield from _server_problems()
    if settings.EMAIL_SERVICE:
        yield from _service_problems()
    elif settings.BEHIND_TLS and "smtp" not in settings.EMAIL_BACKEND:
        yield Error(
            "No mail leaves this site, and SITE_URL begins with https.",
            hint="Set EMAIL_URL to smtp+tls://user:password@host:587, or EMAIL_SERVICE to a mail service.",
            id="mscos.E016",
        )


def _server_problems() -> Iterator[CheckMessage]:
    if settings.BOUNCE_ADDRESS and not _can_be_tagged(settings.BOUNCE_ADDRESS):
        yield Error(
            f"BOUNCE_ADDRESS is '{settings.BOUNCE_ADDRESS}'.",
            hint="Set it to an address whose mail you can read, like bounces@example.org. The portal adds a plus sign and "
            f"some letters to the part before the @, which may have {MAX_NAME_LENGTH} of your own.",
            id="mscos.E005",
        )
    if settings.BOUNCE_MAILBOX and not settings.BOUNCE_ADDRESS:
        yield Error(
            "BOUNCE_MAILBOX is set and BOUNCE_ADDRESS is not, so nothing would come back to that mailbox.",
            hint="Set BOUNCE_ADDRESS to the address whose mail goes there.",
            id="mscos.E006",
        )
    if settings.MAIL_PER_MINUTE < 0:
        yield Error(
            f"MAIL_PER_MINUTE is {settings.MAIL_PER_MINUTE}.",
            hint="Set it to how many mails your mail server takes in a minute, 0 for no limit.",
            id="mscos.E007",
        )
    if settings.MAIL_LEASE < 1 or settings.EMAIL_TIMEOUT < 1:
        yield Error(
            f"MAIL_LEASE is {settings.MAIL_LEASE} and EMAIL_TIMEOUT is {settings.EMAIL_TIMEOUT}.",
            hint="Both are seconds, 1 at least.",
            id="mscos.E008",
        )


def _service_problems() -> Iterator[CheckMessage]:
    if not re.fullmatch(r"[^:]+:.+", settings.ANYMAIL.get("WEBHOOK_SECRET", "")):
        yield Error(
            "EMAIL_SERVICE is set, but EMAIL_SERVICE_SETTINGS has no WEBHOOK_SECRET of the form name:password.",
            hint="Choose two long random words and give them to the service too, with the address of mail-events/. Without "
            "them any stranger could end subscriptions.",
            id="mscos.E009",
        )
    try:
        get_connection()
    except Exception as error:
        yield Error(
            f"EMAIL_SERVICE is '{settings.EMAIL_SERVICE}', which cannot be used: {type(error).__name__}.",
            hint="Set it to a name that https://anymail.dev/ lists, such as postmark, and EMAIL_SERVICE_SETTINGS to what "
            "that service needs.",
            id="mscos.E010",
        )


def _can_be_tagged(address: str) -> bool:
    """Return whether it is an address that leaves room for the tag of a delivery (newsletters/sending/messages.py)."""
    name, _, _ = address.rpartition("@")
    try:
        return '"' not in name and len(name) <= MAX_NAME_LENGTH and bool(mail_address(address))
    except ValueError:
        return False
