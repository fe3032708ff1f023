"""Concurrent editors and workers: an issue is published once, and failed deliveries are queued once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from newsletters import publishing
from newsletters.models import Issue, Mailing
from newsletters.sending import mailings
from tests.mailbox import sent_mail
from tests.newsletters.helpers import at_once
from tests.newsletters.sending.helpers import addresses, begin, make_draft, make_readers, states, version
from tests.people import make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor(db):
    """Robin, a superuser, since these tests empty all tables, the groups' permissions included."""
    return make_staff("robin@example.org", is_superuser=True)


@pytest.fixture
def readers(db):
    return make_readers(5)


def recipients():
    """Return the recipients of all mails."""
    return sorted(message.to[0] for message in sent_mail())


def test_one_of_two_who_press_publish_sends(editor, readers):
    draft = make_draft()
    looked_at = version(draft)
    publish = [lambda: publishing.publish(issue=draft, by=editor, version=looked_at).state] * 2
    assert at_once(*publish) == ["Refused", "sending"]
    assert states(Mailing.objects.get()) == {"queued": 5}
    assert recipients() == addresses(5)


def test_one_of_two_workers_publishes_what_is_due(editor, readers):
    draft, at = make_draft(), timezone.now() + timedelta(hours=1)
    mailings.schedule(issue=draft, at=at, by=editor, version=version(draft))
    with time_machine.travel(at):
        at_once(*[lambda: str(mailings.send_scheduled())] * 2)
        assert states(Mailing.objects.get()) == {"queued": 5}
        assert Issue.history.filter(state="sending").count() == 1
        assert recipients() == addresses(5)


def test_unscheduling_at_the_scheduled_time_happens_before_or_after_publishing(editor, readers):
    draft, at = make_draft(), timezone.now() + timedelta(hours=1)
    mailings.schedule(issue=draft, at=at, by=editor, version=version(draft))
    with time_machine.travel(at):
        done = at_once(
            lambda: str(mailings.send_scheduled()), lambda: mailings.unschedule(issue=draft, by=editor).state
        )
    ways = {("None", "draft"): ("draft", 0), ("None", "Refused"): ("sending", 1)}
    assert (Issue.objects.get().state, Mailing.objects.count()) == ways[tuple(done)]


def test_one_of_two_who_schedule_sets_the_time(editor):
    draft, day = make_draft(), timezone.now() + timedelta(days=1)
    looked_at = version(draft)
    schedule = [lambda: mailings.schedule(issue=draft, at=day, by=editor, version=looked_at).state] * 2
    assert at_once(*schedule) == ["Refused", "scheduled"]
    assert Issue.history.filter(state="scheduled").count() == 1


def test_one_of_two_retries_the_failed_deliveries(editor, readers):
    mailing = begin(editor)
    sent_mail()
    mailing.deliveries.filter(subscriber=readers[0]).update(state="failed")
    retry = [lambda: str(mailings.retry_failed(mailing=mailing, by=editor))] * 2
    assert at_once(*retry) == ["1", "Refused"]
    assert Issue.history.filter(state="sending").count() == 2
    assert recipients() == sorted([*addresses(5), "r0@example.org"])


def test_one_of_two_stops(editor, readers):
    mailing = begin(editor)
    assert at_once(*[lambda: str(mailings.stop(mailing=mailing, by=editor))] * 2) == ["None", "Refused"]
    assert (Issue.history.filter(state="sent").count(), states(mailing), recipients()) == (1, {"withheld": 5}, [])
