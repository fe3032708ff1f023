"""The mail of an issue: rendered once, with placeholders that are filled in for each recipient."""

import re
from email.utils import format_datetime, formatdate, make_msgid
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from mscos.mail.transports import Envelope, wire_format
from newsletters.content.email import SUBSCRIBER_PLACEHOLDER, Mail
from newsletters.models import Issue, Mailing, Subscriber
from newsletters.models.delivery import tag_of

# In the template in the place of the recipient's address and of the tag of their delivery.
ADDRESS_PLACEHOLDER = "readers-own@address.invalid"
TAG_PLACEHOLDER = "READERS-OWN-TAG"
# In quoted-printable (RFC 2045) a soft line break, an equals sign at the end of a line, may fall inside a placeholder.
PLACEHOLDERS = re.compile(
    b"(" + b"(?:=\r\n)?".join(re.escape(bytes([char])) for char in SUBSCRIBER_PLACEHOLDER.encode()) + b")"
    b"|(" + re.escape(ADDRESS_PLACEHOLDER.encode()) + b")|(" + re.escape(TAG_PLACEHOLDER.encode()) + b")"
)
SOFT_BREAK = b"=\r\n"
PLAIN = Subscriber.SubjectStyle.PLAIN


class Recipient(NamedTuple):
    """A delivery's primary key and attempts, and its subscriber's address, token and style of subject lines."""

    pk: int
    email: str
    token: str
    subject_style: str
    attempts: int


class Placeholder(NamedTuple):
    """One placeholder: its number in PLACEHOLDERS, and the place of a soft line break in it, if there is one."""

    number: int
    breaks_after: int | None


class MergeTemplate:
    """An issue's mail for all recipients. Raises ValueError where a subject contains a line break."""

    def __init__(self, mailing: Mailing) -> None:
        mail = Mail(html=mailing.html, text=mailing.text)
        placeholders = {"to": ADDRESS_PLACEHOLDER, "token": SUBSCRIBER_PLACEHOLDER, "tag": TAG_PLACEHOLDER}
        self._parts = {
            style: _split(wire_format(issue_message(mailing, mail, plain_subject=style == PLAIN, **placeholders)))
            for style in Subscriber.SubjectStyle.values
        }

    def for_recipient(self, recipient: Recipient) -> Envelope:
        """Return the mail for one recipient: the same bytes, Message-ID included, at every call."""
        tag = tag_of(recipient.pk)
        values = (recipient.token.encode("ascii"), recipient.email.encode("ascii"), tag.encode("ascii"))
        content = b"".join(
            part if isinstance(part, bytes) else _filled(part, values) for part in self._parts[recipient.subject_style]
        )
        return Envelope(bounce_address(tag) or settings.FROM_ADDRESS, recipient.email, content)


def issue_message(
    source: Issue | Mailing, mail: Mail, *, to: str, token: str, plain_subject: bool, tag: str = ""
) -> EmailMultiAlternatives:
    """Return the mail of an issue to one recipient, whose `token` it is. Without a `tag` it is a test."""
    own = mail.for_subscriber(token)
    host = settings.SITE.hostname
    unsubscribe = f"{settings.SITE_URL}{reverse('newsletters:unsubscribe', args=[token])}"
    unsubscribe_address = (bounce_address(tag) if tag else "") or settings.CONTACT_EMAIL
    message = EmailMultiAlternatives(
        source.plain_subject if plain_subject else source.subject,
        own.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers={
            "Date": format_datetime(source.started_at) if isinstance(source, Mailing) else formatdate(),
            # RFC 8058: the mail program's own button unsubscribes by one POST, without a page.
            "List-Unsubscribe": f"<{unsubscribe}>, <mailto:{unsubscribe_address}?subject=unsubscribe>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": f"{settings.SITE_NAME} <newsletter.{host}>",
            "Message-ID": f"<{tag}@{host}>" if tag else make_msgid(domain=host),  # Django's default names the machine
        },
    )
    message.attach_alternative(own.html, "text/html")
    return message


def bounce_address(tag: str) -> str:
    """Return the address for bounces of a delivery, which contains its tag; '' without BOUNCE_ADDRESS."""
    name, at, host = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{name}+{tag}{at}{host}" if at else ""


def _split(content: bytes) -> list[bytes | Placeholder]:
    """Split a mail at its placeholders."""
    parts: list[bytes | Placeholder] = []
    end = 0
    for placeholder in PLACEHOLDERS.finditer(content):
        soft_break = placeholder[0].find(SOFT_BREAK)
        parts += [
            content[end : placeholder.start()],
            Placeholder((placeholder.lastindex or 1) - 1, soft_break if soft_break >= 0 else None),
        ]
        end = placeholder.end()
    return [*parts, content[end:]]


def _filled(placeholder: Placeholder, values: tuple[bytes, ...]) -> bytes:
    value = values[placeholder.number]
    return (
        value
        if placeholder.breaks_after is None
        else value[: placeholder.breaks_after] + SOFT_BREAK + value[placeholder.breaks_after :]
    )
