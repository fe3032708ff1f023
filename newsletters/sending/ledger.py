"""What a worker writes into the ledger while it sends a batch of an issue.

A row is claimed by moving its due time on, is marked as 'being sent' before its mail leaves, and is settled before the
mail after the next one does. So of a worker that is killed two rows are in doubt at most, and of these one at the most
can have reached the server.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg.pq import ExecStatus

from mscos.carriers import Fate, Receipt, ServerAway
from mscos.post_office import LEASE
from newsletters.models import Delivery, Mailing, Subscriber
from newsletters.sending.messages import Reader

State = Delivery.State
BATCH = 200  # claimed at once: a fifth of a second at a quick server, a turn at a slow one
# Minutes until a reader whose server asks for patience is tried again; after the last the delivery has failed.
WAITS = [5, 15, 60, 4 * 60, 12 * 60]
AFTER_THE_SERVER = timedelta(seconds=30)  # that was away

# What became of one row, and that another is about to go to the server unless its reader has left or somebody paused it.
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


class Settled(NamedTuple):
    """What became of a delivery: its key, its new state, the server's code, when it is due again, how often it was tried."""

    pk: int
    state: str
    code: str
    due_at: datetime
    attempts: int


NOTHING = Settled(0, "", "", datetime(2000, 1, 1, tzinfo=UTC), 0)


@contextmanager
def ledger_of(mailing: Mailing) -> Iterator["Ledger"]:
    """Open the ledger of a sending for one batch. What is not begun at the end is given back, however the end comes."""
    line = PostgresLine() if connection.vendor == "postgresql" else Line()
    ledger = Ledger(mailing, line)
    try:
        yield ledger
    except ServerAway:
        ledger.put_back()
        raise
    finally:
        ledger.close()
        line.close()


class Ledger:
    """What one worker writes into the rows of a sending while it sends a batch of them."""

    def __init__(self, mailing: Mailing, line: "Line") -> None:
        self._mailing, self._line = mailing, line
        self._lease = timezone.now() + LEASE  # by this time, exact to the microsecond, a worker knows its own rows
        self._at: Reader | None = None  # whose mail is at the server
        self._next: Reader | None = None  # whose follows
        self._asked: Reader | None = None  # whose row is being marked
        self._last = NOTHING  # what became of the last mail, not yet written
        self._left_over: list[Settled] = []  # what is to be written at the end
        self._dead: list[int] = []  # deliveries to addresses that are none

    def readers(self) -> Iterator[Reader]:
        """Claim a batch and yield its readers."""
        batch = self._claim()
        for reader, self._next in zip(batch, [*batch[1:], None], strict=True):
            yield reader

    def begin(self, reader: Reader) -> bool:
        """Tell whether a reader's mail may go; have the mail before it settled and the one after it marked meanwhile.

        It may not where the reader has left or moved, the sending is paused, or the batch is not ours any more.
        """
        if self._asked is not reader:
            self._ask(reader)
        if not self._is_marked():
            return False
        self._at = reader
        self._ask(self._next)
        return True

    def settle(self, receipt: Receipt) -> None:
        """Note a server's answer to the mail at the server."""
        if self._at:
            self._last = _settled(self._at, receipt)
            self._dead += [self._at.pk] if receipt.is_hard else []
            self._at = None

    def put_back(self) -> None:
        """Note that the server took nothing of the mail at the server: others go first, and this was no try."""
        if self._at:
            self._left_over.append(_not_begun(self._at, AFTER_THE_SERVER))
            self._at = None

    def close(self) -> None:
        """Write what is not written yet, and give back what was claimed and not begun.

        A mail that is still at the server, because something else failed, stays in doubt.
        """
        asked = self._asked
        if self._is_marked() and asked:
            self._left_over.append(_not_begun(asked))
        for settled in [self._last, *self._left_over]:
            self._last = settled
            self._ask(None)
            self._is_marked()
        mine = self._mailing.deliveries.filter(due_at=self._lease, state__in=[State.QUEUED, State.UNCERTAIN])
        mine.update(due_at=timezone.now())
        for pk in self._dead:
            end_subscription(delivery=pk)

    def _claim(self) -> list[Reader]:
        """Take a batch that nobody else has, and return its readers; who has left meanwhile is not written to."""
        with transaction.atomic():
            free = self._mailing.deliveries.due()  # in any order: sorting would cost each batch a look at all
            if connection.features.has_select_for_update_skip_locked:
                free = free.select_for_update(skip_locked=True)
            batch = Delivery.objects.filter(pk__in=list(free.values_list("pk", flat=True)[:BATCH]))
            batch.update(due_at=self._lease)
            gone = batch.exclude(subscriber__state=Subscriber.State.CONFIRMED)
            gone.update(state=State.WITHHELD, changed_at=timezone.now())
        own = ("pk", "subscriber__email", "subscriber__token", "subscriber__subject_style", "attempts")
        still_there = batch.exclude(state=State.WITHHELD).exclude(subscriber=None)
        return [Reader(*row) for row in still_there.order_by("pk").values_list(*own)]

    def _ask(self, reader: Reader | None) -> None:
        """Have the last mail settled and a reader's marked, without waiting for it."""
        settled, self._last, self._asked = self._last, NOTHING, reader
        self._line.write(
            {
                "done": settled.pk,
                "state": settled.state,
                "code": settled.code,
                "due_at": stored(settled.due_at),
                "attempts": settled.attempts,
                "next": reader.pk if reader else 0,
                "email": reader.email if reader else "",
                "lease": stored(self._lease),
                "now": stored(timezone.now()),
                "yes": True,
            }
        )

    def _is_marked(self) -> bool:
        """Wait for what was asked; tell whether the reader's row is marked."""
        asked, self._asked = self._asked, None
        changed = self._line.read()
        return asked is not None and asked.pk in changed


