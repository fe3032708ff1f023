"""What happens in the middle of a batch: the team and readers act, others look, and workers meet."""

import pytest

from mscos.post_office import PostOffice
from newsletters import actions
from newsletters.models import Subscriber
from newsletters.sending import mailings
from tests.at_once import all_at_once, elsewhere
from tests.newsletters.sending.doing import addresses, begin, make_readers, states, work
from tests.people import make_staff
from tests.smtp_server import smtp_server, use

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings):
    with smtp_server() as running:
        use(running, settings)
        yield running


@pytest.fixture
def editor(db):
    return make_staff("robin@example.org", is_superuser=True)


@pytest.fixture
def mailing(editor):
    """A sending to five readers."""
    make_readers(5)
    return begin(editor)


def test_at_every_moment_the_counts_add_up_and_two_rows_at_most_are_in_doubt(server, mailing):
    looks = []

    class WatchedOffice(PostOffice):
        def send(self, envelope, may_go):
            receipt = super().send(envelope, may_go)
            looks.append(elsewhere(lambda: states(mailing)))
            return receipt

    assert WatchedOffice().turn() == 5
    assert [sum(look.values()) for look in looks] == [5] * 5
    assert max(look.get("sending", 0) for look in looks) == 2
    # A row is settled while the next mail is on its way: what another connection sees is one behind at most.
    behind = [turn - look.get("sent", 0) for turn, look in enumerate(looks)]
    assert set(behind) <= {0, 1}
    assert states(mailing) == {"sent": 5}


def test_who_leaves_while_their_batch_is_under_way_gets_none(server, mailing):
    def leave():
        if len(server.taken) == 2:
            elsewhere(lambda: Subscriber.objects.filter(email="r4@example.org").delete())
        return False

    work(stopping=leave)
    assert sorted(server.recipients()) == addresses(4)
    assert states(mailing) == {"sent": 4, "withheld": 1}


def test_a_sending_that_is_paused_stops_after_the_mail_at_hand_and_the_next(server, mailing, editor):
    paused = []

    def pause():
        if len(server.taken) == 2 and not paused:
            paused.append(1)
            elsewhere(lambda: mailings.pause(mailing=mailing, by=editor))
        return False

    assert work(stopping=pause) == 3
    assert states(mailing) == {"queued": 2, "sent": 3}
    mailings.resume(mailing=mailing, by=editor)
    assert work() == 2
    assert sorted(server.recipients()) == addresses(5)


def test_an_issue_that_is_withdrawn_meanwhile_goes_no_further(server, mailing, editor):

    def withdraw():
        if len(server.taken) == 2:
            elsewhere(lambda: actions.withdraw(issue=mailing.issue, by=editor))
        return len(server.taken) > 2

    work(stopping=withdraw)
    sent = len(server.recipients())
    assert sent in {2, 3}  # the mail after it may have been on its way
    assert states(mailing) == {"sent": sent, "withheld": 5 - sent}


def test_what_comes_back_to_the_queue_of_a_stopped_sending_is_withheld(server, mailing, editor):
    def refuse_and_stop(step, recipient, _):
        if (step, recipient) != ("rcpt", "r1@example.org"):
            return None
        elsewhere(lambda: mailings.stop(mailing=mailing, by=editor))
        return "450 4.2.0 later"

    server.script = refuse_and_stop
    work()
    work()
    sent = len(server.recipients())
    assert sent in {1, 2}  # the mail after it may have been on its way
    assert states(mailing) == {"sent": sent, "withheld": 5 - sent}


def test_many_workers_send_each_mail_once(server, editor):
    make_readers(450)
    mailing = begin(editor)
    all_at_once(*[lambda: work(turns=400)] * 4)
    assert sorted(server.recipients()) == sorted(addresses(450))
    assert states(mailing) == {"sent": 450}
