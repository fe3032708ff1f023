"""Actions of editors on a sending: schedule, pause, stop, retry."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from mscos.groups import EDITORS, MODERATORS
from mscos.refusals import Refused
from newsletters import publishing
from newsletters.admin_forms import ScheduleForm
from newsletters.models import Delivery, Issue, Mailing, Subscriber
from newsletters.sending import mailings
from tests.mailbox import sent_mail
from tests.newsletters.conftest import add_section
from tests.newsletters.sending.helpers import addresses, begin, make_draft, make_readers, states, version, work
from tests.people import make_staff

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime(2027, 1, 1, 12, tzinfo=UTC)
CLOCKS_CHANGE = ["The clocks change in that hour. Choose another time"]
NOT_NOW = "It is not being sent now, so it cannot be paused."
NOT_PAUSED = "It is not paused, so it cannot go on."
ENDED = "It has ended already."
STOPPED = "This sending was stopped for good."
NONE_FAILED = "No failed delivery can be tried again."
NONE_UNCERTAIN = "No delivery is uncertain any more."


@pytest.fixture
def readers(db):
    return make_readers(5)


@pytest.fixture
def mailing(editor, readers):
    """A sending to five subscribers before the first mail."""
    return begin(editor)


def typed(words):
    """Return the form with a time that an editor typed on New Year's Day 2027, and whether it is valid."""
    with time_machine.travel(NEW_YEAR, tick=False):
        form = ScheduleForm({"at": words})
        form.is_valid()
        return form


def scheduled(editor, at):
    """Return a scheduled draft."""
    draft = make_draft()
    return mailings.schedule(issue=draft, at=at, by=editor, version=version(draft))


def loop(at):
    """Run the job of scheduled issues at that moment; return the state of the issue."""
    with time_machine.travel(at, tick=False):
        mailings.send_scheduled()
    return Issue.objects.get().state


def mail_by(at):
    """Run a worker at that moment; return the recipients of all mails so far."""
    with time_machine.travel(at, tick=True):
        return [message.to[0] for message in sent_mail()]


def refusal(act, **given):
    with pytest.raises(Refused) as refused:
        act(**given)
    return str(refused.value)


def put(mailing, state, *emails):
    """Put the deliveries of some subscribers into a state; return the counts of all states."""
    mailing.deliveries.filter(subscriber__email__in=emails).update(state=state)
    return states(mailing)


def end(mailing, state="done"):
    """Mark a sending as done, whatever its deliveries are."""
    Mailing.objects.update(state=state, finished_at=timezone.now())
    Issue.objects.update(state="sent")
    mailing.refresh_from_db()


# Scheduling


def test_a_time_that_is_past_is_refused(editor):
    draft = make_draft()
    sentence = refusal(mailings.schedule, issue=draft, at=timezone.now(), by=editor, version=version(draft))
    assert sentence == "That time is past. Choose one to come, or publish now."
    assert typed("2027-01-01T12:00").errors == {"at": ["That time is past. Choose one to come, or publish now"]}
    assert typed("2027-01-01T12:01").errors == {}
    assert Issue.objects.get().state == "draft"


@pytest.mark.parametrize(
    "words", ["2027-03-28T01:00", "2027-03-28T01:59", "28/03/2027 01:30", "2027-10-31T01:00", "2027-10-31T01:59"]
)
def test_a_local_time_that_the_clocks_skip_or_repeat_is_refused(words):
    assert typed(words).errors == {"at": CLOCKS_CHANGE}


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("2027-01-02T09:00", datetime(2027, 1, 2, 9, tzinfo=UTC)),
        ("2027-07-01T09:00", datetime(2027, 7, 1, 8, tzinfo=UTC)),
        ("2027-03-28T00:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        ("2027-03-28T02:00", datetime(2027, 3, 28, 1, tzinfo=UTC)),
        ("2027-10-31T00:59", datetime(2027, 10, 30, 23, 59, tzinfo=UTC)),
        ("2027-10-31T02:00", datetime(2027, 10, 31, 2, tzinfo=UTC)),
    ],
)
def test_an_issue_is_published_at_its_scheduled_time_in_london(editor, readers, words, moment):
    with time_machine.travel(NEW_YEAR, tick=False):
        scheduled(editor, typed(words).cleaned_data["at"])
    assert loop(moment - timedelta(seconds=1)) == "scheduled"
    assert loop(moment) == "sending"
    issue = Issue.objects.get()
    assert (issue.publish_at, issue.recipient_count, states(Mailing.objects.get())) == (moment, 5, {"queued": 5})


