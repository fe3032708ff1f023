"""Mail about accounts and subscriptions and notices to staff: letters that wait, encrypted, until the server took them.

A letter is a row, stored in the transaction of what it tells of: neither happens without the other, and a mail server
that is down loses nothing. The page that asks for one answers at once, so its time tells nothing about the address.
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

from mscos.carriers import Envelope, Fate, ServerAway, wire_format
from mscos.encryption import decrypt, encrypt
from mscos.models import Letter
from mscos.post_office import LEASE, PostOffice

logger = logging.getLogger(__name__)

# Minutes until a letter is tried again; most servers that ask for patience take it at the second try.
WAITS = [1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60]
AFTER_THE_SERVER = timedelta(seconds=15)  # that was away
AT_ONCE = 20  # letters looked up together


def post(message: EmailMessage, *, to_nobody: bool = False) -> None:
    """Let a mail leave soon. With `to_nobody` do the same work, so that nothing is told apart, and send nothing."""
    recipient = "" if to_nobody else message.to[0]
    words = json.dumps({"to": recipient, "content": wire_format(message).decode("ascii")})
    Letter.objects.create(encrypted=encrypt(words))


def send_letters(office: PostOffice) -> None:
    """Send the letters that are due, oldest first, as long as the office may.

    Raises ServerAway, with nothing lost, where the server takes nothing.
    """
    for letter in _claimed(office):
        try:
            _send(letter, office)
        except ServerAway:
            Letter.objects.filter(pk=letter.pk).update(
                due_at=timezone.now() + AFTER_THE_SERVER, attempts=F("attempts") - 1
            )
            raise


def _claimed(office: PostOffice) -> Iterator[Letter]:
    """Yield due letters that nobody else has: whoever moves the due time on has it, for as long as a lease."""
    for letter in Letter.objects.due()[:AT_ONCE]:
        if not office.may_send():
            return
        held = Letter.objects.due().filter(pk=letter.pk)
        if held.update(due_at=timezone.now() + LEASE, attempts=F("attempts") + 1) == 1:
            letter.attempts += 1
            yield letter


def _send(letter: Letter, office: PostOffice) -> None:
    """Send one letter, and delete it unless it is to be tried again."""
    envelope = _opened(letter)
    if envelope is None:
        letter.delete()
        return
    receipt = office.send(envelope)
    if receipt.fate in {Fate.LATER, Fate.UNCERTAIN} and letter.attempts <= len(WAITS):
        # Sent twice at worst, as one message with one Message-ID: better than a link that never comes.
        wait = timedelta(minutes=WAITS[letter.attempts - 1])
        Letter.objects.filter(pk=letter.pk).update(due_at=timezone.now() + wait)
        return
    if receipt.fate is not Fate.TAKEN:
        logger.error("A letter was given up: the mail server said %s.", receipt.code)
    letter.delete()


def _opened(letter: Letter) -> Envelope | None:
    """Return what a letter holds; None where it is to nobody, or encrypted with a key that is gone."""
    try:
        words = json.loads(decrypt(letter.encrypted))
    except InvalidToken:
        logger.exception("A letter is encrypted with a key that FIELD_KEY does not have. It is thrown away.")
        return None
    return Envelope(settings.FROM_ADDRESS, words["to"], words["content"].encode("ascii")) if words["to"] else None