class Line:
    """Writes a line of the ledger."""

    def __init__(self) -> None:
        self._cursor = connection.cursor()
        self._changed: set[int] = set()

    def write(self, facts: dict[str, Any]) -> None:
        """Begin to write; SQLite is done at once, and would lock everybody else out until its answer is read."""
        self._cursor.execute(TURN_OVER, facts)
        self._changed = {pk for (pk,) in self._cursor.fetchall()}

    def read(self) -> set[int]:
        """Wait until what was begun is written; return the keys of the rows that changed, none where nothing was."""
        changed, self._changed = self._changed, set()
        return changed

    def close(self) -> None:
        """Leave the connection as it was."""
        self._cursor.close()


class PostgresLine(Line):
    """Writes a line on PostgreSQL, which plans it once a batch and works while the mail server does.

    The database answers before a line is on its disk. A worker that is killed loses nothing by it. Should the database's
    own machine fail, the lines of its last half second may be lost, and those readers get the mail again, with the same
    Message-ID (docs/mail.md).
    """

    def __init__(self) -> None:
        super().__init__()
        numbered = re.sub(r"%\((\w+)\)s", lambda fact: f"${list(FACTS).index(fact[1]) + 1}", TURN_OVER)
        self._cursor.execute("SET synchronous_commit TO off")
        self._cursor.execute("SET plan_cache_mode TO force_generic_plan")
        self._cursor.execute(f"PREPARE turn_over ({', '.join(FACTS.values())}) AS {numbered}")
        self._server = connection.connection.pgconn
        self._is_writing = False

    def write(self, facts: dict[str, Any]) -> None:
        """Begin to write."""
        call = f"EXECUTE turn_over ({', '.join(f'%({fact})s' for fact in FACTS)})"
        self._server.send_query(self._cursor.mogrify(call, facts).encode())
        self._is_writing = True

    def read(self) -> set[int]:
        """Wait as a line does. Raises DatabaseError where it could not be written."""
        if not self._is_writing:
            return set()
        self._is_writing = False
        result = self._server.get_result()
        while self._server.get_result():
            pass
        if result.status != ExecStatus.TUPLES_OK:
            raise DatabaseError("A line of the ledger could not be written.")
        return {int(result.get_value(row, 0)) for row in range(result.ntuples)}

    def close(self) -> None:
        """Leave the connection as it was."""
        self._cursor.execute("DEALLOCATE turn_over")
        self._cursor.execute("RESET plan_cache_mode")
        self._cursor.execute("RESET synchronous_commit")
        super().close()


def end_subscription(*, delivery: int) -> None:
    """Write no more to the reader of a delivery: their mail server says that there is no such address."""
    Subscriber.objects.filter(deliveries=delivery).update(state=Subscriber.State.BOUNCED)


def stored(moment: datetime) -> Any:
    """Return a time as the database takes it in a statement of ours."""
    return connection.ops.adapt_datetimefield_value(moment)


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


def _not_begun(reader: Reader, wait: timedelta = timedelta(0)) -> Settled:
    """Return what becomes of a delivery of which nothing was sent."""
    return Settled(reader.pk, State.QUEUED, "", timezone.now() + wait, reader.attempts)