def test_an_overdue_issue_is_published_once_when_the_worker_is_back(editor, readers):
    scheduled(editor, timezone.now() + timedelta(hours=1))
    back = timezone.now() + timedelta(days=3)
    assert [loop(back), loop(back + timedelta(minutes=1))] == ["sending", "sending"]
    assert mail_by(back) == addresses(5)
    assert loop(back + timedelta(days=1)) == "sent"
    assert mail_by(back + timedelta(days=1)) == addresses(5)
    assert (Mailing.objects.count(), Issue.history.filter(state="sending").count()) == (1, 1)
    assert Issue.objects.get().publish_at == back


def test_recipients_are_those_confirmed_at_the_scheduled_time(editor, readers):
    scheduled(editor, timezone.now() + timedelta(hours=1))
    readers[0].delete()
    make_readers(1)
    Subscriber.objects.filter(email="r1@example.org").update(state="bounced")
    later = timezone.now() + timedelta(hours=1)
    loop(later)
    assert sorted(mail_by(later)) == [f"r{each}@example.org" for each in (0, 2, 3, 4)]
    assert Issue.objects.get().recipient_count == 4


def test_a_scheduled_issue_is_published_in_the_name_of_its_scheduler(editor, readers):
    scheduled(editor, timezone.now() + timedelta(hours=1))
    loop(timezone.now() + timedelta(hours=1))
    newest = Issue.history.order_by("-history_id").first()
    assert (newest.state, newest.history_user) == ("sending", editor)


def test_a_scheduled_issue_that_is_blocked_becomes_a_draft_and_editors_are_notified(editor, readers, resource):
    make_staff("kim@example.org", groups=[EDITORS])
    make_staff("gone@example.org", groups=[EDITORS], is_active=False)
    make_staff("mo@example.org", groups=[MODERATORS])
    draft = make_draft()
    add_section(draft, "feature", resource=resource)
    at = timezone.now() + timedelta(hours=1)
    mailings.schedule(issue=draft, at=at, by=editor, version=version(draft))
    resource.state = "withdrawn"
    resource.save()
    assert [loop(at), loop(at + timedelta(hours=1))] == ["draft", "draft"]
    assert (Issue.objects.get().publish_at, Mailing.objects.count()) == (None, 0)
    assert Issue.history.order_by("-history_id").first().history_user is None
    assert sorted(mail_by(at)) == ["kim@example.org", "robin@example.org"]
    messages = sent_mail()
    assert {(message.subject, message.body.strip()) for message in messages} == {
        (
            "An issue did not go out",
            "Week 5 was to go out at a set time and did not: something in it has to be mended first."
            " It is a draft again.\n\nSee what to mend, then publish it or give it a new time:\n"
            f"http://testserver/admin/newsletters/issue/{draft.pk}/faces/",
        )
    }
    everything = "".join(str(message.message()) for message in messages)
    assert [word for word in ("toolkit", "housing", "Welcome", "heading", "Words.") if word in everything] == []


def test_a_blocked_scheduled_issue_does_not_stop_others(editor, readers, resource):
    at = timezone.now() + timedelta(hours=1)
    drafts = [make_draft(5), make_draft(6)]
    add_section(drafts[0], "feature", resource=resource)
    for draft in drafts:
        mailings.schedule(issue=draft, at=at, by=editor, version=version(draft))
    resource.state = "withdrawn"
    resource.save()
    with time_machine.travel(at, tick=False):
        mailings.send_scheduled()
    assert list(Issue.objects.order_by("number").values_list("state", flat=True)) == ["draft", "sending"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "scheduled"}, "Week 5 is scheduled, so it cannot be changed now"),
        ({"state": "sent"}, "This was published on"),
        ({"subject": "Other words"}, "This issue changed after you opened the page"),
        ({"credits": "here be dragons"}, "This issue changed after you opened the page"),
    ],
)
def test_only_what_could_be_published_is_scheduled(editor, change, sentence):
    draft = make_draft()
    looked_at = version(draft)
    Issue.objects.update(publish_at=timezone.now(), **change)
    with pytest.raises(Refused, match=sentence):
        mailings.schedule(issue=draft, at=timezone.now() + timedelta(days=1), by=editor, version=looked_at)


