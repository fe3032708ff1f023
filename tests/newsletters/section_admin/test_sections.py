"""Sections in the admin: add, change, move, remove, and concurrent changes."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from mscos.groups import MODERATORS
from newsletters.models import Section
from outcomes.models import Outcome
from tests.events.conftest import make_event
from tests.newsletters.conftest import add_section, make_issue, publish
from tests.newsletters.helpers import freeze
from tests.newsletters.section_admin.helpers import (
    add,
    add_url,
    change,
    change_url,
    labels,
    opened,
    problems_of,
    sections_of,
    text_of,
)
from tests.outcomes.conftest import make_resource
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db


# Changing


def test_a_change_is_written_with_its_author(client, draft):
    section = add_section(draft, "text", heading="One", body="Old")
    answer = change(client, section, body="New **words**")
    section.refresh_from_db()
    assert answer["Location"] == sections_of(draft)
    assert section.body_html.strip() == "<p>New <strong>words</strong></p>"
    newest = section.history.first()
    assert (newest.body, newest.history_user.display_name) == ("New **words**", "Robin")


def test_the_kind_stays(client, draft):
    section = add_section(draft, "text", heading="One", body="Old")
    assert "Week 5: text" in text_of(client.get(change_url(section)))
    change(client, section, kind="notice", issue=make_issue(6).pk)
    section.refresh_from_db()
    assert (section.kind, section.issue) == ("text", draft)


def test_a_section_moves_by_its_position(client, draft):
    one, two = (add_section(draft, "text", heading=heading, body="B") for heading in ("One", "Two"))
    change(client, one, position="25")
    assert list(draft.sections.values_list("heading", "position")) == [("Two", 10), ("One", 20)]
    change(client, two, position="")
    assert list(draft.sections.values_list("heading", "position")) == [("One", 10), ("Two", 20)]


def test_a_stale_form_does_not_move_a_section_back(client, kim_client, draft):
    one, _ = (add_section(draft, "text", heading=heading, body="B") for heading in ("One", "Two"))
    data = opened(client, change_url(one))
    kim_client.post(reverse("admin:newsletters_section_move", args=[one.pk]), {"to": "down"})
    assert client.post(change_url(one), {**data, "body": "New"}).status_code == 302
    rows = draft.sections.values_list("heading", "body", "position")
    assert list(rows) == [("Two", "B", 10), ("One", "New", 20)]


def test_a_concurrent_change_is_not_overwritten(client, kim_client, draft):
    section = add_section(draft, "text", heading="One", body="Old")
    data = opened(client, change_url(section))
    change(kim_client, section, body="Kim's words")
    kim_client.post(reverse("admin:newsletters_section_move", args=[section.pk]), {"to": "up"})
    answer = client.post(change_url(section), {**data, "body": "Robin's words"})
    assert problems_of(answer) == [
        "Kim changed this section while you were writing. Your words are below; copy what you need"
    ]
    assert "Robin&#x27;s words</textarea>" in answer.content.decode()
    assert "Open it as it is now, in a new tab" in text_of(answer)
    assert Section.objects.get().body == "Kim's words"
    assert client.post(change_url(section), {**data, "body": "Robin's words"}).status_code == 200  # nor the second time
    assert Section.objects.get().body == "Kim's words"


def test_another_choice_is_a_change_too(client, kim_client, issue):
    section = issue.sections.get(kind="feature")
    data = opened(client, change_url(section))
    change(kim_client, section, target=make_resource("Another").pk)
    answer = client.post(change_url(section), {**data, "heading": "Mine"})
    assert "Kim changed this section while you were writing" in text_of(answer)
    assert answer.status_code == 200


def test_text_for_a_removed_section_is_kept_in_the_form(client, kim_client, draft):
    section = add_section(draft, "text", heading="One", body="Old")
    data = opened(client, change_url(section))
    kim_client.post(reverse("admin:newsletters_section_take_out", args=[section.pk]))
    answer = client.post(change_url(section), {**data, "body": "Robin's words"})
    assert answer.status_code == 410
    assert "Kim took this section out on " in text_of(answer)
    assert "Robin&#x27;s words" in answer.content.decode()
    assert Section.objects.count() == 0
    assert client.get(change_url(section)).status_code == 410


# Moving and removing


def test_buttons_move_and_remove_sections(client, draft):
    for heading in ("One", "Two", "Three"):
        add_section(draft, "text", heading=heading, body="B")
    two = draft.sections.get(heading="Two")
    move = reverse("admin:newsletters_section_move", args=[two.pk])
    assert client.post(move, {"to": "up"})["Location"] == sections_of(draft)
    assert list(draft.sections.values_list("heading", flat=True)) == ["Two", "One", "Three"]
    client.post(move, {"to": "down"})
    assert list(draft.sections.values_list("heading", flat=True)) == ["One", "Two", "Three"]
    answer = client.post(reverse("admin:newsletters_section_take_out", args=[two.pk]))
    assert answer["Location"] == sections_of(draft)
    assert list(draft.sections.values_list("heading", "position")) == [("One", 10), ("Three", 20)]


def test_the_delete_page_redirects_to_the_issue(client, draft):
    one, two = (add_section(draft, "text", heading=heading, body="B") for heading in ("One", "Two"))
    answer = client.post(reverse("admin:newsletters_section_delete", args=[one.pk]), {"post": "yes"})
    assert answer["Location"] == sections_of(draft)
    assert list(draft.sections.values_list("pk", "position")) == [(two.pk, 10)]


def test_the_log_names_the_issue_without_its_text(client, draft):
    add(client, draft, "text", heading="Telling", body="Words")
    section = Section.objects.get()
    change(client, section, body="Others")
    client.post(reverse("admin:newsletters_section_move", args=[section.pk]), {"to": "up"})
    client.post(reverse("admin:newsletters_section_take_out", args=[section.pk]))
    entries = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")
    name = f"Text, section {section.pk}."
    assert list(entries) == [("Week 5", f"{done}: {name}") for done in ("Added", "Changed", "Moved", "Taken out")]


# An issue that is not editable


@pytest.mark.parametrize("state", ["scheduled", "sending", "withdrawn"])
def test_a_section_that_is_not_editable_can_only_be_read(client, issue, state):
    section = issue.sections.get(kind="feature")
    data = opened(client, change_url(section))
    freeze(issue, state)
    page = client.get(change_url(section))
    assert "cannot be changed" in text_of(page)
    assert "A toolkit" in text_of(page)
    assert re.findall(r'<(?:textarea|select)|<input type="(?:text|submit)"', page.content.decode()) == []
    answer = client.post(change_url(section), {**data, "heading": "Mine"})
    assert answer.status_code == 200
    (told,) = problems_of(answer)
    assert re.fullmatch(r"Week 5 is .+, so it cannot be changed.*\. Your words are below; copy what you need", told)
    assert 'value="Mine"' in answer.content.decode()
    assert Section.objects.get(pk=section.pk).heading == ""


@pytest.mark.parametrize("state", ["scheduled", "sending", "withdrawn"])
def test_nothing_is_added_moved_or_removed_while_not_editable(client, issue, state):
    url = add_url(issue, "text")
    data = opened(client, url)
    freeze(issue, state)
    section = issue.sections.first()
    assert client.get(url, follow=True).redirect_chain == [(sections_of(issue).removesuffix("#sections"), 302)]
    answer = client.post(url, {**data, "body": "My words"})
    assert "My words</textarea>" in answer.content.decode()
    for act in ("move", "take_out"):
        done = client.post(reverse(f"admin:newsletters_section_{act}", args=[section.pk]), {"to": "down"}, follow=True)
        assert "cannot be changed" in text_of(done)
    assert (
        client.post(reverse("admin:newsletters_section_delete", args=[section.pk]), {"post": "yes"}).status_code == 403
    )
    assert issue.sections.count() == 9
    assert issue.sections.first() == section


def test_a_published_issue_is_corrected_on_the_web(client, issue):
    publish(issue)
    section = issue.sections.get(kind="text")
    assert change(client, section, body="Corrected").status_code == 302
    assert Section.objects.get(pk=section.pk).body == "Corrected"


# Permissions and other rules


def test_sections_are_for_editors(issue):
    client = Client()
    sign_in(client, make_staff("mo@example.org", groups=[MODERATORS]))
    section = issue.sections.first()
    assert client.get(add_url(issue, "text")).status_code == 403
    assert client.post(add_url(issue, "text"), {"heading": "H"}).status_code == 403
    for name in ("change", "delete", "history"):
        assert client.get(reverse(f"admin:newsletters_section_{name}", args=[section.pk])).status_code == 403, name
    for name in ("change", "delete", "move", "take_out"):
        assert client.post(reverse(f"admin:newsletters_section_{name}", args=[section.pk])).status_code == 403, name
    assert issue.sections.count() == 9


def test_a_get_request_moves_nothing(client, issue):
    section = issue.sections.first()
    for name in ("move", "take_out"):
        assert client.get(reverse(f"admin:newsletters_section_{name}", args=[section.pk])).status_code == 405


def test_sections_have_no_list(client, issue):
    assert "/admin/newsletters/section/" not in client.get("/admin/").content.decode()
    answer = client.get(reverse("admin:newsletters_section_changelist"))
    assert answer["Location"] == reverse("admin:newsletters_issue_changelist")


def test_an_old_version_can_be_read_and_not_restored(client, issue):
    section = issue.sections.get(kind="text")
    first = section.history.get()
    change(client, section, body="New")
    url = reverse("admin:newsletters_section_simple_history", args=[section.pk, first.history_id])
    page = client.get(url)
    assert "Thank you, **all**" in page.content.decode()
    assert 'value="Revert"' not in page.content.decode()
    assert client.post(url, opened(client, change_url(section))).status_code == 403
    assert Section.objects.get(pk=section.pk).body == "New"


def test_the_page_needs_as_many_queries_for_fifty_references_as_for_one(
    client, draft, reference, django_assert_max_num_queries
):
    def count():
        with django_assert_max_num_queries(12) as queries:
            client.get(add_url(draft, "reference"))
        return len(queries)

    count()  # what is fetched once and kept, such as content types
    one = count()
    outcome = Outcome.objects.get()
    for number in range(49):
        outcome.references.create(document=f"Handbook {number}")
    assert count() == one


def test_the_page_needs_as_many_queries_for_ten_events_as_for_one(client, draft, event, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(12) as queries:
            client.get(add_url(draft, "event"))
        return len(queries)

    count()  # what is fetched once and kept, such as content types
    one = count()
    weekly = {"repeats": "weekly", "repeats_until": event.day + timedelta(weeks=5)}
    for number in range(9):
        make_event(f"Event {number}", starts=event.starts, organiser=f"Organiser {number}", **weekly)
    assert len(labels(client, add_url(draft, "event"))) == 1 + 10
    assert count() == one
