"""The list of issues in the admin, the form of an issue, and its history."""

import re
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils.formats import date_format

from newsletters.admin.issues import IssueAdmin
from newsletters.models import Issue, Section
from tests.newsletters.conftest import add_section, make_issue, publish
from tests.newsletters.helpers import freeze
from tests.newsletters.issue_admin.helpers import (
    ADD,
    COMMANDS,
    FIELDS,
    LIST,
    PREVIEWS,
    add,
    change,
    form_of,
    messages_on,
    opened,
    problems_of,
    text_of,
    url,
)

pytestmark = pytest.mark.django_db


# The list


def test_the_list_shows_the_state_of_each_issue(client, draft):
    publish(make_issue(4))
    rows = [
        [cell for cell in re.sub(r"<[^>]+>", "|", row).split("|") if cell.strip()]
        for row in re.findall(r"<tr><th.*?</tr>", client.get(LIST).content.decode(), re.DOTALL)
    ]
    assert rows == [
        ["Week 5", "Week 5: a heading", "Draft", "-", "2"],
        ["Week 4", "Week 4: a heading", "Published", "20 March 2023", "0"],
    ]


@pytest.mark.parametrize(("query", "found"), [("state__exact=sent", [4]), ("q=words of Two", [5]), ("q=4", [4])])
def test_issues_are_found_by_state_number_and_text(client, draft, query, found):
    publish(make_issue(4))
    assert [issue.number for issue in client.get(f"{LIST}?{query}").context["cl"].result_list] == found


def test_the_list_needs_as_many_queries_for_fifty_issues_as_for_one(client, draft, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(15) as queries:
            client.get(LIST)
        return len(queries)

    one = count()
    for number in range(10, 60):
        add_section(make_issue(number), "text")
    assert count() == one


# A new issue


def test_a_new_issue_is_proposed_with_the_next_number(client, draft):
    assert opened(client, ADD) == {
        "number": 6,
        "slug": "week-6",
        "title": "Week 6: ",
        "subject": "Week 6: ",
        "plain_subject": "Week 6",
        "preheader": "",
        "credits": "The team",
    }


def test_a_new_issue_redirects_to_its_sections(client):
    answer = add(client)
    issue = Issue.objects.get()
    assert answer["Location"] == url("change", issue)
    assert (issue.number, issue.slug, issue.state, issue.title) == (1, "week-1", "draft", "Week 1: a heading")
    assert issue.history.get().history_user.display_name == "Robin"
    page = client.get(answer["Location"])
    links = re.findall(r'href="(/admin/newsletters/section/add/[^"]+)"', page.content.decode())
    assert links == [
        f"{reverse('admin:newsletters_section_add')}?issue={issue.pk}&amp;kind={kind}" for kind in Section.Kind.values
    ]
    assert [client.get(link.replace("&amp;", "&")).status_code for link in links] == [200] * 9


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"number": "5"}, "Another issue has this number"),
        ({"number": "0"}, "Give a number from 1 to 9,999"),
        ({"number": "10000"}, "Give a number from 1 to 9,999"),
        ({"slug": "week-5"}, "Another issue has this address"),
        ({"slug": "feed"}, "Another page has this address. Choose another word, such as week-5"),
        ({"slug": "a b"}, "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
        ({"title": ""}, "This field is required."),
        ({"subject": "Week 6\nBcc: all@example.org"}, "Write this on one line."),
        ({"plain_subject": "Week 6\rBcc: all@example.org"}, "Write this on one line."),
        ({"preheader": "One\u2028two"}, "Write this on one line."),
        ({"subject": "x" * 91}, "Ensure this value has at most 90 characters (it has 91)."),
    ],
)
def test_an_invalid_issue_is_reported_and_what_was_typed_is_kept(client, draft, typed, problem):
    answer = add(client, **{"credits": "Worth keeping", **typed})
    assert (answer.status_code, problems_of(answer)) == (200, [problem])
    assert 'value="Worth keeping"' in answer.content.decode()
    assert Issue.objects.count() == 1


def test_the_next_draft_can_be_a_copy(client, draft):
    answer = client.post(url("duplicate", draft))
    copy = Issue.objects.get(number=6)
    assert answer["Location"] == url("change", copy)
    assert list(copy.sections.values_list("heading", flat=True)) == ["One", "Two"]
    assert messages_on(client.get(answer["Location"])) == ["Week 6 is a draft. Made from Week 5."]


def test_the_next_draft_can_have_what_is_new(client, resource):
    answer = client.post(reverse("admin:newsletters_issue_start"))
    draft = Issue.objects.get()
    assert answer["Location"] == url("change", draft)
    assert list(draft.sections.values_list("kind", flat=True)) == ["text", "feature"]
    assert draft.history.get().history_user.display_name == "Robin"


# The page of an issue


def test_the_page_shows_the_sections_with_their_findings(client, issue, event):
    section = issue.sections.get(kind="feature")
    section.resource.state = "withdrawn"
    section.resource.save()
    text = text_of(client.get(url("change", issue)))
    row = re.search(r"This week&#x27;s feature (A toolkit .*?) Edit section 40", text).group(1)
    assert row.startswith("A toolkit Mend first: ")
    for kind, name in (
        ("Text", "Welcome"),
        ("Reference", "A handbook, pages 1 to 2"),
        ("Call for views", "What would"),
        ("Event", f"A course, {date_format(event.day, 'j F Y')}"),
    ):
        assert f"{kind} {name}" in text
    buttons = re.findall(r"Edit section \d0|Up with section \d0|Down with section \d0|Take out section \d0", text)
    assert len(buttons) == 9 * 4 - 2


