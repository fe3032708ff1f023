"""Changes in the middle of a batch: by editors, subscribers and other workers."""

import pytest
from django.utils import timezone

from mscos.mail.worker import LEASE, MailWorker
from newsletters import publishing
from newsletters.models import Subscriber
from newsletters.sending import mailings
from newsletters.sending.ledger import RECHECK_SECONDS
from tests.concurrency import all_at_once, elsewhere
from tests.newsletters.sending.helpers import addresses, begin, make_readers, states, work
from tests.people import make_staff
from tests.smtp_server import smtp_server, use

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings):
    """A server so slow that a worker checks for changes before each mail."""
    with smtp_server(seconds_a_mail=1.2 * RECHECK_SECONDS) as running:
        use(running, settings)
        yield running


@pytest.fixture
def editor(db):
    return make_staff("robin@example.org", is_superuser=True)


@pytest.fixture
def mailing(editor):
    """A sending to five subscribers."""
    make_readers(5)
    return begin(editor)


def test_at_every_moment_the_counts_add_up_and_only_the_current_mail_is_open(server, mailing):
    looks = []

    class WatchedWorker(MailWorker):
        def send(self, envelope):
            result = super().send(envelope)
            looks.append(elsewhere(lambda: states(mailing)))
            return result

    assert WatchedWorker().run_slice() == 5
    assert [sum(version_shown.values()) for version_shown in looks] == [5] * 5
    assert [version_shown.get("sent", 0) for version_shown in looks] == [0, 1, 2, 3, 4]
    assert states(mailing) == {"sent": 5}


def test_one_who_unsubscribes_during_their_batch_gets_no_mail(server, mailing):
    def leave():
        if len(server.taken) == 2:
            elsewhere(lambda: Subscriber.objects.filter(email="r4@example.org").delete())
        return False

    work(stopping=leave)
    assert sorted(server.recipients()) == addresses(4)
    assert states(mailing) == {"sent": 4, "withheld": 1}


def test_one_who_changes_address_during_their_batch_gets_it_there(server, mailing):
    def move():
        if len(server.taken) == 2:
            elsewhere(lambda: Subscriber.objects.filter(email="r4@example.org").update(email="new@example.org"))
        return False

    work(stopping=move)
    assert sorted(server.recipients()) == ["new@example.org", *addresses(4)]
    assert states(mailing) == {"sent": 5}


def test_a_paused_sending_stops_after_the_current_mail(server, mailing, editor):
    paused = []

    def pause():
        if len(server.taken) == 2 and not paused:
            paused.append(1)
            elsewhere(lambda: mailings.pause(mailing=mailing))
        return False

    assert work(stopping=pause) == 2
    assert states(mailing) == {"queued": 3, "sent": 2}
    mailings.resume(mailing=mailing)
    assert work() == 3
    assert sorted(server.recipients()) == addresses(5)


def test_an_issue_that_is_withdrawn_meanwhile_is_sent_no_further(server, mailing, editor):

    def withdraw():
        if len(server.taken) == 2:
            elsewhere(lambda: publishing.withdraw(issue=mailing.issue, by=editor))
        return False

    work(stopping=withdraw)
    assert states(mailing) == {"sent": 2, "withheld": 3}
    assert len(server.recipients()) == 2


def test_deliveries_requeued_after_a_stop_are_withheld(server, mailing, editor):
    def refuse_and_stop(step, recipient, _):
        if (step, recipient) != ("rcpt", "r1@example.org"):
            return None
        elsewhere(lambda: mailings.stop(mailing=mailing, by=editor))
        return "450 4.2.0 later"

    server.script = refuse_and_stop
    work()
    work()
    sent = len(server.recipients())
    assert sent in {1, 2}  # a refusal is quick: the worker may not have looked again before the mail after it
    assert states(mailing) == {"sent": sent, "withheld": 5 - sent}


def test_a_worker_that_lost_its_rows_to_another_stores_and_sends_nothing_more(server, mailing):
    def take_over(step, recipient, _):
        if (step, recipient) == ("taken", "r2@example.org"):
            elsewhere(lambda: mailing.deliveries.filter(state="sending").update(due_at=timezone.now() + LEASE))

    server.script = take_over
    assert work() == 3
    assert server.recipients() == addresses(3)
    assert states(mailing) == {"sent": 2, "sending": 3}


def test_many_workers_send_each_mail_once(server, editor):
    server.seconds_a_mail = 0
    make_readers(450)
    mailing = begin(editor)
    all_at_once(*[lambda: work(turns=400)] * 4)
    assert sorted(server.recipients()) == sorted(addresses(450))
    assert states(mailing) == {"sent": 450}
