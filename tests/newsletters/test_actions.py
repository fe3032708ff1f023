"""What editors do: the next draft, the order of sections, the preview link, publishing and withdrawing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forums.models import Consultation, Forum, Thread
from mscos.text import render_editorial
from newsletters import actions
from newsletters.content.email import mail_of
from newsletters.models import Issue, Section
from newsletters.preflight.check import findings
from outcomes.models import Resource
from tests.newsletters.conftest import add_section, make_issue, make_subscriber, publish
from tests.outcomes.conftest import make_resource
from tests.people import make_staff

pytestmark = pytest.mark.django_db

HOSTILE = [
    "](https://evil.example) [",
    "[x](https://evil.example)",
    "a\\](https://evil.example)[b",
    "![x](https://evil.example/x.png)",
    "<https://evil.example>",
    "see https://evil.example now",
    "^note",
    "`](https://evil.example)`",
    "*bold* _and_ **more**",
    "a | b\n--- | ---\n1 | 2",
    "one\n\n# two",
    "[^1]: a note",
    "<script>alert(1)</script>",
    "\\",
    "]",
    "[",
]


@pytest.fixture
def kim(db):
    return make_staff("kim@example.org", display_name="Kim")


@pytest.fixture
def plain_issue(db):
    """A draft with words only, which nothing keeps from going out."""
    issue = make_issue(5)
    for heading in ("One", "Two", "Three"):
        add_section(issue, "text", heading=heading, body=f"The words of {heading}.")
    return issue


def seen(issue):
    return actions.look(issue=issue, mail=mail_of(issue))


def order(issue):
    return list(issue.sections.order_by("position", "pk").values_list("heading", "position"))


def writers(history):
    """Return who wrote the rows of a history, oldest first, and what each row is."""
    return [(str(row.history_user), row.history_type) for row in history.order_by("history_id")]


def make_thread(forum, title, opened_on, state="open"):
    return Thread.objects.create(forum=forum, title=title, state=state, opened_on=opened_on, last_on=opened_on)


# The next draft


def test_a_copy_has_the_next_number_and_all_sections_in_order(issue, editor):
    make_issue(8)
    copy = actions.duplicate(issue=issue, by=editor)
    fields = ("number", "slug", "title", "subject", "plain_subject", "preheader", "credits", "state")
    assert [getattr(copy, name) for name in fields] == [
        9,
        "week-9",
        "Week 9: a heading",
        "Week 9: housing",
        "Week 9",
        "What is new",
        "The team",
        "draft",
    ]
    of_old, of_new = (
        [[getattr(row, name) for name in (*actions.COPIED, "body_html")] for row in each.sections.order_by("position")]
        for each in (issue, copy)
    )
    assert of_new == of_old
    assert len(of_new) == 9
    assert writers(copy.history) == [("Robin", "+")]
    assert writers(Section.history.filter(issue_id=copy.pk)) == [("Robin", "+")] * 9


def test_a_copy_of_a_withdrawn_issue_is_a_plain_draft(published_issue, editor):
    actions.withdraw(issue=published_issue, by=editor)
    copy = actions.duplicate(issue=Issue.objects.get(), by=editor)
    state = ("state", "publish_at", "withdrawn_on", "recipient_count", "preview_token", "preview_ends_on")
    assert [getattr(copy, name) for name in state] == ["draft", None, None, None, "", None]


@pytest.mark.parametrize(
    ("title", "renumbered"),
    [
        ("Week 5: 5 things", "Week 6: 5 things"),
        ("15 things in week 5", "15 things in week 6"),
        ("No number", "No number"),
        ("Week 5." + "x" * 113, "Week 6." + "x" * 113),
    ],
)
def test_a_heading_is_renumbered_where_it_holds_the_number(editor, title, renumbered):
    assert actions.duplicate(issue=make_issue(5, title=title), by=editor).title == renumbered


def test_a_longer_number_still_fits_its_column(editor):
    issue = make_issue(9, subject="Week 9 " + "x" * 83)
    assert actions.duplicate(issue=issue, by=editor).subject == "Week 10 " + "x" * 82


def test_a_taken_address_is_not_taken_again(editor):
    issue = make_issue(5, slug="week-6")
    assert actions.duplicate(issue=issue, by=editor).slug == "week-6-2"


def test_the_very_first_draft_starts_from_all_there_is(editor, resource, consultation):
    draft = actions.start_draft(by=editor)
    rows = [(row.kind, row.heading, row.target, row.position) for row in draft.sections.order_by("position")]
    assert (draft.number, draft.slug, draft.title, draft.state) == (1, "week-1", "Week 1", "draft")
    assert rows == [("text", "Welcome", None, 10), ("feature", "", resource, 20), ("call", "", consultation, 30)]
    assert writers(draft.history) == [("Robin", "+")]
    assert writers(Section.history.all()) == [("Robin", "+")] * 3


def test_a_draft_starts_from_what_is_new_since_the_last_issue(published_issue, editor, consultation, outcome):
    today = timezone.localdate()
    # What is there already: the resource was listed long ago, the call stands in the last issue.
    Resource.history.update(history_date=published_issue.publish_at - timedelta(days=1))
    Consultation.objects.update(opens=timezone.localdate(published_issue.publish_at))
    new = make_resource("A new toolkit")
    make_resource("A draft", state="draft")
    forum = Forum.objects.get()
    over = Consultation.objects.create(forum=forum, question="Over?", why="W", opens=today - timedelta(days=9))
    Consultation.objects.filter(pk=over.pk).update(closes=today - timedelta(days=1))
    Consultation.objects.create(forum=forum, question="Later?", why="W", opens=today + timedelta(days=1))
    before = timezone.localdate(published_issue.publish_at) - timedelta(days=1)
    Consultation.objects.create(forum=forum, question="Long open?", why="W", opens=before)
    asked = Consultation.objects.create(forum=forum, question="New?", why="W", opens=today)
    thread = make_thread(forum, "Keys on the first day", today)
    make_thread(forum, "Waiting", None, "waiting")
    make_thread(forum, "Old", timezone.localdate(published_issue.publish_at) - timedelta(days=1))
    draft = actions.start_draft(by=editor)
    *rows, threads = draft.sections.order_by("position")
    assert [(row.kind, row.heading, row.target) for row in rows] == [
        ("text", "Welcome", None),
        ("feature", "", new),
        ("call", "", asked),
    ]
    assert (threads.kind, threads.heading) == ("text", "New in the forums")
    assert threads.body == f"- [Keys on the first day]({thread.get_absolute_url()})"
    assert (draft.number, draft.credits) == (6, "The team")


def test_what_a_withdrawn_issue_told_is_told_again(published_issue, editor, resource):
    actions.withdraw(issue=published_issue, by=editor)
    Resource.history.update(history_date=published_issue.publish_at - timedelta(days=1))
    draft = actions.start_draft(by=editor)
    assert resource in [row.resource for row in draft.sections.all()]


def test_no_more_than_ten_of_a_kind_are_new(editor, outcome):
    for number in range(12):
        make_resource(f"Toolkit {number}")
    forum = Forum.objects.create(outcome=outcome, slug="housing", title="Housing forum", purpose="P")
    for number in range(12):
        make_thread(forum, f"Thread {number}", timezone.localdate())
    draft = actions.start_draft(by=editor)
    assert draft.sections.filter(kind="feature").count() == 10
    assert draft.sections.get(heading="New in the forums").body_html.count("<li>") == 10


def test_nothing_new_is_a_draft_all_the_same(editor):
    draft = actions.start_draft(by=editor)
    assert [(row.kind, row.heading, row.body) for row in draft.sections.all()] == [("text", "Welcome", "")]


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_breaks_out_of_its_link(editor, outcome, title):
    forum = Forum.objects.create(outcome=outcome, slug="housing", title="Housing forum", purpose="P")
    thread = make_thread(forum, title, timezone.localdate())
    body = actions.start_draft(by=editor).sections.get(heading="New in the forums").body
    words = " ".join(title.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    link = f'<a href="{thread.get_absolute_url()}">{words}</a>'
    assert "".join(render_editorial(body).split("\n")) == f"<ul><li>{link}</li></ul>"


# The order of sections


def test_sections_are_numbered_in_steps_of_ten(plain_issue, editor):
    Section.objects.filter(heading="Three").update(position=15)
    actions.order_sections(issue=plain_issue, by=editor)
    assert order(plain_issue) == [("One", 10), ("Three", 20), ("Two", 30)]


def test_only_what_moved_is_written_to_the_history(plain_issue, editor):
    before = Section.history.count()
    actions.order_sections(issue=plain_issue, by=editor)
    assert Section.history.count() == before
    actions.move_section(section=plain_issue.sections.get(heading="Two"), up=True, by=editor)
    rows = Section.history.filter(history_type="~")
    assert {(row.heading, row.position, str(row.history_user)) for row in rows} == {
        ("Two", 10, "Robin"),
        ("One", 20, "Robin"),
    }


@pytest.mark.parametrize(
    ("heading", "up", "headings"),
    [
        ("One", True, ["One", "Two", "Three"]),
        ("One", False, ["Two", "One", "Three"]),
        ("Three", True, ["One", "Three", "Two"]),
        ("Three", False, ["One", "Two", "Three"]),
    ],
)
def test_a_section_changes_places_with_its_neighbour(plain_issue, editor, heading, up, headings):
    actions.move_section(section=plain_issue.sections.get(heading=heading), up=up, by=editor)
    assert order(plain_issue) == [(each, 10 * at) for at, each in enumerate(headings, 1)]


def test_sections_in_one_place_are_moved_apart(plain_issue, editor):
    Section.objects.update(position=7)
    actions.move_section(section=plain_issue.sections.get(heading="Three"), up=True, by=editor)
    assert order(plain_issue) == [("One", 10), ("Three", 20), ("Two", 30)]


def test_a_section_that_is_taken_out_leaves_no_gap(plain_issue, editor):
    two = plain_issue.sections.get(heading="Two")
    actions.take_out(section=two, by=editor)
    actions.take_out(section=two, by=editor)  # somebody else pressed too
    assert order(plain_issue) == [("One", 10), ("Three", 20)]
    assert [(str(row.history_user), row.body) for row in Section.history.filter(history_type="-")] == [
        ("Robin", "The words of Two.")
    ]
    with pytest.raises(actions.NotEditable, match="not in the issue any more"):
        actions.move_section(section=two, up=True, by=editor)


@pytest.mark.parametrize("state", ["scheduled", "sending", "withdrawn"])
def test_sections_stay_where_they_are_once_an_issue_is_on_its_way(plain_issue, editor, state):
    freeze(plain_issue, state)
    section = plain_issue.sections.get(heading="Two")
    for act in (
        lambda: actions.move_section(section=section, up=True, by=editor),
        lambda: actions.take_out(section=section, by=editor),
    ):
        with pytest.raises(actions.NotEditable, match="Week 5 is "):
            act()
    assert order(plain_issue) == [("One", 10), ("Two", 20), ("Three", 30)]


def freeze(issue, state):
    now = timezone.now()
    Issue.objects.filter(pk=issue.pk).update(
        state=state, publish_at=now, withdrawn_on=now.date() if state == "withdrawn" else None
    )


# The preview link


def test_a_new_preview_link_ends_the_old_one(plain_issue, editor):
    first = actions.make_preview(issue=plain_issue, by=editor)
    second = actions.make_preview(issue=plain_issue, by=editor)
    assert list(Issue.objects.by_preview(first.preview_token)) == []
    assert list(Issue.objects.by_preview(second.preview_token)) == [plain_issue]
    assert second.preview_ends_on == timezone.localdate() + timedelta(days=7)
    actions.end_preview(issue=plain_issue, by=editor)
    assert list(Issue.objects.by_preview(second.preview_token)) == []
    assert writers(plain_issue.history) == [("None", "+")]  # a link is no change of the issue


def test_a_published_issue_needs_no_preview_link(published_issue, editor):
    with pytest.raises(actions.AlreadyPublished):
        actions.make_preview(issue=published_issue, by=editor)
    assert Issue.objects.get().preview_token == ""


# Publishing and withdrawing


def test_publishing_opens_the_issue_to_everybody(plain_issue, editor, reader):
    make_subscriber("waiting@example.org", state="pending", consent_on=None, consent_wording="")
    actions.make_preview(issue=plain_issue, by=editor)
    before = timezone.now()
    actions.publish(issue=plain_issue, by=editor, seen=seen(plain_issue))
    issue = Issue.objects.get()
    assert (issue.state, issue.recipient_count, issue.preview_token, issue.preview_ends_on) == ("sending", 1, "", None)
    assert before <= issue.publish_at <= timezone.now()
    assert list(Issue.objects.published()) == [issue]
    newest = issue.history.first()
    assert (newest.state, str(newest.history_user)) == ("sending", "Robin")


def test_the_second_of_two_who_publish_is_told_who_was_first(plain_issue, editor, kim):
    look = seen(plain_issue)
    actions.publish(issue=plain_issue, by=kim, seen=look)
    at = Issue.objects.get().publish_at
    with pytest.raises(actions.AlreadyPublished, match=r"Kim published this on \d+ \w+ \d{4}, \d\d:\d\d\.") as told:
        actions.publish(issue=plain_issue, by=editor, seen=look)
    assert (told.value.when, told.value.who) == (at, "Kim")
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
    look = seen(plain_issue)
    last = model.objects.order_by("pk").last()
    model.objects.filter(pk=last.pk).update(**change)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.publish(issue=plain_issue, by=editor, seen=look)
    assert Issue.objects.get().state == "draft"


def test_whoever_changed_the_issue_last_is_named(plain_issue, editor, kim):
    look = seen(plain_issue)
    section = plain_issue.sections.get(heading="Two")
    section._history_user, section.body = kim, "Other words"
    section.save()
    with pytest.raises(actions.ChangedMeanwhile, match="Kim was the last to change it") as told:
        actions.publish(issue=plain_issue, by=editor, seen=look)
    assert told.value.who == "Kim"


def test_a_look_at_nothing_publishes_nothing(plain_issue, editor):
    with pytest.raises(actions.ChangedMeanwhile, match=r"opened the page\. Look at it again"):
        actions.publish(issue=plain_issue, by=editor, seen="")


def test_what_preflight_stops_is_not_published(plain_issue, editor):
    Section.objects.filter(heading="Two").update(body="", body_html="")
    with pytest.raises(actions.NotReady) as told:
        actions.publish(issue=plain_issue, by=editor, seen=seen(plain_issue))
    assert told.value.findings == [finding for finding in findings(plain_issue) if finding.blocks]
    assert told.value.findings != []
    assert Issue.objects.get().state == "draft"


def test_a_scheduled_issue_is_not_published_by_hand(plain_issue, editor):
    freeze(plain_issue, "scheduled")
    with pytest.raises(actions.NotEditable, match="Week 5 is scheduled"):
        actions.publish(issue=plain_issue, by=editor, seen=seen(plain_issue))
    assert Issue.objects.get().state == "scheduled"


def test_a_withdrawn_issue_says_so_with_its_day(published_issue, editor):
    actions.withdraw(issue=published_issue, by=editor)
    issue = Issue.objects.get()
    assert (issue.state, issue.withdrawn_on) == ("withdrawn", timezone.localdate())
    assert (issue.history.first().state, str(issue.history.first().history_user)) == ("withdrawn", "Robin")
    with pytest.raises(actions.NotEditable, match=r"Week 5 is withdrawn, so it cannot be changed\."):
        actions.withdraw(issue=issue, by=editor)


def test_a_draft_is_not_withdrawn(plain_issue, editor):
    with pytest.raises(actions.NotEditable, match="Only a published issue can be withdrawn"):
        actions.withdraw(issue=plain_issue, by=editor)


def test_changes_are_refused_with_the_reason(plain_issue):
    assert actions.frozen_because(issue=plain_issue) == ""
    assert actions.frozen_because(issue=publish(plain_issue)) == ""
    reasons = []
    for state in ("scheduled", "sending", "withdrawn"):
        freeze(plain_issue, state)
        plain_issue.refresh_from_db()
        reasons.append(actions.frozen_because(issue=plain_issue))
    assert reasons == [
        "Week 5 is scheduled, so it cannot be changed now",
        "Week 5 is being sent, so it cannot be changed now",
        "Week 5 is withdrawn, so it cannot be changed",
    ]
