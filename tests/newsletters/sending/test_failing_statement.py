"""A failing statement in a batch: one delivery uncertain, the others queued, the connection intact."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mscos.mail.worker import LEASE, PAUSES, MailWorker
from newsletters.models import Delivery, Mailing
from tests.newsletters.sending.helpers import addresses, begin, make_readers, states, work
from tests.people import make_staff
from tests.smtp_server import smtp_server, use

pytestmark = pytest.mark.django_db(transaction=True)

MADE = {
    "sqlite": [
        "CREATE TRIGGER refuse BEFORE UPDATE ON newsletters_delivery WHEN {when}"
        " BEGIN SELECT RAISE(ABORT, 'refused'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$",
        "CREATE TRIGGER refuse BEFORE UPDATE ON newsletters_delivery FOR EACH ROW WHEN ({when})"
        " EXECUTE FUNCTION refuse()",
    ],
}
REMOVED = {"sqlite": ["DROP TRIGGER refuse"], "postgresql": ["DROP FUNCTION refuse CASCADE"]}


def execute(statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def refused(when):
    """Make the database refuse one kind of write to the deliveries."""
    execute([statement.format(when=when) for statement in MADE[connection.vendor]])
    try:
        yield
    finally:
        execute(REMOVED[connection.vendor])


def session():
    """Return the settings of this session of PostgreSQL; none on SQLite."""
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE source = 'session'"
            " UNION ALL SELECT name, statement FROM pg_prepared_statements ORDER BY 1"
        )
        return cursor.fetchall()


def run_slice(worker):
    """Run a worker again after the delay of a failure, on a connection from the pool."""
    connection.close()
    worker._closed_until -= PAUSES[0]
    return worker.run_slice()


@pytest.fixture
def server(settings):
    with smtp_server() as running:
        use(running, settings)
        yield running


@pytest.fixture
def mailing(server):
    """A sending to five subscribers."""
    make_readers(5)
    return begin(make_staff("robin@example.org", is_superuser=True))


@pytest.fixture
def third(mailing):
    return mailing.deliveries.get(subscriber__email="r2@example.org")


def failures(caplog):
    return caplog.messages.count("A mail queue failed. It will be tried again.")


def test_a_delivery_that_cannot_be_settled_is_uncertain_and_the_others_are_sent(server, mailing, third, caplog):
    usual = session()
    worker = MailWorker()
    with refused(f"NEW.state = 'sent' AND NEW.id = {third.pk}"):
        run_slice(worker)
        assert session() == usual
        assert server.recipients() == addresses(3)
        assert states(mailing) == {"sent": 2, "sending": 1, "queued": 2}
        assert [run_slice(worker) for _ in range(4)] == [2, 0, 0, 0]
        assert states(mailing) == {"sent": 4, "sending": 1}
        assert failures(caplog) == 1
    worker.close()
    assert work(LEASE + timedelta(seconds=1)) == 1
    assert states(mailing) == {"sent": 5}
    assert [taken for taken in server.taken if server.taken.count(taken) > 1] == [server.taken[2], server.taken[5]]
    assert list(Delivery.objects.filter(doubted=True)) == [third]
    assert (Mailing.objects.get().state, failures(caplog)) == ("done", 1)
    assert session() == usual


def test_where_nothing_can_be_settled_each_batch_leaves_one_uncertain(server, mailing, caplog):
    usual = session()
    worker = MailWorker()
    with refused("NEW.state = 'sent'"):
        for count in (1, 2, 3):
            run_slice(worker)
            assert session() == usual
            assert server.recipients() == addresses(count)
            assert states(mailing) == {"sending": count, "queued": 5 - count}
            assert failures(caplog) == count
    assert [run_slice(worker), run_slice(worker)] == [2, 0]
    worker.close()
    assert work(LEASE + timedelta(seconds=1)) == 3
    assert states(mailing) == {"sent": 5}
    assert sorted(server.recipients()) == sorted([*addresses(5), *addresses(3)])
    assert len(set(server.taken)) == 5  # twice only as the same bytes
    assert session() == usual


def test_deliveries_that_cannot_be_released_are_recovered_after_the_lease(server, mailing, third, caplog):
    usual = session()
    worker = MailWorker(stopping=lambda: len(server.taken) == 2)
    with refused("NEW.state = 'queued'"):
        run_slice(worker)
    assert failures(caplog) == 1
    assert states(mailing) == {"sent": 2, "sending": 3}
    assert session() == usual
    worker.close()
    assert work() == 0
    assert work(LEASE + timedelta(seconds=1)) == 3
    assert states(mailing) == {"sent": 5}
    assert server.recipients() == addresses(5)
    assert list(Delivery.objects.filter(doubted=True)) == [third]  # the first that the ledger did not say was sent


def test_deliveries_that_cannot_be_claimed_are_not_sent(server, mailing, caplog):
    usual = session()
    worker = MailWorker()
    with refused("NEW.state = 'sending'"):
        assert [run_slice(worker) for _ in range(3)] == [0, 0, 0]
    assert (server.taken, failures(caplog)) == ([], 3)
    assert states(mailing) == {"queued": 5}
    assert mailing.deliveries.filter(due_at__lte=timezone.now()).count() == 5
    assert session() == usual
    assert run_slice(worker) == 5
    worker.close()
    assert states(mailing) == {"sent": 5}
