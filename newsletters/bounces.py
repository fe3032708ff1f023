"""What comes back: mail that a server could not deliver after it had taken it, and readers who leave by mail.

Two ways lead here: a mailbox to which undeliverable mail returns (BOUNCE_ADDRESS, BOUNCE_MAILBOX), and, where a mail
service sends the mail, its own word (EMAIL_SERVICE). A hard bounce ends a subscription; of soft ones, a row of them.
"""

import logging
import mailbox
import re
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone
from flufl.bounce import all_failures

from newsletters import subscriptions
from newsletters.ledger import end_subscription
from newsletters.models import Delivery, Subscriber
from newsletters.models.delivery import pk_of

logger = logging.getLogger(__name__)

State = Delivery.State
MOST_SOFT = 3  # issues in a row that could not be delivered end a subscription
AT_ONCE = 1_000  # mails read in one run
TAG = re.compile(r"(?<!\d)\d{1,18}-[0-9a-f]{16}(?![0-9a-f])")
HEADERS_WITH_TAG = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
DELAYED = re.compile(r"^Action:\s*delayed", re.IGNORECASE | re.MULTILINE)  # RFC 3464: it may still arrive
# RFC 3463: for now, or a mailbox that is full, or a fault of the system, the network, the content or a policy.
SOFT = re.compile(r"4\.|5\.(?:2\.[23]|[3467]\.)")
STATUS = re.compile(r"^Status:\s*([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)  # RFC 3464


def read_bounces() -> None:
    """Read what came back, and take each mail out of the mailbox once it is dealt with. A job of the work loop."""
    if not settings.BOUNCE_MAILBOX:
        return
    box = _mailbox(Path(settings.BOUNCE_MAILBOX))
    box.lock()
    try:
        for key in list(box.keys())[:AT_ONCE]:
            try:
                take_back(box[key])
            except Exception:
                logger.exception("A mail that came back could not be read. It is thrown away.")
            box.remove(key)
        box.flush()
    finally:
        box.unlock()
        box.close()


def take_back(mail: Message) -> None:
    """Deal with one mail that came back. A holiday reply, or what is not about a mail of ours, changes nothing."""
    delivery = _delivery_of(mail)
    if delivery is None:
        return
    if str(mail.get("Subject", "")).strip().lower() == "unsubscribe":  # the mailto of List-Unsubscribe, RFC 2369
        if delivery.subscriber:
            subscriptions.unsubscribe(subscriber=delivery.subscriber, never_again=False)
        return
    failed_for_now, failed = all_failures(mail)
    text = _as_text(mail)
    if (failed or failed_for_now) and not DELAYED.search(text):
        status = STATUS.search(text)
        code = status[1] if status else ""
        note_bounce(delivery=delivery.pk, hard=bool(failed) and not SOFT.match(code), code=code)


@transaction.atomic
def note_bounce(*, delivery: int, hard: bool, code: str) -> None:
    """Note that a mail could not be delivered after all; `code` is the server's, as in '5.1.1'.

    A hard bounce, or the last of MOST_SOFT issues in a row, ends the subscription. One that gets through in between
    starts the count anew.
    """
    row = Delivery.objects.select_for_update().filter(pk=delivery).exclude(state=State.WITHHELD).first()
    if row is None:
        return
    Delivery.objects.filter(pk=row.pk).update(state=State.BOUNCED, code=code, changed_at=timezone.now())
    if hard or (row.subscriber_id and lost_in_a_row(row.subscriber_id) >= MOST_SOFT):
        end_subscription(delivery=row.pk)


def lost_in_a_row(subscriber: int) -> int:
    """Return how many of the newest issues for a reader came back, up to the first that did not."""
    states = Delivery.objects.filter(subscriber=subscriber).exclude(state__in=[State.QUEUED, State.SENDING])
    newest = list(states.order_by("-pk").values_list("state", flat=True)[:MOST_SOFT])
    return next((count for count, state in enumerate(newest) if state != State.BOUNCED), len(newest))


def note_event(sender: Any, event: Any, **kwargs: Any) -> None:
    """Take a mail service's word of one mail: anymail's `tracking` signal (https://anymail.dev/)."""
    tag = TAG.search(str(event.metadata or ""))  # as mscos/carriers.py sent it along
    pk = pk_of(tag[0]) if tag else None
    if pk is None:
        return
    if event.event_type == "complained":  # the reader called it spam
        for subscriber in Subscriber.objects.filter(deliveries=pk):
            subscriptions.unsubscribe(subscriber=subscriber, never_again=False)
    elif event.event_type in {"bounced", "rejected", "failed"}:
        note_bounce(delivery=pk, hard=event.event_type == "bounced", code="")


def _mailbox(path: Path) -> mailbox.Mailbox[Any]:
    """Open a Maildir folder or an mbox file; raises ImproperlyConfigured where there is neither."""
    if (path / "new").is_dir():
        return mailbox.Maildir(path, create=False)
    if path.is_file():
        return mailbox.mbox(path, create=False)
    raise ImproperlyConfigured(f"BOUNCE_MAILBOX is '{path}', where there is no Maildir folder and no mbox file.")


def _delivery_of(mail: Message) -> Delivery | None:
    """Return the delivery that a mail is about: by the address to which it came, or the Message-ID that it quotes."""
    for words in _places(mail):
        for tag in TAG.findall(words):
            pk = pk_of(tag)
            if pk is not None:
                return Delivery.objects.select_related("subscriber").filter(pk=pk).first()
    return None


def _places(mail: Message) -> Iterator[str]:
    for name in HEADERS_WITH_TAG:
        yield from (str(value) for value in mail.get_all(name, []))
    yield _as_text(mail)


def _as_text(mail: Message) -> str:
    return mail.as_bytes().decode("ascii", "replace")