def test_an_issue_that_is_not_ready_is_not_scheduled(editor):
    draft = make_draft()
    add_section(draft, "feature")
    with pytest.raises(publishing.NotReady):
        mailings.schedule(issue=draft, at=timezone.now() + timedelta(days=1), by=editor, version=version(draft))
    assert Issue.objects.get().state == "draft"


def test_an_unscheduled_issue_is_a_draft_and_is_not_published(editor, readers):
    at = timezone.now() + timedelta(hours=1)
    issue = scheduled(editor, at)
    assert mailings.unschedule(issue=issue, by=editor).publish_at is None
    assert loop(at) == "draft"
    assert refusal(mailings.unschedule, issue=issue, by=editor) == "Week 5 is not scheduled any more."
    assert Issue.history.order_by("-history_id").first().history_user == editor


def test_a_published_issue_is_not_unscheduled(editor, readers):
    issue = scheduled(editor, timezone.now() + timedelta(hours=1))
    loop(timezone.now() + timedelta(hours=1))
    assert refusal(mailings.unschedule, issue=issue, by=editor) == "Week 5 is not scheduled any more."
    assert Issue.objects.get().state == "sending"


# Pause, stop, withdraw


def test_a_paused_sending_waits_until_it_is_resumed(mailing, editor):
    mailings.pause(mailing=mailing)
    assert (len(sent_mail()), states(mailing)) == (0, {"queued": 5})
    assert refusal(mailings.pause, mailing=mailing) == NOT_NOW
    mailings.resume(mailing=mailing)
    assert refusal(mailings.resume, mailing=mailing) == NOT_PAUSED
    assert (len(sent_mail()), states(mailing)) == (5, {"sent": 5})


@pytest.mark.parametrize("state", ["done", "stopped"])
def test_an_ended_sending_is_neither_paused_nor_resumed(mailing, editor, state):
    end(mailing, state)
    assert refusal(mailings.pause, mailing=mailing) == NOT_NOW
    assert refusal(mailings.resume, mailing=mailing) == NOT_PAUSED
    assert Mailing.objects.get().state == state


@pytest.mark.parametrize("paused", [False, True])
def test_a_stopped_sending_withholds_the_waiting_deliveries(mailing, editor, paused):
    put(mailing, "sent", "r0@example.org")
    put(mailing, "sending", "r1@example.org")
    put(mailing, "failed", "r2@example.org")
    if paused:
        mailings.pause(mailing=mailing)
    mailings.stop(mailing=mailing, by=editor)
    mailing.refresh_from_db()
    assert states(mailing) == {"sending": 1, "sent": 1, "failed": 1, "withheld": 2}
    assert (mailing.state, Issue.objects.get().state) == ("stopped", "sent")
    assert mailing.finished_at is not None
    assert sent_mail() == []
    assert refusal(mailings.stop, mailing=mailing, by=editor) == ENDED
    assert Issue.history.order_by("-history_id").first().history_user == editor


def test_a_done_sending_is_not_stopped(mailing, editor):
    sent_mail()
    assert refusal(mailings.stop, mailing=mailing, by=editor) == ENDED
    assert (Mailing.objects.get().state, states(mailing)) == ("done", {"sent": 5})


def test_withdrawing_an_issue_ends_its_sending(mailing, editor):
    put(mailing, "sent", "r0@example.org")
    publishing.withdraw(issue=mailing.issue, by=editor)
    mailing.refresh_from_db()
    assert (mailing.state, Issue.objects.get().state) == ("stopped", "withdrawn")
    assert states(mailing) == {"sent": 1, "withheld": 4}
    assert sent_mail() == []


