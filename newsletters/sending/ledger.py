"""Batches of deliveries claimed by a worker, and the result of each delivery.

A claimed row is 'being sent' until its worker's lease ends. A worker sends its rows in the order of their keys and
stores the result of each before it sends the next. So where a worker was killed, only the first row that is still
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
MAX_BATCH = 200  # deliveries claimed at once: 0.2 seconds at a quick server, one time slice at a slow one
RECHECK_SECONDS = 0.1  # after which a worker looks again whether somebody unsubscribed or paused the sending
# Minutes before each new attempt where a server defers a mail; after the last the delivery has failed.
RETRY_MINUTES = [5, 15, 60, 4 * 60, 12 * 60]
SERVER_AWAY_DELAY = timedelta(seconds=30)

# Plain SQL, since it runs once a mail: the ORM would take longer to build it than the database to run it.
SETTLE = """
    UPDATE newsletters_delivery
    SET state = %(state)s, code = %(code)s, attempts = attempts + 1, due_at = %(due_at)s, changed_at = %(now)s,
        doubted = doubted OR %(state)s = 'uncertain'
    WHERE id = %(pk)s AND state = 'sending' AND due_at = %(lease)s
"""
# PostgreSQL takes both statements as one transaction, with which the setting ends: it answers before the row is on its
# disk. A worker that is killed loses nothing by it (docs/mail.md says what a crash of the database's machine may lose).
SETTLE_ON_POSTGRESQL = f"SET LOCAL synchronous_commit TO off; {SETTLE}"


@contextmanager
def claimed(mailing: Mailing) -> Iterator["Batch"]:
    """Claim a batch; on leaving, however that happens, release the deliveries that were not begun."""
    with connection.cursor() as cursor:  # one cursor for all: creating it takes as long as half a statement
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
    """Deliveries of a mailing that belong to one worker until its lease ends."""

    def __init__(self, mailing: Mailing, cursor: CursorWrapper) -> None:
        self._mailing, self._cursor = mailing, cursor
        self._lease = timezone.now() + LEASE  # identifies the batch: no two batches end in the same microsecond
        self._rows = mailing.deliveries.filter(state=State.SENDING, due_at=self._lease)
        self._waiting: list[Recipient] = []
        self._checked_at = 0.0
        self._at_server = 0  # the primary key of the delivery at the mail server

    def claim(self) -> None:
        """Claim deliveries that no other worker has. Those of people who have unsubscribed since are withheld."""
        with transaction.atomic():
            free = self._mailing.deliveries.due()  # in any order: sorting would read all of them for each batch
            if connection.features.has_select_for_update_skip_locked:
                free = free.select_for_update(skip_locked=True)
            chosen = list(free.values_list("pk", flat=True)[:MAX_BATCH])
            Delivery.objects.filter(pk__in=chosen).update(state=State.SENDING, due_at=self._lease)
            gone = self._rows.exclude(subscriber__state=Subscriber.State.CONFIRMED)
            gone.update(state=State.WITHHELD, changed_at=timezone.now())
        self._waiting = self._recipients()

    def next(self) -> Recipient | None:
        """Return the next recipient; None at the end.

        None, too, where anything has changed for those who wait: somebody unsubscribed or changed their address, the
        sending is paused, the lease is over. Then they are released, and claimed again if they may still be written to.
        """
        if time.monotonic() - self._checked_at > RECHECK_SECONDS and self._recipients() != self._waiting:
            return None
        if not self._waiting:
            return None
        recipient = self._waiting.pop(0)
        self._at_server = recipient.pk
        return recipient

    def settle(self, recipient: Recipient, result: SendResult) -> None:
        """Store the result of sending a recipient's mail."""
        now, attempts = timezone.now(), recipient.attempts + 1
        state, wait = _outcome(result.outcome, attempts)
        values = {
            "pk": recipient.pk,
            "lease": sql_datetime(self._lease),
            "state": state,
            "code": result.code,
            "due_at": sql_datetime(now + wait),
            "now": sql_datetime(now),
        }
        self._cursor.execute(SETTLE_ON_POSTGRESQL if connection.vendor == "postgresql" else SETTLE, values)
        self._at_server = 0
        if result.is_permanent:
            end_subscription(delivery=recipient.pk)

    def put_back(self) -> None:
        """Queue again the mail of which the server took nothing, after others; it is not counted as an attempt."""
        row = self._rows.filter(pk=self._at_server)
        row.update(state=State.QUEUED, due_at=timezone.now() + SERVER_AWAY_DELAY)

    def release(self) -> None:
        """Queue again what was not begun. A mail still at the server, because something failed, stays uncertain."""
        self._rows.exclude(pk=self._at_server).update(state=State.QUEUED, due_at=timezone.now())

    def _recipients(self) -> list[Recipient]:
        """Return the recipients who still wait, as of now."""
        self._checked_at = time.monotonic()
        columns = ("pk", "subscriber__email", "subscriber__token", "subscriber__subject_style", "attempts")
        rows = self._rows.filter(mailing__state=Mailing.State.RUNNING).order_by("pk")
        # Not a filter: with one PostgreSQL may go through all confirmed subscribers.
        states = rows.values_list("subscriber__state", *columns)
        return [Recipient(*row) for state, *row in states if state == Subscriber.State.CONFIRMED]


def mark_lost_uncertain() -> None:
    """Mark the first delivery of each batch of a killed worker uncertain, and queue the others: they were not sent."""
    if not Delivery.objects.lost().exists():
        return
    with transaction.atomic():
        lost = Delivery.objects.lost().select_for_update().order_by("mailing", "due_at", "pk")
        for _, rows in groupby(lost, key=lambda row: (row.mailing_id, row.due_at)):
            first, *others = rows
            state = State.UNCERTAIN if first.attempts < len(RETRY_MINUTES) else State.FAILED
            doubtful = Delivery.objects.filter(pk=first.pk)
            doubtful.update(state=state, attempts=F("attempts") + 1, doubted=True, changed_at=timezone.now())
            Delivery.objects.filter(pk__in=[row.pk for row in others]).update(state=State.QUEUED)


def end_subscription(*, delivery: int) -> None:
    """Mark the subscriber of a delivery as bounced: their mail server says that there is no such address."""
    Subscriber.objects.filter(deliveries=delivery).update(state=Subscriber.State.BOUNCED)


def sql_datetime(moment: datetime) -> Any:
    """Return a time as this database takes it in plain SQL."""
    return connection.ops.adapt_datetimefield_value(moment)


def _outcome(outcome: Outcome, attempts: int) -> tuple[State, timedelta]:
    """Return the state of a delivery after an attempt, and how long until the next one."""
    if outcome is Outcome.TAKEN:
        return State.SENT, timedelta(0)
    if outcome is Outcome.REFUSED or attempts > len(RETRY_MINUTES):
        return State.FAILED, timedelta(0)
    return State.QUEUED if outcome is Outcome.LATER else State.UNCERTAIN, timedelta(minutes=RETRY_MINUTES[attempts - 1])
