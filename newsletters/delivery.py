"""Sending issues: the ledger is made in one transaction, and workers, however many, send what it says is left.

A row is claimed by moving its due time on, stands as 'being sent' while it is at the server, and is settled in the same
statement that starts the next one. So a worker that is killed leaves one row in doubt at most, and loses nobody.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from mscos.carriers import Fate, Receipt, ServerAway
from mscos.post_office import LEASE, PostOffice
from newsletters.faces import Mail
from newsletters.messages import Pattern, Reader
from newsletters.models import Delivery, Issue, Mailing, Subscriber

State = Delivery.State
BATCH = 200  # claimed at once: a fifth of a second at a quick server, a turn at a slow one
# Minutes until a reader whose server asks for patience is tried again; after the last the delivery has failed.
WAITS = [5, 15, 60, 4 * 60, 12 * 60]
AFTER_THE_SERVER = timedelta(seconds=30)  # that was away

# What became of one row, and that the next one is at the server now unless its reader has left or somebody paused it: one statement,
# so that at every moment one row at the most is in doubt.
TURN_OVER = """
    UPDATE newsletters_delivery SET
        state = CASE WHEN id = %(done)s THEN %(state)s ELSE 'sending' END,
        code = CASE WHEN id = %(done)s THEN %(code)s ELSE code END,
        doubted = CASE WHEN id = %(done)s AND %(state)s = 'uncertain' THEN %(yes)s ELSE doubted END,
        due_at = CASE WHEN id = %(done)s THEN %(due_at)s ELSE due_at END,
        attempts = CASE WHEN id = %(done)s THEN %(attempts)s ELSE attempts + 1 END,
        changed_at = %(now)s
    WHERE id = %(done)s AND state <> 'sent'
    OR id = %(next)s AND due_at = %(lease)s AND state IN ('queued', 'uncertain')
        AND %(email)s = (SELECT email FROM newsletters_subscriber reader
            WHERE reader.id = subscriber_id AND reader.state = 'confirmed')
        AND 'running' = (SELECT state FROM newsletters_mailing sending WHERE sending.id = mailing_id)
    RETURNING id
"""
# What it is told, and of which of PostgreSQL's types each is.
FACTS = {
    "done": "bigint",
    "state": "text",
    "code": "text",
    "due_at": "timestamptz",
    "attempts": "smallint",
    "next": "bigint",
    "email": "text",
    "lease": "timestamptz",
    "now": "timestamptz",
    "yes": "boolean",
}
# All who are confirmed at this moment. One statement, whose cost in memory does not grow with them.
FREEZE = """
    INSERT INTO newsletters_delivery (mailing_id, subscriber_id, state, attempts, due_at, code, doubted)
    SELECT %(mailing)s, id, 'queued', 0, %(now)s, '', %(no)s FROM newsletters_subscriber WHERE state = 'confirmed'
"""


class Settled(NamedTuple):
    """What became of a delivery: its key, its new state, the server's code, when it is due again, how often it was tried."""

    pk: int
    state: str
    code: str
    due_at: datetime
    attempts: int


NOTHING_SETTLED = Settled(0, "", "", datetime(2000, 1, 1, tzinfo=UTC), 0)


def freeze(*, issue: Issue, mail: Mail) -> Mailing | None:
    """Note what goes out and to whom, as it is at this moment; return it, or None where nobody is confirmed.

    The caller holds the issue in a transaction. From here on only the ledger says what is left to do.
    """
    mailing = Mailing.objects.create(
        issue=issue, subject=issue.subject, plain_subject=issue.plain_subject, html=mail.html, text=mail.text
    )
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, {"mailing": mailing.pk, "now": _stored(mailing.started_at), "no": False})
        if cursor.rowcount:
            return mailing
    mailing.delete()
    return None


