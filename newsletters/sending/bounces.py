"""Bounces, and subscribers who unsubscribe by mail.

They come from a mailbox to which undeliverable mail returns (BOUNCE_ADDRESS, BOUNCE_MAILBOX) or, where a mail service
sends the mail, by its events (EMAIL_SERVICE). One hard bounce ends a subscription, or several soft ones in a row.
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
MAX_BYTES = 250_000  # read of one mail: the reason comes first, and ten million bytes would take a minute
TAG = re.compile(r"(?<!\d)\d{1,18}-[0-9a-f]{16}(?![0-9a-f])")
DELAYED = re.compile(r"^Action:\s*delayed", re.IGNORECASE | re.MULTILINE)  # RFC 3464: it may still arrive
# RFC 3463: no such address (5.1.7 and 5.1.8 are about the sender's), or a mailbox that is closed for good. Any other
# reason may be gone tomorrow, and a wrong rule of one large provider must not end hundreds of subscriptions.
HARD = re.compile(r"5\.(?:1\.(?![78]$)\d{1,3}|2\.1)")
# The reason as RFC 3464 gives it, or in the text of a server, '550 5.1.1 …' or, of qmail, '(#5.1.1)'. Some servers give
# only 5.0.0 in the former.
REASON = r"([45]\.(?!0\.0\b)\d{1,3}\.\d{1,3})\b"
REASONS = [
    re.compile(rf"^Status:[ \t]*{REASON}", re.IGNORECASE | re.MULTILINE),
    re.compile(rf"(?:\b[45]\d\d[ -]#?|\(#){REASON}"),
]
# The Precedence header of automatic replies older than RFC 3834.
AUTOMATIC = re.compile(r"bulk|junk|list|auto.reply", re.IGNORECASE)


def read_bounces() -> None:
    """Process the mails of the bounce mailbox and delete each. A job of the background worker."""
    if not settings.BOUNCE_MAILBOX:
        return
    with closing(_mailbox(Path(settings.BOUNCE_MAILBOX))) as box:  # closing writes the deletions, then unlocks
        box.lock()
        for key in list(box.keys())[:MAX_MAILS_PER_RUN]:
            try:
                with closing(box.get_file(key)) as file:
                    process_returned(message_from_bytes(file.read(MAX_BYTES)))
            except DatabaseError:
                raise  # not the mail's fault: it stays for the next run
            except Exception:
                logger.exception("A mail that came back could not be read. It is thrown away.")
            box.discard(key)


def process_returned(mail: Message) -> None:
    """Process one mail of the bounce mailbox. A holiday reply, or one about no mail of ours, changes nothing."""
    delivery = _delivery_of(mail)
    if delivery is None:
        return
    if _is_unsubscribe_request(mail):
        if delivery.subscriber:
            subscriptions.unsubscribe(subscriber=delivery.subscriber, never_again=False)
        return
    _temporary, failed = all_failures(mail)
    text = _as_text(mail)
    if failed and not DELAYED.search(text):
        code = _reason(text)
        record_bounce(delivery=delivery.pk, hard=HARD.fullmatch(code) is not None, code=code)


@transaction.atomic
def record_bounce(*, delivery: int, hard: bool, code: str) -> None:
    """Record that a sent mail bounced; `code` is the server's, as in '5.1.1'.

    A hard bounce, or MAX_SOFT_BOUNCES issues in a row, ends the subscription. The count starts again after an issue that
    was delivered, and after a new consent.
    """
    row = Delivery.objects.select_for_update().filter(pk=delivery).exclude(state=State.WITHHELD).first()
    if row is None:
        return
    Delivery.objects.filter(pk=row.pk).update(state=State.BOUNCED, code=code, changed_at=timezone.now())
    subscriber = row.subscriber_id
    if subscriber is None or not _since_consent(subscriber).filter(pk=row.pk).exists():
        return
    if hard or bounced_in_a_row(subscriber) >= MAX_SOFT_BOUNCES:
        end_subscription(delivery=row.pk)


def bounced_in_a_row(subscriber: int) -> int:
    """Return how many of a subscriber's newest issues bounced, up to the first that did not.

    Deliveries that were never sent, or were refused at once, do not count: they tell nothing about the mailbox.
    """
    sent = _since_consent(subscriber).filter(state__in=[State.SENT, State.BOUNCED])
    newest = list(sent.order_by("-pk").values_list("state", flat=True)[:MAX_SOFT_BOUNCES])
    return next((count for count, state in enumerate(newest) if state != State.BOUNCED), len(newest))


def _since_consent(subscriber: int) -> QuerySet[Delivery]:
    """Return a subscriber's deliveries since their last consent; none while they have not confirmed."""
    deliveries = Delivery.objects.filter(subscriber=subscriber)
    return deliveries.filter(mailing__started_at__date__gte=F("subscriber__consent_on"))


def record_event(sender: Any, event: Any, **kwargs: Any) -> None:
    """Record an event of a mail service about one mail: anymail's `tracking` signal (https://anymail.dev/)."""
    tag = TAG.search(str(event.metadata or ""))  # sent along by mscos/mail/transports.py
    pk = pk_of(tag[0]) if tag else None
    if pk is None:
        return
    if event.event_type in {"complained", "unsubscribed"}:  # marked as spam, or by the service's own link
        for subscriber in Subscriber.objects.filter(deliveries=pk):
            subscriptions.unsubscribe(subscriber=subscriber, never_again=False)
    elif event.event_type in {"bounced", "rejected", "failed"}:
        code = _reason(str(event.mta_response or ""))
        hard = HARD.fullmatch(code) is not None if code else event.reject_reason in {"bounced", "invalid"}
        record_bounce(delivery=pk, hard=hard, code=code)


def _mailbox(path: Path) -> mailbox.Mailbox[Any]:
    """Return the Maildir folder or mbox file at a path. Raises ImproperlyConfigured where there is neither."""
    if (path / "new").is_dir():
        return mailbox.Maildir(path, create=False)
    if path.is_file():
        return mailbox.mbox(path, create=False)
    raise ImproperlyConfigured(f"BOUNCE_MAILBOX is '{path}', where there is no Maildir folder and no mbox file.")


def _delivery_of(mail: Message) -> Delivery | None:
    """Return the delivery that a mail is about, by its recipient's address or the Message-ID that it quotes."""
    delivery = next((pk for tag in TAG.findall(_as_text(mail)) if (pk := pk_of(tag)) is not None), 0)
    return Delivery.objects.select_related("subscriber").filter(pk=delivery).first()


def _is_unsubscribe_request(mail: Message) -> bool:
    """Return whether a person's mail program sent it by the mailto of List-Unsubscribe (RFC 2369), and no machine."""
    if str(mail.get("Subject", "")).strip().lower() != "unsubscribe":
        return False
    is_automatic = str(mail.get("Auto-Submitted", "no")).strip().lower() != "no"  # RFC 3834
    return not is_automatic and not AUTOMATIC.search(str(mail.get("Precedence", "")))


def _reason(text: str) -> str:
    """Return the enhanced status code (RFC 3463), as in '5.1.1'; '' where there is none but 5.0.0."""
    return next((match[1] for reason in REASONS if (match := reason.search(text))), "")


def _as_text(mail: Message) -> str:
    return mail.as_bytes().decode("ascii", "replace")
