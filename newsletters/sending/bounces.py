"""What comes back: mail that a server could not deliver after it had taken it, and readers who leave by mail.

Two ways lead here: a mailbox to which undeliverable mail returns (BOUNCE_ADDRESS, BOUNCE_MAILBOX), and, where a mail
service sends the mail, its own word (EMAIL_SERVICE). A hard bounce ends a subscription; of soft ones, a row of them.
"""

import logging
import mailbox
import re
from contextlib import closing
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from flufl.bounce import all_failures

from newsletters.models import Delivery, Subscriber
from newsletters.models.delivery import pk_of
from newsletters.sending.ledger import end_subscription
from newsletters.subscribers import subscriptions

logger = logging.getLogger(__name__)

State = Delivery.State
MAX_SOFT_BOUNCES = 3  # issues in a row that could not be delivered end a subscription
MAX_MAILS_PER_RUN = 1_000  # mails read in one run
MAX_BYTES = 250_000  # bytes read of one: why it came back stands first, and ten million would take a minute
TAG = re.compile(r"(?<!\d)\d{1,18}-[0-9a-f]{16}(?![0-9a-f])")
DELAYED = re.compile(r"^Action:\s*delayed", re.IGNORECASE | re.MULTILINE)  # RFC 3464: it may still arrive
# RFC 3463: no such address (5.1.7 and 5.1.8 are about the sender's), or a mailbox that is closed for good. Whatever else a
# server says may be gone tomorrow, and a wrong rule of one large provider must not end hundreds of subscriptions.
HARD = re.compile(r"5\.(?:1\.(?![78]$)\d{1,3}|2\.1)")
# Where the reason stands: as in RFC 3464, or in the words of a server, '550 5.1.1 …' or, of qmail, '(#5.1.1)'. Some say
# no more than 5.0.0 in the first place.
REASON = r"([45]\.(?!0\.0\b)\d{1,3}\.\d{1,3})\b"
REASONS = [
    re.compile(rf"^Status:[ \t]*{REASON}", re.IGNORECASE | re.MULTILINE),
    re.compile(rf"(?:\b[45]\d\d[ -]#?|\(#){REASON}"),
]
BY_MACHINE = re.compile(
    r"bulk|junk|list|auto.reply", re.IGNORECASE
)  # Precedence of holiday replies older than RFC 3834


def read_bounces() -> None:
    """Read what came back, and take each mail out of the mailbox once it is dealt with. A job of the work loop."""
    if not settings.BOUNCE_MAILBOX:
        return
    with closing(_mailbox(Path(settings.BOUNCE_MAILBOX))) as box:  # closing writes what was taken out, then unlocks
        box.lock()
        for key in list(box.keys())[:MAX_MAILS_PER_RUN]:
            try:
                with closing(box.get_file(key)) as file:
                    take_back(message_from_bytes(file.read(MAX_BYTES)))
            except DatabaseError:
                raise  # not the mail's fault: it waits
            except Exception:
                logger.exception("A mail that came back could not be read. It is thrown away.")
            box.discard(key)


def take_back(mail: Message) -> None:
    """Deal with one mail that came back. A holiday reply, or what is not about a mail of ours, changes nothing."""
    delivery = _delivery_of(mail)
    if delivery is None:
        return
    if _asks_to_leave(mail):
        if delivery.subscriber:
            subscriptions.unsubscribe(subscriber=delivery.subscriber, never_again=False)
        return
    _still_tried, failed = all_failures(mail)
    text = _as_text(mail)
    if failed and not DELAYED.search(text):
        code = _reason(text)
        note_bounce(delivery=delivery.pk, hard=HARD.fullmatch(code) is not None, code=code)


