"""The deliveries that one worker has claimed, and what became of each.

A claimed row is 'being sent' until its worker's lease ends. A worker sends its rows in the order of their keys and writes
down what became of each before the next mail leaves. So where a worker was killed only the first row that is still
'being sent' can have reached the mail server.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F
from django.utils import timezone

from mscos.mail.transports import Outcome, SendResult, ServerAway
from mscos.mail.worker import LEASE
from newsletters.models import Delivery, Mailing, Subscriber
from newsletters.sending.messages import Recipient

State = Delivery.State
BATCH = 200  # claimed at once: a fifth of a second at a quick server, a turn at a slow one
LOOK_AGAIN = 0.1  # seconds for which a worker relies on nobody having left or paused the sending
# Minutes until a reader whose server asks for patience is tried again; after the last the delivery has failed.
WAITS = [5, 15, 60, 4 * 60, 12 * 60]
AFTER_THE_SERVER = timedelta(seconds=30)  # that was away

# Plain SQL, since it runs for each mail: to put it together anew would take longer than to run it.
SETTLE = """
    UPDATE newsletters_delivery
    SET state = %(state)s, code = %(code)s, attempts = attempts + 1, due_at = %(due_at)s, changed_at = %(now)s,
        doubted = doubted OR %(state)s = 'uncertain'
    WHERE id = %(pk)s AND state = 'sending' AND due_at = %(lease)s
"""
# PostgreSQL takes both statements as one transaction, with which the setting ends: it answers before the row is on its
# disk. A worker that is killed loses nothing by it (docs/mail.md tells what the database's own machine may lose).
SETTLE_ON_POSTGRESQL = f"SET LOCAL synchronous_commit TO off; {SETTLE}"


@contextmanager
def claimed(mailing: Mailing) -> Iterator["Batch"]:
    """Claim a batch. What is not begun at the end is given back, however the end comes."""
    with connection.cursor() as cursor:  # one for all mails: making it takes as long as half a statement
        batch = Batch(mailing, cursor)
        batch.claim()
        try:
            yield batch
        except ServerAway:
            batch.put_back()
            raise
        finally:
            batch.release()


class Batch:
    """Deliveries of a sending that are one worker's own until its lease ends."""

    def __init__(self, mailing: Mailing, cursor: CursorWrapper) -> None:
        self._mailing, self._cursor = mailing, cursor
        self._lease = timezone.now() + LEASE  # to the microsecond: no two workers' batches end in the same one
        self._rows = mailing.deliveries.filter(state=State.SENDING, due_at=self._lease)
        self._waiting: list[Recipient] = []
        self._looked = 0.0
        self._at_server = 0  # the row whose mail is there

    def claim(self) -> None:
        """Take rows that nobody else has. Readers who have left meanwhile are not written to."""
        with transaction.atomic():
            free = self._mailing.deliveries.due()  # in any order: sorting would cost each batch a look at all
            if connection.features.has_select_for_update_skip_locked:
                free = free.select_for_update(skip_locked=True)
            chosen = list(free.values_list("pk", flat=True)[:BATCH])
            Delivery.objects.filter(pk__in=chosen).update(state=State.SENDING, due_at=self._lease)
            gone = self._rows.exclude(subscriber__state=Subscriber.State.CONFIRMED)
            gone.update(state=State.WITHHELD, changed_at=timezone.now())
        self._waiting = self._recipients()

    def next(self) -> Recipient | None:
        """Return whose mail goes next.

        None at the end, or where anything has changed for those who wait: somebody left or moved, the sending is paused,
        the lease is over. They are given back then, and whoever may still be written to is claimed anew.
        """
        if time.monotonic() - self._looked > LOOK_AGAIN and self._recipients() != self._waiting:
            return None
        if not self._waiting:
            return None
        recipient = self._waiting.pop(0)
        self._at_server = recipient.pk
        return recipient

    def settle(self, recipient: Recipient, result: SendResult) -> None:
        """Write down the server's answer to a recipient's mail."""
        now, attempts = timezone.now(), recipient.attempts + 1
        state, wait = _outcome(result.outcome, attempts)
        facts = {
            "pk": recipient.pk,
            "lease": stored(self._lease),
            "state": state,
            "code": result.code,
            "due_at": stored(now + wait),
            "now": stored(now),
        }
        self._cursor.execute(SETTLE_ON_POSTGRESQL if connection.vendor == "postgresql" else SETTLE, facts)
        self._at_server = 0
        if result.is_permanent:
            end_subscription(delivery=recipient.pk)

    def put_back(self) -> None:
        """Give back the mail of which the server took nothing: others go first, and this was no try."""
        mine = self._rows.filter(pk=self._at_server)
        mine.update(state=State.QUEUED, due_at=timezone.now() + AFTER_THE_SERVER)

    def release(self) -> None:
        """Give back what is not begun. A mail that is at the server still, because something failed, stays in doubt."""
        self._rows.exclude(pk=self._at_server).update(state=State.QUEUED, due_at=timezone.now())

    def _recipients(self) -> list[Recipient]:
        """Return who is still to get a mail, as it is now."""
        self._looked = time.monotonic()
        own = ("pk", "subscriber__email", "subscriber__token", "subscriber__subject_style", "attempts")
        rows = self._rows.filter(mailing__state=Mailing.State.RUNNING).order_by("pk")
        # The reader's state is looked at here: as a filter it would tempt PostgreSQL to go through all who are confirmed.
        states = rows.values_list("subscriber__state", *own)
        return [Recipient(*row) for state, *row in states if state == Subscriber.State.CONFIRMED]


def recover_lost_batches() -> None:
    """Take up what killed workers held: the first row of each batch is in doubt, nothing of the others has left."""
    if not Delivery.objects.lost().exists():
        return
    with transaction.atomic():
        lost = Delivery.objects.lost().select_for_update().order_by("mailing", "due_at", "pk")
        for _, rows in groupby(lost, key=lambda row: (row.mailing_id, row.due_at)):
            first, *others = rows
            state = State.UNCERTAIN if first.attempts < len(WAITS) else State.FAILED
            doubtful = Delivery.objects.filter(pk=first.pk)
            doubtful.update(state=state, attempts=F("attempts") + 1, doubted=True, changed_at=timezone.now())
            Delivery.objects.filter(pk__in=[row.pk for row in others]).update(state=State.QUEUED)


def end_subscription(*, delivery: int) -> None:
    """Write no more to the reader of a delivery: their mail server says that there is no such address."""
    Subscriber.objects.filter(deliveries=delivery).update(state=Subscriber.State.BOUNCED)


def stored(moment: datetime) -> Any:
    """Return a time as the database takes it in a statement of ours."""
    return connection.ops.adapt_datetimefield_value(moment)


def _outcome(outcome: Outcome, attempts: int) -> tuple[State, timedelta]:
    """Return what a server's answer makes of a delivery, and how long it waits until it is tried again."""
    if outcome is Outcome.TAKEN:
        return State.SENT, timedelta(0)
    if outcome is Outcome.REFUSED or attempts > len(WAITS):
        return State.FAILED, timedelta(0)
    return State.QUEUED if outcome is Outcome.LATER else State.UNCERTAIN, timedelta(minutes=WAITS[attempts - 1])
