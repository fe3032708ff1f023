"""A full disk on SQLite: no mail is sent that cannot be recorded, none is lost or sent to another."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import OperationalError, connection
from django.utils import timezone

from mscos.mail.queue import enqueue
from mscos.mail.worker import LEASE, PAUSES, MailWorker
from mscos.models import QueuedEmail
from newsletters import publishing
from newsletters.models import Delivery, Issue, Mailing, Subscriber
from newsletters.subscribers import subscriptions
from tests.newsletters.sending.helpers import addresses, begin, make_draft, make_readers, states, version, work
from tests.smtp_server import smtp_server, use

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL tells of its disk in its own way"),
]

PAGES = 5  # that each write of a row takes
ANY = "UPDATE ON newsletters_delivery"
CLAIMED = "UPDATE ON newsletters_delivery WHEN NEW.state = 'sending'"
SETTLED = "UPDATE ON newsletters_delivery WHEN NEW.state = 'sent'"


@pytest.fixture
def server(settings):
    with smtp_server() as running:
        use(running, settings)
        yield running


@contextmanager
def small_disk(write, room_for=0):
    """Allow that many writes of a kind in the block, as on a full disk."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filling (words BLOB)")
        filling = f"INSERT INTO filling VALUES (zeroblob({PAGES} * 4096))"
        cursor.execute(f"CREATE TRIGGER fill AFTER {write} BEGIN {filling}; END")
        [claimed_row] = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {claimed_row + (PAGES + 1) * room_for}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1000000")
            cursor.execute("DROP TRIGGER fill")
            cursor.execute("DROP TABLE filling")


def take_turns(worker, count):
    """Run a worker again and again, each time after the delay of a failure."""
    for _ in range(count):
        worker._closed_until -= PAUSES[0]
        worker.run_slice()


@pytest.mark.parametrize(
    ("write", "room_for"),
    [
        (CLAIMED, 0),
        (CLAIMED, 5),
        (SETTLED, 0),
        (SETTLED, 1),
        (SETTLED, 5),
        (ANY, 10),
        (ANY, 12),
    ],  # for a claim, and two
)
def test_unclaimed_deliveries_are_not_sent_and_all_are_in_the_end(server, editor, caplog, write, room_for):
    make_readers(10)
    mailing = begin(editor)
    worker = MailWorker()
    with small_disk(write, room_for):
        take_turns(worker, 3)
        claimed_row = dict(mailing.deliveries.values_list("subscriber__email", "state"))
    failures = caplog.messages.count("A mail queue failed. It will be tried again.")
    assert failures > 0
    assert len(claimed_row) == 10
    assert {claimed_row[email] for email in server.recipients()} <= {"sending", "sent"}
    take_turns(worker, 1)
    worker.close()
    work(LEASE + timedelta(seconds=1))
    work(LEASE + timedelta(minutes=10))
    assert states(mailing) == {"sent": 10}
    assert Mailing.objects.get().state == "done"
    got = server.recipients()
    assert sorted(set(got)) == addresses(10)
    for taken in server.taken:  # their own mail, and nothing of another's
        assert taken.content.startswith(b"From: ")
        assert f"\r\nTo: {taken.recipient}\r\n".encode() in taken.content
    doubted = set(mailing.deliveries.filter(doubted=True).values_list("subscriber__email", flat=True))
    assert {email for email in got if got.count(email) > 1} <= doubted
    assert len(got) <= 10 + failures
    assert len(set(server.taken)) == 10  # twice only as the same bytes, the Message-ID included


def test_with_a_full_disk_from_the_start_nothing_is_sent(server, editor):
    make_readers(5)
    mailing = begin(editor)
    worker = MailWorker()
    with small_disk(CLAIMED):
        take_turns(worker, 5)
        assert server.taken == []
    worker.close()
    work(LEASE + timedelta(seconds=1))
    assert server.recipients() == addresses(5)
    assert states(mailing) == {"sent": 5}


def test_an_issue_whose_deliveries_cannot_be_stored_is_not_published(server, editor):
    make_readers(5)
    issue = make_draft()
    with small_disk("INSERT ON newsletters_delivery", room_for=3), pytest.raises(OperationalError, match="full"):
        publishing.publish(issue=issue, by=editor, version=version(issue))
    assert (Issue.objects.get().state, Mailing.objects.count(), Delivery.objects.count()) == ("draft", 0, 0)
    assert work() == 0
    publishing.publish(issue=issue, by=editor, version=version(issue))
    assert work() == 5


def test_a_mail_that_cannot_be_queued_rolls_back_its_action(server):
    form = {"name": "", "organisation": "", "subject_style": "plain", "wording": "Get the newsletter"}
    with small_disk("INSERT ON mscos_queuedemail"), pytest.raises(OperationalError, match="full"):
        subscriptions.sign_up(email="kim@example.org", **form)
    assert (Subscriber.objects.count(), QueuedEmail.objects.count()) == (0, 0)
    subscriptions.sign_up(email="kim@example.org", **form)
    assert Subscriber.objects.get().state == "pending"
    assert work() == 1
    assert server.recipients() == ["kim@example.org"]


@pytest.mark.parametrize("write", ["UPDATE ON mscos_queuedemail", "DELETE ON mscos_queuedemail"])
def test_a_queued_mail_is_not_lost(server, write):
    enqueue(EmailMessage("Your link", "Words", to=["kim@example.org"]))
    worker = MailWorker()
    with small_disk(write):
        take_turns(worker, 1)
        assert QueuedEmail.objects.count() == 1
        assert len(server.taken) == (1 if write.startswith("DELETE") else 0)
    with time_machine.travel(timezone.now() + LEASE, tick=True):
        take_turns(worker, 1)
    worker.close()
    assert QueuedEmail.objects.count() == 0
    assert len(set(server.taken)) == 1  # the one that was in doubt went twice, as one message
