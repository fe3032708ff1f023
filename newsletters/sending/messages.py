"""The mail of an issue: rendered once, with placeholders that are filled in for each recipient."""

import re
from email.utils import format_datetime, formatdate, make_msgid
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from mscos.mail.transports import Envelope, wire_format
from newsletters.content.email import READERS_OWN, Mail
from newsletters.models import Issue, Mailing, Subscriber
from newsletters.models.delivery import tag_of

# Stand in the template where a reader's own address and the word of their delivery belong.
OWN_ADDRESS = "readers-own@address.invalid"
OWN_TAG = "READERS-OWN-TAG"
# In the body a line may end inside a word, after an equals sign (quoted-printable, RFC 2045): there the token breaks too.
PLACEHOLDERS = re.compile(
    b"(" + b"(?:=\r\n)?".join(re.escape(bytes([char])) for char in READERS_OWN.encode()) + b")"
    b"|(" + re.escape(OWN_ADDRESS.encode()) + b")|(" + re.escape(OWN_TAG.encode()) + b")"
)
BREAK = b"=\r\n"
PLAIN = Subscriber.SubjectStyle.PLAIN


class Recipient(NamedTuple):
    """What differs from reader to reader: the key of their delivery, their address, token and style of subject lines."""

    pk: int
    email: str
    token: str
    subject_style: str
    attempts: int


class Placeholder(NamedTuple):
    """A place for what is a reader's own: which of it, and after how many letters a line ends, if one does."""

    which: int
    breaks_after: int | None


class MergeTemplate:
    """An issue's mail for all its readers. Raises ValueError where a subject holds a line break."""

    def __init__(self, mailing: Mailing) -> None:
        mail = Mail(html=mailing.html, text=mailing.text)
        own = {"to": OWN_ADDRESS, "token": READERS_OWN, "tag": OWN_TAG}
        self._pieces = {
            style: _pieces(wire_format(issue_message(mailing, mail, plain_subject=style == PLAIN, **own)))
            for style in Subscriber.SubjectStyle.values
        }

    def for_recipient(self, recipient: Recipient) -> Envelope:
        """Return the mail for one reader: the same bytes, Message-ID included, whenever it is asked for."""
        tag = tag_of(recipient.pk)
        own = (recipient.token.encode("ascii"), recipient.email.encode("ascii"), tag.encode("ascii"))
        content = b"".join(
            piece if isinstance(piece, bytes) else _filled(piece, own)
            for piece in self._pieces[recipient.subject_style]
        )
        return Envelope(way_back(tag) or settings.FROM_ADDRESS, recipient.email, content)


def issue_message(
    of: Issue | Mailing, mail: Mail, *, to: str, token: str, plain_subject: bool, tag: str = ""
) -> EmailMultiAlternatives:
    """Return an issue as it is sent to one reader; `token` is theirs. Without a `tag` it is of no delivery: a test."""
    own = mail.for_reader(token)
    host = settings.SITE.hostname
    unsubscribe = f"{settings.SITE_URL}{reverse('newsletters:unsubscribe', args=[token])}"
    leave_by_mail = (way_back(tag) if tag else "") or settings.CONTACT_EMAIL
    message = EmailMultiAlternatives(
        of.plain_subject if plain_subject else of.subject,
        own.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers={
            "Date": format_datetime(of.started_at) if isinstance(of, Mailing) else formatdate(),
            # RFC 8058: the mail program's own button unsubscribes by one POST, without a page.
            "List-Unsubscribe": f"<{unsubscribe}>, <mailto:{leave_by_mail}?subject=unsubscribe>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": f"{settings.SITE_NAME} <newsletter.{host}>",
            "Message-ID": f"<{tag}@{host}>" if tag else make_msgid(domain=host),  # Django's own would name the machine
        },
    )
    message.attach_alternative(own.html, "text/html")
    return message


def way_back(tag: str) -> str:
    """Return the address to which mail of a delivery comes back, so that it tells which one; '' without BOUNCE_ADDRESS."""
    name, at, host = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{name}+{tag}{at}{host}" if at else ""


def _pieces(content: bytes) -> list[bytes | Placeholder]:
    """Cut a mail at its placeholders."""
    pieces: list[bytes | Placeholder] = []
    end = 0
    for placeholder in PLACEHOLDERS.finditer(content):
        broken = placeholder[0].find(BREAK)
        pieces += [
            content[end : placeholder.start()],
            Placeholder((placeholder.lastindex or 1) - 1, broken if broken >= 0 else None),
        ]
        end = placeholder.end()
    return [*pieces, content[end:]]


def _filled(placeholder: Placeholder, own: tuple[bytes, ...]) -> bytes:
    word = own[placeholder.which]
    return (
        word
        if placeholder.breaks_after is None
        else word[: placeholder.breaks_after] + BREAK + word[placeholder.breaks_after :]
    )
