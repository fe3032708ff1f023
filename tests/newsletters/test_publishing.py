"""Publishing and withdrawing of issues, and preview links of drafts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mscos.refusals import Refused
from mscos.stale import Stale
from newsletters import editing, publishing
from newsletters.content.email import mail_of
from newsletters.models import Issue, Section
from newsletters.preflight.check import findings
from tests.newsletters.conftest import make_subscriber, publish
from tests.newsletters.helpers import freeze, writers
from tests.people import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(db):
    return make_staff("kim@example.org", display_name="Kim")


def version(issue):
    return publishing.issue_version(issue=issue, mail=mail_of(issue))


# The preview link


def test_a_new_preview_link_ends_the_old_one(plain_issue, editor):
    first = publishing.make_preview(issue=plain_issue)
    second = publishing.make_preview(issue=plain_issue)
    assert list(Issue.objects.by_preview(first.preview_token)) == []
    assert list(Issue.objects.by_preview(second.preview_token)) == [plain_issue]
    assert second.preview_ends_on == timezone.localdate() + timedelta(days=7)
    publishing.end_preview(issue=plain_issue)
    assert list(Issue.objects.by_preview(second.preview_token)) == []
    assert writers(plain_issue.history) == [("None", "+")]  # a link is no change of the issue


def test_a_published_issue_needs_no_preview_link(published_issue, editor):
    with pytest.raises(Refused, match=r"published this on|This was published"):
        publishing.make_preview(issue=published_issue)
    assert Issue.objects.get().preview_token == ""


# Publishing and withdrawing


def test_publishing_makes_the_issue_public(plain_issue, editor, reader):
    make_subscriber("waiting@example.org", state="pending", consent_on=None, consent_wording="")
    publishing.make_preview(issue=plain_issue)
    before = timezone.now()
    publishing.publish(issue=plain_issue, by=editor, version=version(plain_issue))
    issue = Issue.objects.get()
    assert (issue.state, issue.recipient_count, issue.preview_token, issue.preview_ends_on) == ("sending", 1, "", None)
    assert before <= issue.publish_at <= timezone.now()
    assert list(Issue.objects.published()) == [issue]
    newest = issue.history.first()
    assert (newest.state, str(newest.history_user)) == ("sending", "Robin")


def test_the_second_of_two_who_publish_learns_who_was_first(plain_issue, editor, kim):
    version_shown = version(plain_issue)
    publishing.publish(issue=plain_issue, by=kim, version=version_shown)
    at = Issue.objects.get().publish_at
    day = f"{timezone.localtime(at):%-d %B %Y, %H:%M}"
    with pytest.raises(Refused, match=rf"^Kim published this on {day}\.$"):
        publishing.publish(issue=plain_issue, by=editor, version=version_shown)
    assert Issue.objects.get().publish_at == at
    assert Issue.history.filter(state="sent").count() == 1


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Section, {"heading": "Another"}),
        (Section, {"body_html": "<p>Other words</p>"}),
        (Section, {"position": 1}),
        (Issue, {"title": "Another heading"}),
        (Issue, {"subject": "Another subject"}),
        (Issue, {"plain_subject": "Another one"}),
        (Issue, {"preheader": "Another line"}),
    ],
)
def test_only_what_the_editor_saw_is_published(plain_issue, editor, model, change):
    version_shown = version(plain_issue)
    last = model.objects.order_by("pk").last()
    model.objects.filter(pk=last.pk).update(**change)
    with pytest.raises(Stale):
        publishing.publish(issue=plain_issue, by=editor, version=version_shown)
    assert Issue.objects.get().state == "draft"


def test_whoever_changed_the_issue_last_is_named(plain_issue, editor, kim):
    version_shown = version(plain_issue)
    section = plain_issue.sections.get(heading="Two")
    section._history_user, section.body = kim, "Other words"
    section.save()
    with pytest.raises(Stale, match=r"page\. Kim was the last to change it\."):
        publishing.publish(issue=plain_issue, by=editor, version=version_shown)


def test_an_empty_version_publishes_nothing(plain_issue, editor):
    with pytest.raises(Stale, match=r"opened the page\. Look at it again"):
        publishing.publish(issue=plain_issue, by=editor, version="")


def test_a_blocked_issue_is_not_published(plain_issue, editor):
    Section.objects.filter(heading="Two").update(body="", body_html="")
    with pytest.raises(publishing.NotReady) as caught:
        publishing.publish(issue=plain_issue, by=editor, version=version(plain_issue))
    assert caught.value.findings == [finding for finding in findings(plain_issue) if finding.blocks]
    assert caught.value.findings != []
    assert Issue.objects.get().state == "draft"


def test_a_scheduled_issue_is_not_published_by_hand(plain_issue, editor):
    freeze(plain_issue, "scheduled")
    with pytest.raises(Refused, match="Week 5 is scheduled"):
        publishing.publish(issue=plain_issue, by=editor, version=version(plain_issue))
    assert Issue.objects.get().state == "scheduled"


def test_a_withdrawn_issue_says_so_with_its_day(published_issue, editor):
    publishing.withdraw(issue=published_issue, by=editor)
    issue = Issue.objects.get()
    assert (issue.state, issue.withdrawn_on) == ("withdrawn", timezone.localdate())
    assert (issue.history.first().state, str(issue.history.first().history_user)) == ("withdrawn", "Robin")
    with pytest.raises(Refused, match=r"Week 5 is withdrawn, so it cannot be changed\."):
        publishing.withdraw(issue=issue, by=editor)


def test_a_draft_is_not_withdrawn(plain_issue, editor):
    with pytest.raises(Refused, match="Only a published issue can be withdrawn"):
        publishing.withdraw(issue=plain_issue, by=editor)


def test_changes_are_refused_with_the_reason(plain_issue):
    assert editing.frozen_because(issue=plain_issue) == ""
    assert editing.frozen_because(issue=publish(plain_issue)) == ""
    reasons = []
    for state in ("scheduled", "sending", "withdrawn"):
        freeze(plain_issue, state)
        plain_issue.refresh_from_db()
        reasons.append(editing.frozen_because(issue=plain_issue))
    assert reasons == [
        "Week 5 is scheduled, so it cannot be changed now",
        "Week 5 is being sent, so it cannot be changed now",
        "Week 5 is withdrawn, so it cannot be changed",
    ]