def end_sending(*, issue: Issue) -> None:
    """Send no more of an issue, for good: who still waited does not get it. Nothing to do where it is not on its way."""
    now = timezone.now()
    going = Mailing.objects.filter(issue=issue, state__in=[Mailing.State.RUNNING, Mailing.State.PAUSED])
    waiting = Delivery.objects.open().exclude(state=State.SENDING).filter(mailing__in=going)
    waiting.update(state=State.WITHHELD, changed_at=now)
    going.update(state=Mailing.State.STOPPED, finished_at=now)


def send_round(office: PostOffice) -> None:
    """Send a batch of the oldest sending that has some due. Raises ServerAway, with nothing lost."""
    doubt_lost()
    mailing = Mailing.objects.with_due().first()
    if mailing is None:
        finish()
        return
    if not office.may_send():
        return
    office.connect()
    with _quick_lines() as line:
        _send(Ledger(mailing, line), _pattern(mailing.pk, mailing.started_at), office)


def doubt_lost() -> None:
    """Call uncertain what was at the server when its worker was killed; after too many tries it has failed."""
    for pk, attempts in Delivery.objects.lost().values_list("pk", "attempts"):
        state = State.UNCERTAIN if attempts <= len(WAITS) else State.FAILED
        Delivery.objects.lost().filter(pk=pk).update(state=state, doubted=True, changed_at=timezone.now())


def finish() -> None:
    """End the sendings of which nothing is left, and call their issues sent."""
    for mailing in Mailing.objects.at_their_end():
        with transaction.atomic():
            held = Mailing.objects.at_their_end().filter(pk=mailing.pk)
            if held.update(state=Mailing.State.DONE, finished_at=timezone.now()):
                Issue.objects.filter(pk=mailing.issue_id, state=Issue.State.SENDING).update(state=Issue.State.SENT)


def end_subscription(*, delivery: int) -> None:
    """Write no more to the reader of a delivery: their mail server says that there is no such address."""
    Subscriber.objects.filter(deliveries=delivery).update(state=Subscriber.State.BOUNCED)


class Ledger:
    """What one worker writes into the rows of a sending while it sends a batch of them."""

    def __init__(self, mailing: Mailing, line: str = TURN_OVER) -> None:
        self._mailing, self._line = mailing, line
        self._lease = timezone.now() + LEASE  # by this time, exact to the microsecond, a worker knows its own rows
        self._at: Reader | None = None  # whose mail is at the server
        self._settled = NOTHING_SETTLED  # and not yet written

    def claim(self) -> list[Reader]:
        """Take a batch that nobody else has, and return its readers; who has left meanwhile is not written to."""
        with transaction.atomic():
            free = self._mailing.deliveries.due().values_list(
                "pk", flat=True
            )  # in any order: sorting would cost each batch a look at all
            if connection.features.has_select_for_update_skip_locked:
                free = free.select_for_update(skip_locked=True)
            batch = Delivery.objects.filter(pk__in=list(free[:BATCH]))
            batch.update(due_at=self._lease)
            batch.exclude(subscriber__state=Subscriber.State.CONFIRMED).update(
                state=State.WITHHELD, changed_at=timezone.now()
            )
        own = ("pk", "subscriber__email", "subscriber__token", "subscriber__subject_style", "attempts")
        still_there = batch.exclude(state=State.WITHHELD).exclude(subscriber=None)
        return [Reader(*row) for row in still_there.order_by("pk").values_list(*own)]

    def begin(self, reader: Reader) -> bool:
        """Write what became of the last row and that this one is at the server now; tell whether it may go there.

        It may not where its reader has left or moved, the sending is paused, or the batch is not ours any more.
        """
        settled, self._settled = self._settled, NOTHING_SETTLED
        may_go = self._turn_over(settled, reader)
        self._at = reader if may_go else None
        return may_go

    def settle(self, receipt: Receipt) -> None:
        """Note a server's answer for the row at the server; one that says there is no such address ends more."""
        if self._at is None:
            return
        reader, self._at = self._at, None
        if receipt.is_hard:
            end_subscription(delivery=reader.pk)
        self._settled = _settled(reader, receipt)

    def put_back(self) -> None:
        """Note that the server took nothing of the row at the server: others go first, and this was no try."""
        if self._at is None:
            return
        reader, self._at = self._at, None
        due_at = timezone.now() + AFTER_THE_SERVER
        self._settled = Settled(reader.pk, State.QUEUED, "", due_at, reader.attempts)

    def close(self) -> None:
        """Write what became of the last row, and give back what was claimed and not begun."""
        if self._settled is not NOTHING_SETTLED:
            self._turn_over(self._settled, None)
        mine = self._mailing.deliveries.filter(due_at=self._lease, state__in=[State.QUEUED, State.UNCERTAIN])
        mine.update(due_at=timezone.now())

    def _turn_over(self, settled: Settled, reader: Reader | None) -> bool:
        facts = {
            "done": settled.pk,
            "state": settled.state,
            "code": settled.code,
            "due_at": _stored(settled.due_at),
            "attempts": settled.attempts,
            "next": reader.pk if reader else 0,
            "email": reader.email if reader else "",
            "lease": _stored(self._lease),
            "now": _stored(timezone.now()),
            "yes": True,
        }
        with connection.cursor() as cursor:
            cursor.execute(self._line, facts)
            return facts["next"] in {pk for (pk,) in cursor.fetchall()}


