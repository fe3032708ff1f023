"""Transports, which hand finished mails to the mail server, many over one connection, and return each one's outcome.

SMTP is RFC 5321. To a server that takes several commands at once (RFC 2920) the three before the
content are sent together.
"""

import re
import smtplib
from email import message_from_bytes
from email.message import EmailMessage as Parsed
from email.policy import SMTP, default
from email.utils import formatdate, make_msgid
from enum import Enum
from hashlib import sha256
from typing import Any, NamedTuple, Protocol, cast

import requests
from anymail.exceptions import AnymailInvalidAddress, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from urllib3.exceptions import ProtocolError

ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")  # RFC 3463: 5.1.1 is more precise than 550
DOT_FIRST = re.compile(rb"\n\.")  # a third of the time that bytes.replace takes over a whole issue
CLOSING = 421  # the server closes the connection
UNREADABLE = -1  # smtplib's code for an invalid answer
READY = 354  # the server waits for the content
WHOLE_LINES = SMTP.clone(max_line_length=998)  # folding could break an address in a header
ABOUT_THE_MAIL = {400, 406, 413, 422}  # a service's status codes for a problem with this mail, not with the service
STRUCTURE = {"subject", "from", "to", "mime-version", "content-type", "content-transfer-encoding"}

# An address that may stand between angle brackets in a command; nothing in it can end the command.
PLAIN_ADDRESS = re.compile(r"[!-;=?-~ ]+@[!-;=?-~]+")

Answer = tuple[int, bytes]


class Envelope(NamedTuple):
    """A mail in wire format: envelope sender (who gets bounces), recipient, and the bytes of `wire_format`."""

    sender: str
    recipient: str
    content: bytes


class Outcome(Enum):
    """The outcome of sending a mail to the server."""

    TAKEN = "taken"
    LATER = "later"  # the server asks to try again
    REFUSED = "refused"
    UNCERTAIN = "uncertain"  # the connection broke before the server said whether it took it


class SendResult(NamedTuple):
    """The server's answer: only its codes ('550 5.1.1'), since its text may repeat an address."""

    outcome: Outcome
    code: str = ""

    @property
    def is_permanent(self) -> bool:
        """Whether the server refused the address itself, not the mail or the sender, and for good (RFC 3463)."""
        return self.outcome is Outcome.REFUSED and bool(re.search(r" 5\.1\.(?![78]$)", self.code))


class ServerAway(Exception):
    """The server is away or took nothing of this mail; other mails have to wait too."""


class Transport(Protocol):
    """Hands mails to a server."""

    def open(self) -> None:
        """Connect, unless connected. Raises ServerAway."""

    def send(self, envelope: Envelope) -> SendResult:
        """Hand over one mail. Raises ServerAway where the server took nothing of it."""

    def close(self) -> None:
        """Close the connection; raises nothing."""


def wire_format(message: EmailMessage) -> bytes:
    """Return a mail as bytes for any server: ASCII only, in lines that end in CR LF.

    Raises ValueError for a line break in a header.
    """
    made = Parsed(policy=SMTP)
    headers = {"Date": formatdate(), "Message-ID": make_msgid(domain=settings.SITE.hostname), **message.extra_headers}
    for name, value in {"From": message.from_email, "To": ", ".join(message.to), **headers}.items():
        made[name] = value
    made["Subject"] = message.subject
    made.set_content(message.body, cte="quoted-printable")
    for content, mimetype in getattr(message, "alternatives", ()):
        made.add_alternative(content, subtype=mimetype.removeprefix("text/"), cte="quoted-printable")
    if made.is_multipart():
        made.set_boundary(
            sha256(message.body.encode()).hexdigest()[:32]
        )  # not random: one mail is always the same bytes
    return made.as_bytes(policy=WHOLE_LINES)


def open_transport() -> Transport:
    """Return the transport for EMAIL_URL; it connects when it is first needed."""
    is_smtp = settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend"
    return SmtpTransport() if is_smtp else BackendTransport()


