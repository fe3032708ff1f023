"""Publishing, scheduling and unscheduling from an issue's previews."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mscos.groups import CALL_HANDLERS, EDITORS, MODERATORS
from newsletters.models import Issue, Mailing
from newsletters.sending import mailings
from tests.newsletters.conftest import add_section, make_subscriber
from tests.newsletters.issue_admin.helpers import directives, messages_on, text_of, url, version_shown
from tests.newsletters.sending.helpers import make_draft, make_readers, version
from tests.newsletters.sending_admin.helpers import page
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db

SCHEDULE = ("schedule", "unschedule")
PAST = "That time is past. Choose one to come, or publish now"
CLOCKS = "The clocks change in that hour. Choose another time"


@pytest.fixture
def draft(db):
    return make_draft()


@pytest.fixture
def summer():
    """A day in a future July."""
    return datetime(timezone.now().year + 1, 7, 1, 8, tzinfo=UTC)


def schedule(client, issue, at, **given):
    data = {"at": at, "version": version_shown(client, issue), **given}
    return client.post(url("schedule", issue), data, follow=True)


def last_part(answer):
    """Return the text below the previews."""
    html = answer.content.decode().partition('id="publish">')[2].partition("<footer")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# Publishing


@pytest.mark.parametrize(
    ("readers", "told_first"),
    [
        (0, "Everybody can then read it on the site. Nobody gets it by email: no reader has confirmed."),
        (1, "Everybody can then read it on the site, and 1 confirmed reader gets it by email."),
        (2, "Everybody can then read it on the site, and 2 confirmed readers get it by email."),
    ],
)
def test_the_button_shows_the_number_of_recipients(client, draft, readers, told_first):
    make_readers(readers)
    make_subscriber("waiting@example.org", state="pending", consent_on=None, consent_wording="")
    assert last_part(client.get(url("faces", draft))) == (
        f"Publish Publish and send now {told_first} Goes out at: London time. Schedule"
    )


def test_publishing_links_to_the_sending(client, draft):
    make_readers(3)
    client.post(url("publish", draft), {"version": version_shown(client, draft)})
    answer = client.get(url("faces", draft))
    assert f'<a href="{page(Mailing.objects.get())}">Its sending: being sent</a>' in answer.content.decode()
    assert "Withdraw this issue You will be asked first." in text_of(answer)


def test_the_second_who_publishes_learns_of_the_first_and_there_is_one_sending(client, draft):
    make_readers(3)
    saw = version_shown(client, draft)
    for said in (["Published."], [r"Robin published this on "]):
        messages = messages_on(client.post(url("publish", draft), {"version": saw}, follow=True))
        assert [bool(re.match(pattern, message)) for pattern, message in zip(said, messages, strict=True)] == [True]
    assert (Mailing.objects.count(), Mailing.objects.get().deliveries.count()) == (1, 3)


def test_an_issue_without_recipients_has_no_sending(client, draft):
    client.post(url("publish", draft), {"version": version_shown(client, draft)})
    assert "Its sending" not in text_of(client.get(url("faces", draft)))
    assert (Issue.objects.get().state, Mailing.objects.count()) == ("sent", 0)


def test_an_issue_that_is_being_sent_can_be_withdrawn(client, draft):
    make_readers(3)
    client.post(url("publish", draft), {"version": version_shown(client, draft)})
    assert messages_on(client.post(url("withdraw", draft), follow=True)) == ["Published.", "Withdrawn."]
    assert (Issue.objects.get().state, Mailing.objects.get().state) == ("withdrawn", "stopped")


# Scheduling


def test_a_scheduled_time_is_london_time(client, draft, summer):
    answer = schedule(client, draft, f"{summer.year}-07-01T09:00")
    assert messages_on(answer) == ["Scheduled."]
    issue = Issue.objects.get()
    assert (issue.state, issue.publish_at) == ("scheduled", summer)
    assert last_part(answer) == (
        f"Publish It goes out on {summer:%A} 1 July {summer.year}, 09:00, London time, to whoever is confirmed then."
        " If something has to be mended by then it becomes a draft again and the editors are told."
        " Take it back It is a draft again then, and can be changed."
    )
    assert LogEntry.objects.get().change_message == "Scheduled."
    assert Issue.history.order_by("-history_id").first().history_user.display_name == "Robin"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Give a day and a time"),
        ("soon", "Give a day and a time, like 20/03/2023 09:00"),
        ("2023-03-20T09:00", PAST),
        ("20/03/2023 09:00", PAST),
        ("2045-03-26T01:30", CLOCKS),
        ("2045-10-29T01:30", CLOCKS),
    ],
)
def test_an_invalid_time_is_shown_again_with_the_reason(client, draft, typed, sentence):
    answer = schedule(client, draft, typed)
    assert (answer.status_code, answer.redirect_chain) == (200, [])
    html = answer.content.decode()
    assert re.findall(r'<ul class="errorlist"[^>]*><li>(.*?)</li></ul>', html) == [sentence]
    (field,) = re.findall(r'<input[^>]* name="at"[^>]*>', html)
    kept = [f' value="{typed}"' in field, " autofocus" in field, 'aria-invalid="true"' in field]
    assert kept == [True, True, True]
    assert directives(answer) == directives(client.get(url("faces", draft)))
    assert (Issue.objects.get().state, LogEntry.objects.count()) == ("draft", 0)


def test_a_get_request_has_no_autofocus(client, draft):
    (field,) = re.findall(r'<input[^>]* name="at"[^>]*>', client.get(url("faces", draft)).content.decode())
    assert (" autofocus" in field, 'type="datetime-local"' in field) == (False, True)


def test_an_issue_changed_meanwhile_is_not_scheduled_unseen(client, draft, summer):
    saw = version_shown(client, draft)
    add_section(draft, "text", heading="More", body="More words.")
    answer = schedule(client, draft, f"{summer.year}-07-01T09:00", version=saw)
    assert messages_on(answer) == ["This issue changed after you opened the page. Look at it again, then publish."]
    assert Issue.objects.get().state == "draft"


def test_a_blocked_issue_is_not_scheduled_by_hand(client, draft, summer):
    add_section(draft, "feature")
    answer = schedule(client, draft, f"{summer.year}-07-01T09:00")
    assert messages_on(answer) == ["It cannot be published yet. Mend what is listed under 'Before it goes out'."]
    assert (Issue.objects.get().state, 'name="at"' in answer.content.decode()) == ("draft", False)


def test_an_unscheduled_issue_can_be_changed(client, editor, draft):
    mailings.schedule(issue=draft, at=timezone.now() + timedelta(days=1), by=editor, version=version(draft))
    answer = client.get(url("faces", draft))
    assert f'action="{url("unschedule", draft)}"' in answer.content.decode()
    assert "Publish and send now" not in text_of(answer)
    assert messages_on(client.post(url("unschedule", draft), follow=True)) == ["A draft again."]
    assert (Issue.objects.get().state, Issue.objects.get().publish_at) == ("draft", None)
    assert messages_on(client.post(url("unschedule", draft), follow=True)) == ["Week 5 is not scheduled any more."]
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["A draft again."]


# Permissions and methods


@pytest.mark.parametrize("groups", [[], [MODERATORS], [CALL_HANDLERS]])
def test_only_editors_schedule_and_unschedule(editor, draft, summer, groups):
    client = Client()
    sign_in(client, make_staff("mo@example.org", groups=groups))
    given = {"at": f"{summer.year}-07-01T09:00", "version": version(draft)}
    assert client.post(url("schedule", draft), given).status_code == 403
    assert Issue.objects.get().state == "draft"
    mailings.schedule(issue=draft, at=summer, by=editor, version=version(draft))
    assert client.post(url("unschedule", draft)).status_code == 403
    assert Issue.objects.get().state == "scheduled"
    client = Client()
    assert client.post(url("unschedule", draft))["Location"].startswith("/accounts/login/")
    sign_in(client, make_staff("kim@example.org", groups=[EDITORS]))
    assert client.post(url("unschedule", draft)).status_code == 302
    assert Issue.objects.get().state == "draft"


def test_a_get_request_schedules_nothing(client, draft):
    assert [client.get(url(name, draft)).status_code for name in SCHEDULE] == [405, 405]
    missing = [reverse(f"admin:newsletters_issue_{name}", args=[9]) for name in SCHEDULE]
    assert [client.post(address).status_code for address in missing] == [404, 404]
    assert Issue.objects.get().state == "draft"
