"""New drafts, and the order of an issue's sections."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forums.models import Consultation, Forum, Thread
from mscos.refusals import Refused
from mscos.text import render_editorial
from newsletters import drafts, publishing
from newsletters.models import Issue, Section
from outcomes.models import Resource
from tests.newsletters.conftest import make_issue
from tests.newsletters.helpers import freeze, writers
from tests.outcomes.conftest import make_resource

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


def order(issue):
    return list(issue.sections.order_by("position", "pk").values_list("heading", "position"))


def make_thread(forum, title, opened_on, state="open"):
    return Thread.objects.create(forum=forum, title=title, state=state, opened_on=opened_on, last_on=opened_on)


# The next draft


def test_a_copy_has_the_next_number_and_all_sections_in_order(issue, editor):
    make_issue(8)
    copy = drafts.duplicate(issue=issue, by=editor)
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
        [
            [getattr(row, name) for name in (*drafts.COPIED_FIELDS, "body_html")]
            for row in each.sections.order_by("position")
        ]
        for each in (issue, copy)
    )
    assert of_new == of_old
    assert len(of_new) == 9
    assert writers(copy.history) == [("Robin", "+")]
    assert writers(Section.history.filter(issue_id=copy.pk)) == [("Robin", "+")] * 9


def test_a_copy_of_a_withdrawn_issue_is_a_plain_draft(published_issue, editor):
    publishing.withdraw(issue=published_issue, by=editor)
    copy = drafts.duplicate(issue=Issue.objects.get(), by=editor)
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
def test_a_heading_with_the_old_number_gets_the_new_one(editor, title, renumbered):
    assert drafts.duplicate(issue=make_issue(5, title=title), by=editor).title == renumbered


def test_a_longer_number_still_fits_its_column(editor):
    issue = make_issue(9, subject="Week 9 " + "x" * 83)
    assert drafts.duplicate(issue=issue, by=editor).subject == "Week 10 " + "x" * 82


def test_a_slug_that_exists_is_not_used_again(editor):
    issue = make_issue(5, slug="week-6")
    assert drafts.duplicate(issue=issue, by=editor).slug == "week-6-2"


def test_the_first_draft_has_everything(editor, resource, consultation):
    draft = drafts.start_draft(by=editor)
    rows = [(row.kind, row.heading, row.target, row.position) for row in draft.sections.order_by("position")]
    assert (draft.number, draft.slug, draft.title, draft.state) == (1, "week-1", "Week 1", "draft")
    assert rows == [("text", "Welcome", None, 10), ("feature", "", resource, 20), ("call", "", consultation, 30)]
    assert writers(draft.history) == [("Robin", "+")]
    assert writers(Section.history.all()) == [("Robin", "+")] * 3


def test_a_draft_starts_from_what_is_new_since_the_last_issue(published_issue, editor, consultation, outcome):
    today = timezone.localdate()
    # Not new: the resource was listed long ago, the consultation is in the last issue.
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
    draft = drafts.start_draft(by=editor)
    *rows, threads = draft.sections.order_by("position")
    assert [(row.kind, row.heading, row.target) for row in rows] == [
        ("text", "Welcome", None),
        ("feature", "", new),
        ("call", "", asked),
    ]
    assert (threads.kind, threads.heading) == ("text", "New in the forums")
    assert threads.body == f"- [Keys on the first day]({thread.get_absolute_url()})"
    assert (draft.number, draft.credits) == (6, "The team")


def test_what_a_withdrawn_issue_announced_is_announced_again(published_issue, editor, resource):
    publishing.withdraw(issue=published_issue, by=editor)
    Resource.history.update(history_date=published_issue.publish_at - timedelta(days=1))
    draft = drafts.start_draft(by=editor)
    assert resource in [row.resource for row in draft.sections.all()]


def test_a_draft_has_at_most_ten_of_a_kind(editor, outcome):
    for number in range(12):
        make_resource(f"Toolkit {number}")
    forum = Forum.objects.create(outcome=outcome, slug="housing", title="Housing forum", purpose="P")
    for number in range(12):
        make_thread(forum, f"Thread {number}", timezone.localdate())
    draft = drafts.start_draft(by=editor)
    assert draft.sections.filter(kind="feature").count() == 10
    assert draft.sections.get(heading="New in the forums").body_html.count("<li>") == 10


def test_a_draft_without_news_has_a_welcome(editor):
    draft = drafts.start_draft(by=editor)
    assert [(row.kind, row.heading, row.body) for row in draft.sections.all()] == [("text", "Welcome", "")]


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_breaks_out_of_its_link(editor, outcome, title):
    forum = Forum.objects.create(outcome=outcome, slug="housing", title="Housing forum", purpose="P")
    thread = make_thread(forum, title, timezone.localdate())
    body = drafts.start_draft(by=editor).sections.get(heading="New in the forums").body
    words = " ".join(title.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    link = f'<a href="{thread.get_absolute_url()}">{words}</a>'
    assert "".join(render_editorial(body).split("\n")) == f"<ul><li>{link}</li></ul>"


# The order of sections


def test_sections_are_numbered_in_steps_of_ten(plain_issue, editor):
    Section.objects.filter(heading="Three").update(position=15)
    drafts.order_sections(issue=plain_issue, by=editor)
    assert order(plain_issue) == [("One", 10), ("Three", 20), ("Two", 30)]


def test_only_moved_sections_get_history(plain_issue, editor):
    before = Section.history.count()
    drafts.order_sections(issue=plain_issue, by=editor)
    assert Section.history.count() == before
    drafts.move_section(section=plain_issue.sections.get(heading="Two"), up=True, by=editor)
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
def test_a_section_swaps_with_its_neighbour(plain_issue, editor, heading, up, headings):
    drafts.move_section(section=plain_issue.sections.get(heading=heading), up=up, by=editor)
    assert order(plain_issue) == [(each, 10 * at) for at, each in enumerate(headings, 1)]


def test_sections_with_the_same_position_are_separated(plain_issue, editor):
    Section.objects.update(position=7)
    drafts.move_section(section=plain_issue.sections.get(heading="Three"), up=True, by=editor)
    assert order(plain_issue) == [("One", 10), ("Three", 20), ("Two", 30)]


def test_a_removed_section_leaves_no_gap(plain_issue, editor):
    two = plain_issue.sections.get(heading="Two")
    drafts.remove_section(section=two, by=editor)
    drafts.remove_section(section=two, by=editor)  # somebody else pressed too
    assert order(plain_issue) == [("One", 10), ("Three", 20)]
    assert [(str(row.history_user), row.body) for row in Section.history.filter(history_type="-")] == [
        ("Robin", "The words of Two.")
    ]
    with pytest.raises(Refused, match="not in the issue any more"):
        drafts.move_section(section=two, up=True, by=editor)


@pytest.mark.parametrize("state", ["scheduled", "sending", "withdrawn"])
def test_sections_of_an_issue_that_is_not_editable_stay(plain_issue, editor, state):
    freeze(plain_issue, state)
    section = plain_issue.sections.get(heading="Two")
    for act in (
        lambda: drafts.move_section(section=section, up=True, by=editor),
        lambda: drafts.remove_section(section=section, by=editor),
    ):
        with pytest.raises(Refused, match="Week 5 is "):
            act()
    assert order(plain_issue) == [("One", 10), ("Two", 20), ("Three", 30)]