def _send(ledger: Ledger, pattern: Pattern, office: PostOffice) -> None:
    """Send a batch as far as the office may, each row settled before the next mail leaves."""
    try:
        for reader in ledger.claim():
            if not office.may_send():
                break
            receipt = office.send(pattern.for_reader(reader), partial(ledger.begin, reader))
            if receipt:
                ledger.settle(receipt)
    except ServerAway:
        ledger.put_back()
        raise
    finally:
        ledger.close()


def _settled(reader: Reader, receipt: Receipt) -> Settled:
    """Return what a server's answer makes of a delivery."""
    tries = reader.attempts + 1
    now = timezone.now()
    if receipt.fate is Fate.TAKEN:
        return Settled(reader.pk, State.SENT, receipt.code, now, tries)
    if receipt.fate is Fate.REFUSED or tries > len(WAITS):
        return Settled(reader.pk, State.FAILED, receipt.code, now, tries)
    state = State.QUEUED if receipt.fate is Fate.LATER else State.UNCERTAIN
    return Settled(reader.pk, state, receipt.code, now + timedelta(minutes=WAITS[tries - 1]), tries)


@lru_cache(maxsize=1)
def _pattern(pk: int, started_at: datetime) -> Pattern:
    """Return the mail of a sending, whose words never change; the time tells it from one whose key it was given later."""
    return Pattern(Mailing.objects.get(pk=pk, started_at=started_at))


def _stored(moment: datetime) -> Any:
    """Return a time as the database takes it in a statement of ours."""
    return connection.ops.adapt_datetimefield_value(moment)


@contextmanager
def _quick_lines() -> Iterator[str]:
    """Yield the statement that writes a line of the ledger, made as quick as the database can.

    PostgreSQL plans it once a batch, and answers before a line is on its disk. A worker that is killed loses nothing by
    it. Should the database's own machine fail, the lines of its last half second may be lost, and those readers get the
    mail again, with the same Message-ID (docs/mail.md).
    """
    if connection.vendor != "postgresql":
        yield TURN_OVER
        return
    numbered = re.sub(r"%\((\w+)\)s", lambda fact: f"${list(FACTS).index(fact[1]) + 1}", TURN_OVER)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
        cursor.execute("SET plan_cache_mode TO force_generic_plan")
        cursor.execute(f"PREPARE turn_over ({', '.join(FACTS.values())}) AS {numbered}")
        try:
            yield f"EXECUTE turn_over ({', '.join(f'%({fact})s' for fact in FACTS)})"
        finally:
            cursor.execute("DEALLOCATE turn_over")
            cursor.execute("RESET plan_cache_mode")
            cursor.execute("RESET synchronous_commit")