def test_the_history_names_the_editor_and_saving_can_stay_on_the_page(client, draft):
    answer = change(client, draft, title="Another heading")
    draft.refresh_from_db()
    assert (answer["Location"], draft.title) == (url("change", draft), "Another heading")
    newest = draft.history.first()
    assert (newest.title, newest.history_user.display_name) == ("Another heading", "Robin")


def test_saving_what_did_not_change_writes_nothing(client, draft):
    before = draft.history.count()
    change(client, draft)
    assert draft.history.count() == before


def test_saving_writes_only_what_was_changed(client, draft):
    """A preview link that is made while the form is open stays."""
    data = opened(client, url("change", draft))
    client.post(url("make_preview", draft))
    link = Issue.objects.get().preview_token
    client.post(url("change", draft), {**data, "title": "Another heading"})
    issue = Issue.objects.get()
    assert (issue.title, issue.preview_token) == ("Another heading", link)
    assert link != ""


def test_saving_leaves_other_columns_unchanged(rf, editor, draft):
    stale = Issue.objects.get()
    publish(draft)
    request = rf.post("/")
    request.user = editor
    stale.title = "Another heading"
    IssueAdmin(Issue, admin.site).save_model(request, stale, SimpleNamespace(changed_data=["title"]), change=True)
    issue = Issue.objects.get()
    assert (issue.title, issue.state) == ("Another heading", "sent")


def test_number_and_slug_are_fixed_once_published(client, draft):
    publish(draft)
    assert list(form_of(client.get(url("change", draft))).fields) == FIELDS[2:]
    change(client, draft, number=7, slug="week-7", title="Corrected")
    draft.refresh_from_db()
    assert (draft.number, draft.slug, draft.title) == (5, "week-5", "Corrected")


def test_a_concurrent_change_is_not_overwritten(client, kim_client, draft):
    data = opened(client, url("change", draft))
    change(kim_client, draft, title="Kim's heading")
    answer = client.post(url("change", draft), {**data, "title": "Robin's heading"})
    assert problems_of(answer) == [
        "Kim changed this issue while you were writing. Your words are below; copy what you need"
    ]
    assert 'value="Robin&#x27;s heading"' in answer.content.decode()
    assert Issue.objects.get().title == "Kim's heading"


@pytest.mark.parametrize("state", ["scheduled", "sending", "withdrawn"])
def test_an_issue_that_is_not_editable_can_only_be_read(client, draft, state):
    data = opened(client, url("change", draft))
    freeze(draft, state)
    page = client.get(url("change", draft))
    assert "cannot be changed" in text_of(page)
    assert re.findall(r'<(?:textarea|select)|<input type="(?:text|number|submit)"', page.content.decode()) == []
    assert re.findall(r"formaction|section/add/", page.content.decode()) == []
    answer = client.post(url("change", draft), {**data, "title": "Mine"})
    (problem,) = problems_of(answer)
    assert re.fullmatch(r"Week 5 is .+, so it cannot be changed.*\. Your words are below; copy what you need", problem)
    assert 'value="Mine"' in answer.content.decode()
    assert Issue.objects.get().title == "Week 5: a heading"


def test_only_drafts_are_deleted(client, draft):
    assert text_of(client.get(url("delete", draft))).count("Week 5, with all its sections") == 1
    assert client.post(url("delete", draft), {"post": "yes"}).status_code == 302
    assert (Issue.objects.count(), Section.objects.count()) == (0, 0)
    published = publish(make_issue(6))
    assert client.post(url("delete", published), {"post": "yes"}).status_code == 403
    assert 'value="delete_selected"' not in client.get(LIST).content.decode()
    assert Issue.objects.get() == published


@pytest.mark.parametrize("page", ["change", "faces", "history"])
def test_a_page_needs_as_many_queries_for_fifty_sections_as_for_one(client, issue, page, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(80) as queries:
            assert client.get(url(page, issue)).status_code == 200
        return len(queries)

    count()  # what is fetched once and kept, such as content types
    few = count()
    for section in list(issue.sections.all()):
        for _ in range(24):
            section.pk = None
            section.save()
    assert issue.sections.count() == 225
    assert count() == few


def test_an_invalid_form_is_shown_with_the_stored_sections(client, draft):
    answer = change(client, draft, slug="a b", title="Kept")
    assert problems_of(answer) == ["Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."]
    assert 'value="Kept"' in answer.content.decode()
    assert "Edit section 20" in text_of(answer)
    assert Issue.objects.get().slug == "week-5"


@pytest.mark.parametrize("address", ["x/history/", "1/history/x/", "x/history/1/", f"{'9' * 30}/history/"])
def test_the_history_of_an_unknown_issue_is_404(client, address):
    for kind in ("issue", "section"):
        assert client.get(f"/admin/newsletters/{kind}/{address}").status_code == 404


def test_an_unknown_issue_is_404(client):
    for name in (*PREVIEWS, "withdraw"):
        assert client.get(reverse(f"admin:newsletters_issue_{name}", args=[9])).status_code == 404
    for name in COMMANDS:
        assert client.post(reverse(f"admin:newsletters_issue_{name}", args=[9])).status_code == 404
    assert client.get(reverse("admin:newsletters_issue_change", args=["x"])).status_code == 302  # Django's own answer