class SmtpTransport:
    """Hands mails to an SMTP server; Django's backend makes the connection, with its settings for TLS and sign-in."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()

    def open(self) -> None:
        """Connect, unless connected. Raises ServerAway."""
        try:
            self._backend.open()
            self._backend.connection.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ServerAway from error

    def close(self) -> None:
        """Close the connection; raises nothing."""
        connection, self._backend.connection = self._backend.connection, None
        if connection is not None:
            connection.close()

    def send(self, envelope: Envelope) -> SendResult:
        """Hand over one mail. Raises ServerAway where the server took nothing of it."""
        if not PLAIN_ADDRESS.fullmatch(envelope.recipient):
            return SendResult(Outcome.REFUSED, "553 5.1.3")  # what a server would say of such an address
        self.open()
        try:
            refusal = self._refusal(self._offer(envelope))
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ServerAway from error
        return refusal or self._deliver(envelope.content)

    def _offer(self, envelope: Envelope) -> list[Answer]:
        """Send the commands before the content; return the server's answers."""
        server: smtplib.SMTP = self._backend.connection
        commands = [f"MAIL FROM:<{envelope.sender}>", f"RCPT TO:<{envelope.recipient}>", "DATA"]
        if not server.has_extn("pipelining"):
            return _ask(server, commands)
        server.send("".join(f"{command}\r\n" for command in commands))
        return [server.getreply() for _ in commands]

    def _refusal(self, answers: list[Answer]) -> SendResult | None:
        """Return the server's refusal, and reset the connection; None where the server waits for the content."""
        refusals = [answer for answer in answers if answer[0] // 100 not in {2, 3}]
        if not refusals:
            return None
        if refusals[0][0] in {CLOSING, UNREADABLE}:
            raise smtplib.SMTPServerDisconnected
        server: smtplib.SMTP = self._backend.connection
        if answers[-1][0] == READY:
            server.send(
                b".\r\n"
            )  # no recipient was accepted, so an empty message ends the DATA command (RFC 2920, 3.1)
            server.getreply()
        server.docmd("RSET")
        return _result(*refusals[0])

    def _deliver(self, content: bytes) -> SendResult:
        """Send the content to a server that waits for it. Without its answer the outcome is uncertain."""
        content = DOT_FIRST.sub(b"\n..", content)  # RFC 5321, 4.5.2: a line with one dot would be the end
        try:
            self._backend.connection.send(content + b".\r\n")
            answer = self._backend.connection.getreply()
        except (OSError, smtplib.SMTPException):
            answer = UNREADABLE, b""
        if answer[0] in {CLOSING, UNREADABLE}:
            self.close()
        return SendResult(Outcome.UNCERTAIN) if answer[0] == UNREADABLE else _result(*answer)


class BackendTransport:
    """Hands mails to another of Django's backends: files, a mail service's API, a list in tests."""

    def __init__(self) -> None:
        self._backend = get_connection()

    def open(self) -> None:
        """Connect, unless connected. Raises ServerAway."""
        try:
            self._backend.open()
        except Exception as error:
            raise ServerAway from error

    def close(self) -> None:
        """Close the connection; raises nothing."""
        self._backend.close()

    def send(self, envelope: Envelope) -> SendResult:
        """Hand over one mail. Raises ServerAway where it could not."""
        message: Any = as_message(envelope)
        try:
            self._backend.send_messages([message])
        except AnymailRecipientsRefused:
            # 'invalid': no address; 'rejected': the service refuses to send to it, for reasons of its own.
            is_invalid = message.anymail_status.status == {"invalid"}
            return SendResult(Outcome.REFUSED, "550 5.1.1" if is_invalid else "550 5.7.1")
        except AnymailInvalidAddress:
            return SendResult(Outcome.LATER, "553")
        except AnymailRequestsAPIError as error:
            if error.status_code in ABOUT_THE_MAIL:
                return SendResult(Outcome.LATER, str(error.status_code))
            if _may_have_arrived(error):
                return SendResult(Outcome.UNCERTAIN)
            raise ServerAway from error
        except Exception as error:  # each backend has exceptions of its own
            raise ServerAway from error
        return SendResult(Outcome.TAKEN)


def _may_have_arrived(error: AnymailRequestsAPIError) -> bool:
    """Return whether a service may have taken a mail although its answer never came."""
    cause = error.__cause__
    cut_off = isinstance(cause, requests.ConnectionError) and any(isinstance(why, ProtocolError) for why in cause.args)
    return cut_off or isinstance(cause, requests.ReadTimeout) or error.status_code in {502, 504}


def as_message(envelope: Envelope) -> EmailMultiAlternatives:
    """Return the mail in an envelope as a message for Django's backends."""
    parsed = cast("Parsed", message_from_bytes(envelope.content, policy=default))
    message = EmailMultiAlternatives(
        parsed["Subject"],
        _text_of(parsed, "plain"),
        from_email=str(parsed["From"]),
        to=[envelope.recipient],
        headers={name: str(value) for name, value in parsed.items() if name.lower() not in STRUCTURE},
    )
    html = _text_of(parsed, "html")
    if html:
        message.attach_alternative(html, "text/html")
    # Anymail's attributes: the address for bounces, and what the service repeats in its reports.
    message.envelope_sender = envelope.sender  # type: ignore[attr-defined]
    message.metadata = {"message": str(parsed["Message-ID"])}  # type: ignore[attr-defined]
    message.track_opens = message.track_clicks = False  # type: ignore[attr-defined]
    return message


def _text_of(parsed: Parsed, kind: str) -> str:
    part: Any = parsed.get_body((kind,))
    return part.get_content().replace("\r\n", "\n") if part else ""


def _ask(server: smtplib.SMTP, commands: list[str]) -> list[Answer]:
    """Send commands one by one, up to the first that is refused; return the answers."""
    answers: list[Answer] = []
    for command in commands:
        answers.append(server.docmd(command))
        if answers[-1][0] // 100 not in {2, 3}:
            break
    return answers


def _result(code: int, text: bytes) -> SendResult:
    outcomes = {2: Outcome.TAKEN, 4: Outcome.LATER, 5: Outcome.REFUSED}
    enhanced = ENHANCED.match(text)
    return SendResult(
        outcomes.get(code // 100, Outcome.LATER), f"{code} {enhanced[1].decode()}" if enhanced else str(code)
    )
