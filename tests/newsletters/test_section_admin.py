"""The page of one section: what each kind asks for, what can be chosen, and two editors at once."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forums.models import CallForViews, Forum
from mscos.groups import MODERATORS
from newsletters.models import Issue, Section
from outcomes.models import Outcome, Quotation, Resource
from tests.newsletters.conftest import add_section, make_issue, publish
from tests.outcomes.conftest import make_quotation, make_resource
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db

ADD = reverse("admin:newsletters_section_add")
WORDS = ("heading", "body", "content_note", "link_words", "link_url")


@pytest.fixture
def draft(db):
    return make_issue(5)


@pytest.fixture
def client(client, editor):
    """Robin, signed in."""
    sign_in(client, editor)
    return client


@pytest.fixture
def kim_client(db):
    """Kim, who edits too, in another browser."""
    kim = Client()
    sign_in(kim, make_staff("kim@example.org", display_name="Kim", groups=["Editors"]))
    return kim


def add_url(issue, kind):
    return f"{ADD}?issue={issue.pk}&kind={kind}"


def change_url(section):
    return reverse("admin:newsletters_section_change", args=[section.pk])


def sections_of(issue):
    return reverse("admin:newsletters_issue_change", args=[issue.pk]) + "#sections"


def opened(client, url):
    """Return what the form on a page holds, as a browser would send it."""
    form = client.get(url).context["adminform"].form
    data = {}
    for field in form:
        value = field.value()
        data[field.name] = "" if value is None else value
        if field.field.show_hidden_initial:
            data[f"initial-{field.name}"] = data[field.name]
    return data


def add(client, issue, kind, **typed):
    url = add_url(issue, kind)
    return client.post(url, {**opened(client, url), **typed})


def change(client, section, **typed):
    return client.post(change_url(section), {**opened(client, change_url(section)), **typed})


def labels(client, url):
    """Return what can be chosen."""
    return [label for _, label in client.get(url).context["adminform"].form.fields["shown"].choices]


def text_of(answer):
    html = answer.content.decode().split('id="content"', 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# Adding


@pytest.mark.parametrize("kind", ["focus", "spotlight", "feature", "reference", "quotation", "call"])
def test_each_kind_shows_an_object_of_its_own(client, draft, outcome, resource, reference, quotation, call, kind):
    objects = {
        "focus": outcome,
        "spotlight": outcome,
        "feature": resource,
        "reference": reference,
        "quotation": quotation,
        "call": call,
    }
    answer = add(client, draft, kind, shown=objects[kind].pk)
    section = Section.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, sections_of(draft))
    assert (section.issue, section.kind, section.shown, section.position) == (draft, kind, objects[kind], 10)
    assert section.history.get().history_user.display_name == "Robin"


@pytest.mark.parametrize("kind", ["text", "notice"])
def test_words_of_our_own_show_no_object(client, draft, kind):
    assert list(client.get(add_url(draft, kind)).context["adminform"].form.fields) == [*WORDS, "position", "seen"]
    add(client, draft, kind, heading="Welcome", body="Thank you, **all**.", link_words="Read", link_url="/about/")
    section = Section.objects.get()
    assert [getattr(section, name) for name in WORDS] == ["Welcome", "Thank you, **all**.", "", "Read", "/about/"]
    assert section.body_html.strip() == "<p>Thank you, <strong>all</strong>.</p>"


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("focus", "Outcome"),
        ("feature", "Resource"),
        ("reference", "Reference"),
        ("quotation", "Quotation"),
        ("call", "Call"),
    ],
)
def test_the_form_asks_for_one_object(client, draft, kind, label):
    form = client.get(add_url(draft, kind)).context["adminform"].form
    assert (form.fields["shown"].label, list(form.fields)) == (label, ["shown", *WORDS, "position", "seen"])


def test_a_new_section_stands_at_the_end_or_where_it_is_put(client, draft):
    for heading, position in (("One", ""), ("Two", ""), ("Between", "15"), ("First", "0")):
        add(client, draft, "text", heading=heading, body="Words", position=position)
    rows = Section.objects.order_by("position").values_list("heading", "position")
    assert list(rows) == [("First", 10), ("One", 20), ("Between", 30), ("Two", 40)]


def test_one_more_of_a_kind_is_asked_for(client, draft):
    answer = add(client, draft, "text", heading="One", body="Words", _addanother="Save and add another")
    assert answer["Location"] == add_url(draft, "text")
    assert "Saved: One." in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "query", ["", "?issue=1", "?kind=text", "?issue=999&kind=text", "?issue=x&kind=text", "?issue=1&kind=poem"]
)
def test_a_section_without_issue_or_kind_is_not_found(client, draft, query):
    query = query.replace("issue=1", f"issue={draft.pk}")
    assert client.get(ADD + query).status_code == 404
    assert client.post(ADD + query, {"heading": "H"}).status_code == 404


def test_a_number_beyond_all_rows_is_not_found(client, draft):
    assert client.get(f"{ADD}?issue={'9' * 30}&kind=text").status_code == 404
    assert client.get(reverse("admin:newsletters_section_change", args=["9" * 30])).status_code == 404


# What can be chosen


def test_resources_that_are_listed_can_be_chosen(client, draft, resource):
    make_resource("A draft", state="draft")
    assert labels(client, add_url(draft, "feature")) == ["Choose …", "A toolkit"]


def test_quotations_with_consent_can_be_chosen_by_their_words(client, draft, quotation):
    make_quotation("Only for the site.")
    make_quotation("Over.", consent_scope="both", consent_expires_on=timezone.localdate() - timedelta(days=1))
    Quotation.objects.filter(pk=quotation.pk).update(text="word " * 40)
    words = ("word " * 12)[:59]
    assert labels(client, add_url(draft, "quotation")) == ["Choose …", f"{words}… (A caseworker, example)"]


def test_calls_that_are_not_over_can_be_chosen(client, draft, call):
    today = timezone.localdate()
    forum = Forum.objects.get()
    for question, opens, closes in (("Over?", -9, -1), ("Today?", -9, 0), ("Later?", 3, None)):
        last = None if closes is None else today + timedelta(days=closes)
        CallForViews.objects.create(
            forum=forum, question=question, why="W", opens=today + timedelta(days=opens), closes=last
        )
    later = today + timedelta(days=3)
    assert labels(client, add_url(draft, "call")) == [
        "Choose …",
        f"Later? – opens {later.day} {later:%B %Y}",
        "What would have to change?",
        "Today?",
    ]


def test_references_are_told_apart_by_their_place(client, draft, reference):
    assert labels(client, add_url(draft, "reference")) == ["Choose …", "A handbook, pages 1 to 2"]


@pytest.mark.parametrize(
    ("kind", "change", "label"),
    [
        ("feature", lambda: Resource.objects.update(state="withdrawn"), "A toolkit – cannot be used: withdrawn"),
        (
            "quotation",
            lambda: Quotation.objects.update(consent_scope="site"),
            "Quiet words. (A caseworker, example) – cannot be used: no consent for the newsletter today",
        ),
        (
            "call",
            lambda: CallForViews.objects.update(
                opens=timezone.localdate() - timedelta(days=2), closes=timezone.localdate() - timedelta(days=1)
            ),
            "What would have to change? – closed",
        ),
    ],
)
def test_what_was_chosen_stays_chosen_and_is_marked(client, issue, kind, change, label):
    section = issue.sections.get(kind=kind)
    change()
    url = change_url(section)
    form = client.get(url).context["adminform"].form
    assert (form["shown"].value(), labels(client, url)) == (section.shown.pk, ["Choose …", label])
    data = {**opened(client, url), "heading": "Another heading"}
    assert client.post(url, data).status_code == 302
    assert Section.objects.get(pk=section.pk).shown == section.shown


def test_a_deleted_object_leaves_a_section_that_can_be_mended(client, issue, outcome):
    section = issue.sections.get(kind="feature")
    Resource.objects.all().delete()
    new = make_resource("Another toolkit")
    assert labels(client, change_url(section)) == ["Choose …", "Another toolkit"]
    assert change(client, section, heading="For now").status_code == 302
    assert change(client, section, shown=new.pk).status_code == 302
    section.refresh_from_db()
    assert (section.heading, section.resource) == ("For now", new)


def test_what_cannot_be_chosen_is_refused_and_the_words_are_kept(client, draft):
    hidden = make_resource("A draft", state="draft")
    answer = add(client, draft, "feature", shown=hidden.pk, heading="Mine", body="My words")
    assert problems_of(answer) == ["Select a valid choice. That choice is not one of the available choices."]
    html = answer.content.decode()
    assert 'value="Mine"' in html
    assert ">\nMy words</textarea>" in html
    assert Section.objects.count() == 0


def problems_of(answer):
    return [problem for field in answer.context["adminform"].form.errors.values() for problem in field]


# Bad input


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"heading": "Two\nlines"}, "Write this on one line."),
        ({"heading": "x" * 161}, "Ensure this value has at most 160 characters (it has 161)."),
        ({"link_words": "Read"}, "Give the address of the link, or take its words out."),
        ({"link_words": "Read", "link_url": "javascript:alert(1)"}, "Start it with https:// or, on this site, with /"),
        ({"link_url": "//evil.example/"}, "Start it with https:// or, on this site, with /"),
        ({"position": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"position": "99999"}, "Ensure this value is less than or equal to 32000."),
        ({"position": "x"}, "Enter a whole number."),
    ],
)
def test_what_cannot_be_stored_is_told(client, draft, typed, told):
    answer = add(client, draft, "text", **{"heading": "H", "body": "B", **typed})
    assert (answer.status_code, problems_of(answer)) == (200, [told])
    assert Section.objects.count() == 0


def test_hostile_markdown_is_shown_as_typed(client, draft):
    add(client, draft, "text", body="<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>")
    html = Section.objects.get().body_html
    assert re.findall(r"<(?!/?p>)", html) == []


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
    assert "Week 5: “Text”" in text_of(client.get(change_url(section)))
    change(client, section, kind="notice", issue=make_issue(6).pk)
    section.refresh_from_db()
    assert (section.kind, section.issue) == ("text", draft)


def test_a_section_moves_by_its_position(client, draft):
    one, two = (add_section(draft, "text", heading=heading, body="B") for heading in ("One", "Two"))
    change(client, one, position="25")
    assert list(draft.sections.values_list("heading", "position")) == [("Two", 10), ("One", 20)]
    change(client, two, position="")
    assert list(draft.sections.values_list("heading", "position")) == [("One", 10), ("Two", 20)]


def test_a_form_that_was_open_does_not_move_a_section_back(client, kim_client, draft):
    one, _ = (add_section(draft, "text", heading=heading, body="B") for heading in ("One", "Two"))
    data = opened(client, change_url(one))
    kim_client.post(reverse("admin:newsletters_section_move", args=[one.pk]), {"to": "down"})
    assert client.post(change_url(one), {**data, "body": "New"}).status_code == 302
    rows = draft.sections.values_list("heading", "body", "position")
    assert list(rows) == [("Two", "B", 10), ("One", "New", 20)]


def test_nobody_writes_over_what_another_wrote_meanwhile(client, kim_client, draft):
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
    change(kim_client, section, shown=make_resource("Another").pk)
    assert client.post(change_url(section), {**data, "heading": "Mine"}).status_code == 200


def test_words_for_a_section_that_was_taken_out_come_back(client, kim_client, draft):
    section = add_section(draft, "text", heading="One", body="Old")
    data = opened(client, change_url(section))
    kim_client.post(reverse("admin:newsletters_section_take_out", args=[section.pk]))
    answer = client.post(change_url(section), {**data, "body": "Robin's words"})
    assert answer.status_code == 410
    assert "Kim took this section out on " in text_of(answer)
    assert "Robin&#x27;s words" in answer.content.decode()
    assert Section.objects.count() == 0
    assert client.get(change_url(section)).status_code == 410


# Moving and taking out


def test_sections_move_and_go_by_their_buttons(client, draft):
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


def test_the_delete_page_leads_back_to_the_issue(client, draft):
    one, two = (add_section(draft, "text", heading=heading, body="B") for heading in ("One", "Two"))
    answer = client.post(reverse("admin:newsletters_section_delete", args=[one.pk]), {"post": "yes"})
    assert answer["Location"] == sections_of(draft)
    assert list(draft.sections.values_list("pk", "position")) == [(two.pk, 10)]


def test_the_log_names_the_issue_and_none_of_the_words(client, draft):
    add(client, draft, "text", heading="Telling", body="Words")
    section = Section.objects.get()
    change(client, section, body="Others")
    client.post(reverse("admin:newsletters_section_move", args=[section.pk]), {"to": "up"})
    client.post(reverse("admin:newsletters_section_take_out", args=[section.pk]))
    entries = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")
    name = f"Text, section {section.pk}."
    assert list(entries) == [("Week 5", f"{done}: {name}") for done in ("Added", "Changed", "Moved", "Taken out")]


# An issue on its way


@pytest.mark.parametrize("state", ["scheduled", "sending", "withdrawn"])
def test_a_section_on_its_way_can_only_be_read(client, issue, state):
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
def test_nothing_is_added_moved_or_taken_out_on_its_way(client, issue, state):
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
    assert issue.sections.count() == 8
    assert issue.sections.first() == section


def freeze(issue, state):
    now = timezone.now()
    Issue.objects.filter(pk=issue.pk).update(
        state=state, publish_at=now, withdrawn_on=now.date() if state == "withdrawn" else None
    )


def test_a_published_issue_is_corrected_on_the_web(client, issue):
    publish(issue)
    section = issue.sections.get(kind="text")
    assert change(client, section, body="Corrected").status_code == 302
    assert Section.objects.get(pk=section.pk).body == "Corrected"


# Rights and the rest


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
    assert issue.sections.count() == 8


def test_reading_an_address_moves_nothing(client, issue):
    section = issue.sections.first()
    for name in ("move", "take_out"):
        assert client.get(reverse(f"admin:newsletters_section_{name}", args=[section.pk])).status_code == 405


def test_sections_are_not_listed_by_themselves(client, issue):
    assert "/admin/newsletters/section/" not in client.get("/admin/").content.decode()
    answer = client.get(reverse("admin:newsletters_section_changelist"))
    assert answer["Location"] == reverse("admin:newsletters_issue_changelist")


def test_an_old_version_is_read_and_not_put_back(client, issue):
    section = issue.sections.get(kind="text")
    first = section.history.get()
    change(client, section, body="New")
    url = reverse("admin:newsletters_section_simple_history", args=[section.pk, first.history_id])
    page = client.get(url)
    assert "Thank you, **all**" in page.content.decode()
    assert 'value="Revert"' not in page.content.decode()
    assert client.post(url, opened(client, change_url(section))).status_code == 403
    assert Section.objects.get(pk=section.pk).body == "New"


def test_the_page_asks_as_often_for_fifty_references_as_for_one(
    client, draft, reference, django_assert_max_num_queries
):
    def count():
        with django_assert_max_num_queries(12) as queries:
            client.get(add_url(draft, "reference"))
        return len(queries)

    one = count()
    outcome = Outcome.objects.get()
    for number in range(49):
        outcome.references.create(document=f"Handbook {number}")
    assert count() == one