@transaction.atomic
def note_bounce(*, delivery: int, hard: bool, code: str) -> None:
    """Note that a mail could not be delivered after all; `code` is the server's, as in '5.1.1'.

    A hard bounce, or the last of MAX_SOFT_BOUNCES issues in a row, ends the subscription. One that gets through in between
    starts the count anew, and so does a reader who agreed anew since.
    """
    row = Delivery.objects.select_for_update().filter(pk=delivery).exclude(state=State.WITHHELD).first()
    if row is None:
        return
    Delivery.objects.filter(pk=row.pk).update(state=State.BOUNCED, code=code, changed_at=timezone.now())
    reader = row.subscriber_id
    if reader is None or not _since_they_agreed(reader).filter(pk=row.pk).exists():
        return
    if hard or lost_in_a_row(reader) >= MAX_SOFT_BOUNCES:
        end_subscription(delivery=row.pk)


def lost_in_a_row(subscriber: int) -> int:
    """Return how many of the newest issues for a reader came back, up to the first that did not.

    What never left, or was refused at once, tells nothing of the mailbox.
    """
    left = _since_they_agreed(subscriber).filter(state__in=[State.SENT, State.BOUNCED])
    newest = list(left.order_by("-pk").values_list("state", flat=True)[:MAX_SOFT_BOUNCES])
    return next((count for count, state in enumerate(newest) if state != State.BOUNCED), len(newest))


def _since_they_agreed(subscriber: int) -> QuerySet[Delivery]:
    """Return a reader's deliveries since they last agreed; none of one who is asked to confirm."""
    of_reader = Delivery.objects.filter(subscriber=subscriber)
    return of_reader.filter(mailing__started_at__date__gte=F("subscriber__consent_on"))


def note_event(sender: Any, event: Any, **kwargs: Any) -> None:
    """Take a mail service's word of one mail: anymail's `tracking` signal (https://anymail.dev/)."""
    tag = TAG.search(str(event.metadata or ""))  # as mscos/mail/transports.py sent it along
    pk = pk_of(tag[0]) if tag else None
    if pk is None:
        return
    if event.event_type in {"complained", "unsubscribed"}:  # it was called spam, or the service's own link was used
        for subscriber in Subscriber.objects.filter(deliveries=pk):
            subscriptions.unsubscribe(subscriber=subscriber, never_again=False)
    elif event.event_type in {"bounced", "rejected", "failed"}:
        code = _reason(str(event.mta_response or ""))
        hard = HARD.fullmatch(code) is not None if code else event.reject_reason in {"bounced", "invalid"}
        note_bounce(delivery=pk, hard=hard, code=code)


def _mailbox(path: Path) -> mailbox.Mailbox[Any]:
    """Open a Maildir folder or an mbox file; raises ImproperlyConfigured where there is neither."""
    if (path / "new").is_dir():
        return mailbox.Maildir(path, create=False)
    if path.is_file():
        return mailbox.mbox(path, create=False)
    raise ImproperlyConfigured(f"BOUNCE_MAILBOX is '{path}', where there is no Maildir folder and no mbox file.")


def _delivery_of(mail: Message) -> Delivery | None:
    """Return the delivery that a mail is about: by the address to which it came, or the Message-ID that it quotes."""
    found = next((pk for tag in TAG.findall(_as_text(mail)) if (pk := pk_of(tag)) is not None), 0)
    return Delivery.objects.select_related("subscriber").filter(pk=found).first()


def _asks_to_leave(mail: Message) -> bool:
    """Tell whether a person's mail program sent the mailto of List-Unsubscribe (RFC 2369); no machine's answer does."""
    if str(mail.get("Subject", "")).strip().lower() != "unsubscribe":
        return False
    by_itself = str(mail.get("Auto-Submitted", "no")).strip().lower() != "no"  # RFC 3834
    return not by_itself and not BY_MACHINE.search(str(mail.get("Precedence", "")))


def _reason(text: str) -> str:
    """Return the code by which a server says why, as in '5.1.1'; '' where it gives none that tells anything."""
    return next((found[1] for reason in REASONS if (found := reason.search(text))), "")


def _as_text(mail: Message) -> str:
    return mail.as_bytes().decode("ascii", "replace")