# Sending again


def test_failed_deliveries_are_retried_for_confirmed_subscribers(mailing, editor):
    sent_mail()
    put(mailing, "failed", "r0@example.org", "r1@example.org", "r2@example.org")
    Delivery.objects.filter(state="failed").update(attempts=6)
    Subscriber.objects.filter(email="r1@example.org").update(state="bounced")
    Subscriber.objects.filter(email="r2@example.org").delete()
    assert mailings.retry_failed(mailing=mailing, by=editor) == 1
    mailing.refresh_from_db()
    assert (mailing.state, mailing.finished_at, Issue.objects.get().state) == ("running", None, "sending")
    assert list(mailing.deliveries.filter(state="queued").values_list("attempts", flat=True)) == [0]
    assert [message.to for message in sent_mail()[5:]] == [["r0@example.org"]]
    assert (states(mailing), Mailing.objects.get().state) == ({"sent": 3, "failed": 2}, "done")
    assert refusal(mailings.retry_failed, mailing=mailing, by=editor) == NONE_FAILED


@pytest.mark.parametrize("act", [mailings.retry_failed, mailings.send_uncertain_again])
def test_retried_deliveries_of_a_paused_sending_wait(mailing, editor, act):
    put(mailing, "failed" if act is mailings.retry_failed else "uncertain", "r0@example.org")
    mailings.pause(mailing=mailing)
    assert act(mailing=mailing, by=editor) == 1
    assert (states(mailing), Mailing.objects.get().state, len(sent_mail())) == ({"queued": 5}, "paused", 0)


@pytest.mark.parametrize("act", [mailings.retry_failed, mailings.send_uncertain_again])
def test_deliveries_of_stopped_or_withdrawn_issues_are_not_retried(mailing, editor, act, settings):
    settings.RESEND_UNCERTAIN = False
    put(mailing, "failed", "r0@example.org")
    left = put(mailing, "uncertain", "r1@example.org")
    end(mailing, "stopped")
    assert refusal(act, mailing=mailing, by=editor) == STOPPED
    end(mailing)
    publishing.withdraw(issue=mailing.issue, by=editor)
    assert refusal(act, mailing=mailing, by=editor) == "Week 5 is withdrawn."
    assert (states(mailing), Issue.objects.get().state, Mailing.objects.get().state) == (left, "withdrawn", "done")


def test_uncertain_deliveries_can_be_resent(mailing, editor):
    sent_mail()
    put(mailing, "uncertain", "r0@example.org", "r1@example.org")
    end(mailing)
    mailing.deliveries.update(due_at=timezone.now() + timedelta(hours=1))
    assert mailings.send_uncertain_again(mailing=mailing, by=editor) == 2
    assert [message.to for message in sent_mail()[5:]] == [["r0@example.org"], ["r1@example.org"]]
    assert refusal(mailings.send_uncertain_again, mailing=mailing, by=editor) == NONE_UNCERTAIN


def test_uncertain_deliveries_marked_as_sent_are_not_resent(mailing, editor):
    put(mailing, "uncertain", "r0@example.org", "r1@example.org")
    assert mailings.take_uncertain_as_sent(mailing=mailing) == 2
    assert work() == 3
    assert (states(mailing), Mailing.objects.get().state) == ({"sent": 5}, "done")
    assert refusal(mailings.take_uncertain_as_sent, mailing=mailing) == NONE_UNCERTAIN


def test_a_command_affects_only_its_own_sending(mailing, editor):
    other = begin(editor, number=6)
    for each in (mailing, other):
        put(each, "failed", "r0@example.org")
        put(each, "uncertain", "r1@example.org")
    mailings.retry_failed(mailing=mailing, by=editor)
    mailings.take_uncertain_as_sent(mailing=mailing)
    put(mailing, "uncertain", "r1@example.org")
    mailings.send_uncertain_again(mailing=mailing, by=editor)
    mailings.stop(mailing=mailing, by=editor)
    assert states(other) == {"queued": 3, "uncertain": 1, "failed": 1}
    other.refresh_from_db()
    assert (other.state, other.issue.state) == ("running", "sending")
