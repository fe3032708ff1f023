"""The queue of mail about accounts and subscriptions and of notices to staff: encrypted rows, deleted once sent.

A mail is stored in the transaction of the change that it is about, so neither happens without the other, and nothing is
lost while the mail server is down. The request answers at once: its duration tells nothing about the address.
"""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone

from mscos.encryption import decrypt, encrypt
from mscos.mail.transports import Envelope, Outcome, ServerAway, wire_format
from mscos.mail.worker import LEASE, MailWorker
from mscos.models import QueuedEmail

logger = logging.getLogger(__name__)

# Minutes until a mail is tried again; most servers that greylist take it at the second try.
WAITS = [1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60]
SERVER_AWAY_WAIT = timedelta(seconds=15)  # before a mail is tried again for which the server was away
PER_SLICE = 20  # mails of this queue in one slice of a worker's time


def enqueue(message: EmailMessage, *, to_nobody: bool = False) -> None:
    """Store a mail to be sent soon. With `to_nobody` the same work is done, for equal timing, and no mail is sent."""
    recipient = "" if to_nobody else message.to[0]
    words = json.dumps({"to": recipient, "content": wire_format(message).decode("ascii")})
    QueuedEmail.objects.create(encrypted=encrypt(words))


def send_due(worker: MailWorker) -> None:
    """Send the mails that are due, oldest first, as long as `worker.may_send()`.

    Raises ServerAway where the server takes nothing; the mail stays in the queue.
    """
    for email in _claimed(worker):
        try:
            _send(email, worker)
        except ServerAway:
            QueuedEmail.objects.filter(pk=email.pk).update(
                due_at=timezone.now() + SERVER_AWAY_WAIT, attempts=F("attempts") - 1
            )
            raise


def _claimed(worker: MailWorker) -> Iterator[QueuedEmail]:
    """Yield due mails, each claimed for LEASE by postponing its due time: only one worker's update changes the row."""
    for email in QueuedEmail.objects.due()[:PER_SLICE]:
        if not worker.may_send():
            return
        claimed_row = QueuedEmail.objects.due().filter(pk=email.pk)
        if claimed_row.update(due_at=timezone.now() + LEASE, attempts=F("attempts") + 1) == 1:
            email.attempts += 1
            yield email


def _send(email: QueuedEmail, worker: MailWorker) -> None:
    """Send one mail, and delete it unless it is to be tried again."""
    envelope = _decrypted(email)
    if envelope is None:
        email.delete()
        return
    result = worker.send(envelope)
    if result.outcome in {Outcome.LATER, Outcome.UNCERTAIN} and email.attempts <= len(WAITS):
        # Sent twice at worst, as one message with one Message-ID: better than a link that never comes.
        wait = timedelta(minutes=WAITS[email.attempts - 1])
        QueuedEmail.objects.filter(pk=email.pk).update(due_at=timezone.now() + wait)
        return
    if result.outcome is not Outcome.TAKEN:
        logger.error("A mail was given up: the mail server said %s.", result.code)
    email.delete()


def _decrypted(email: QueuedEmail) -> Envelope | None:
    """Return the mail; None where it is to nobody, or encrypted with a key that is gone."""
    try:
        words = json.loads(decrypt(email.encrypted))
    except InvalidToken:
        logger.exception("A mail is encrypted with a key that FIELD_KEY does not have. It is thrown away.")
        return None
    return Envelope(settings.FROM_ADDRESS, words["to"], words["content"].encode("ascii")) if words["to"] else None
