"""The form of a section: its fields by kind, and the choice of targets."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from forums.models import Consultation, Forum
from newsletters.models import Section
from outcomes.models import Quotation, Resource
from tests.events.conftest import make_event
from tests.newsletters.conftest import add_section
from tests.newsletters.section_admin.helpers import (
    ADD,
    WORDS,
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
from tests.outcomes.conftest import make_quotation, make_resource

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2023, 3, 30, 16, tzinfo=UTC)

# Adding


@pytest.mark.parametrize("kind", ["focus", "spotlight", "feature", "reference", "quotation", "call", "event"])
def test_each_kind_has_its_own_type_of_target(
    client, draft, outcome, resource, reference, quotation, consultation, event, kind
):
    objects = {
        "focus": outcome,
        "spotlight": outcome,
        "feature": resource,
        "reference": reference,
        "quotation": quotation,
        "call": consultation,
        "event": event,
    }
    answer = add(client, draft, kind, target=objects[kind].pk)
    section = Section.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, sections_of(draft))
    assert (section.issue, section.kind, section.target, section.position) == (draft, kind, objects[kind], 10)
    assert section.history.get().history_user.display_name == "Robin"


@pytest.mark.parametrize("kind", ["text", "notice"])
def test_text_and_notices_have_no_target(client, draft, kind):
    assert list(client.get(add_url(draft, kind)).context["adminform"].form.fields) == [*WORDS, "position"]
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
        ("event", "Event"),
    ],
)
def test_the_form_has_one_field_for_the_target(client, draft, kind, label):
    form = client.get(add_url(draft, kind)).context["adminform"].form
    assert (form.fields["target"].label, list(form.fields)) == (label, ["target", *WORDS, "position"])


def test_the_help_texts_fit_the_kind(client, draft):
    promises = "what the section shows"
    assert [promises in text_of(client.get(add_url(draft, kind))) for kind in Section.Kind.values] == [
        kind not in {"text", "notice", "quotation"} for kind in Section.Kind.values
    ]


def test_a_new_section_is_last_or_at_its_position(client, draft):
    for heading, position in (("One", ""), ("Two", ""), ("Between", "15"), ("First", "0")):
        add(client, draft, "text", heading=heading, body="Words", position=position)
    rows = Section.objects.order_by("position").values_list("heading", "position")
    assert list(rows) == [("First", 10), ("One", 20), ("Between", 30), ("Two", 40)]


def test_add_another_asks_for_the_same_kind(client, draft):
    answer = add(client, draft, "text", heading="One", body="Words", _addanother="Save and add another")
    assert answer["Location"] == add_url(draft, "text")
    assert "Saved: One." in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "query", ["", "?issue=1", "?kind=text", "?issue=999&kind=text", "?issue=x&kind=text", "?issue=1&kind=poem"]
)
def test_a_section_without_issue_or_kind_is_404(client, draft, query):
    query = query.replace("issue=1", f"issue={draft.pk}")
    assert client.get(ADD + query).status_code == 404
    assert client.post(ADD + query, {"heading": "H"}).status_code == 404


def test_a_number_beyond_all_rows_is_404(client, draft):
    assert client.get(f"{ADD}?issue={'9' * 30}&kind=text").status_code == 404
    assert client.get(reverse("admin:newsletters_section_change", args=["9" * 30])).status_code == 404


# Choices of targets


def test_resources_that_are_listed_can_be_chosen(client, draft, resource):
    make_resource("A draft", state="draft")
    assert labels(client, add_url(draft, "feature")) == ["Choose …", "A toolkit"]


def test_quotations_with_consent_can_be_chosen_by_their_text(client, draft, quotation):
    make_quotation("Only for the site.")
    make_quotation("Over.", consent_scope="both", consent_expires_on=timezone.localdate() - timedelta(days=1))
    Quotation.objects.filter(pk=quotation.pk).update(text="word " * 40)
    words = ("word " * 12)[:59]
    assert labels(client, add_url(draft, "quotation")) == ["Choose …", f"{words}… (A caseworker, example)"]


def test_consultations_that_are_not_over_can_be_chosen(client, draft, consultation):
    today = timezone.localdate()
    forum = Forum.objects.get()
    for question, opens, closes in (("Over?", -9, -1), ("Today?", -9, 0), ("Later?", 3, None)):
        last = None if closes is None else today + timedelta(days=closes)
        Consultation.objects.create(
            forum=forum, question=question, why="W", opens=today + timedelta(days=opens), closes=last
        )
    later = today + timedelta(days=3)
    assert labels(client, add_url(draft, "call")) == [
        "Choose …",
        f"Later? – opens {later.day} {later:%B %Y}",
        "What would have to change?",
        "Today?",
    ]


@time_machine.travel("2023-03-20 12:00 +0000", tick=False)
def test_upcoming_events_can_be_chosen_by_their_next_date(client, draft):
    first = datetime(2023, 3, 2, 12, tzinfo=UTC)  # a Thursday
    weekly = {"repeats": "weekly", "repeats_until": date(2023, 4, 13)}
    make_event("Late", starts=first + timedelta(weeks=5))
    make_event("Weekly", starts=first, **weekly)
    make_event("Soon", starts=first + timedelta(weeks=3, hours=2))
    make_event("Changed", starts=first + timedelta(weeks=4), state="changed", change_note="New.")
    make_event("GMT", starts=first + timedelta(weeks=6), stated_time="1pm GMT")
    make_event("Over", starts=first, stated_time="1pm GMT")
    make_event("Cancelled", state="cancelled", change_note="It is ill.")
    make_event("A draft", state="draft")
    assert labels(client, add_url(draft, "event")) == [
        "Choose …",
        "Weekly, 23 March 2023",
        "Soon, 23 March 2023",
        "Changed, 30 March 2023",
        "Late, 6 April 2023",
        "GMT, 13 April 2023 – time uncertain",
    ]


@time_machine.travel("2023-03-20 12:00 +0000", tick=False)
@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"state": "draft"}, "Mine, 30 March 2023 – cannot be used: draft"),
        ({"state": "cancelled", "change_note": "Ill."}, "Mine, 30 March 2023 – cannot be used: cancelled"),
        ({"starts": datetime(2023, 3, 20, 10, tzinfo=UTC)}, "Mine, 20 March 2023 – cannot be used: it is over"),
    ],
)
def test_an_event_that_cannot_be_used_any_more_is_marked(client, draft, fields, label):
    section = add_section(draft, "event", event=make_event("Mine", **fields))
    assert labels(client, change_url(section)) == ["Choose …", label]


@time_machine.travel("2023-03-20 12:00 +0000", tick=False)
def test_a_past_event_comes_after_upcoming_ones(client, draft):
    over, _ = make_event("Over", starts=LONG_AGO - timedelta(weeks=4)), make_event("To come", starts=LONG_AGO)
    section = add_section(draft, "event", event=over)
    assert labels(client, change_url(section))[1:] == [
        "To come, 30 March 2023",
        "Over, 2 March 2023 – cannot be used: it is over",
    ]


def test_references_are_distinguished_by_their_place(client, draft, reference):
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
            lambda: Consultation.objects.update(
                opens=timezone.localdate() - timedelta(days=2), closes=timezone.localdate() - timedelta(days=1)
            ),
            "What would have to change? – closed",
        ),
        (
            "event",
            lambda: Event.objects.update(
                title="Old", starts=LONG_AGO, ends=LONG_AGO, over_at=LONG_AGO, stated_time="5pm GMT"
            ),
            "Old, 30 March 2023 – cannot be used: it is over",
        ),
    ],
)
def test_what_was_chosen_stays_chosen_and_is_marked(client, issue, kind, change, label):
    section = issue.sections.get(kind=kind)
    change()
    url = change_url(section)
    form = client.get(url).context["adminform"].form
    assert (form["target"].value(), labels(client, url)) == (section.target.pk, ["Choose …", label])
    data = {**opened(client, url), "heading": "Another heading"}
    assert client.post(url, data).status_code == 302
    assert Section.objects.get(pk=section.pk).target == section.target


def test_a_deleted_target_leaves_a_section_that_can_be_corrected(client, issue, outcome):
    section = issue.sections.get(kind="feature")
    Resource.objects.all().delete()
    new = make_resource("Another toolkit")
    assert labels(client, change_url(section)) == ["Choose …", "Another toolkit"]
    assert change(client, section, heading="For now").status_code == 302
    assert change(client, section, target=new.pk).status_code == 302
    section.refresh_from_db()
    assert (section.heading, section.resource) == ("For now", new)


def test_an_invalid_choice_is_refused_and_the_text_is_kept(client, draft):
    hidden = make_resource("A draft", state="draft")
    answer = add(client, draft, "feature", target=hidden.pk, heading="Mine", body="My words")
    assert problems_of(answer) == ["Select a valid choice. That choice is not one of the available choices."]
    html = answer.content.decode()
    assert 'value="Mine"' in html
    assert ">\nMy words</textarea>" in html
    assert Section.objects.count() == 0


# Invalid input


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
def test_an_invalid_section_is_reported(client, draft, typed, told):
    answer = add(client, draft, "text", **{"heading": "H", "body": "B", **typed})
    assert (answer.status_code, problems_of(answer)) == (200, [told])
    assert Section.objects.count() == 0


def test_hostile_markdown_is_escaped(client, draft):
    add(client, draft, "text", body="<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>")
    html = Section.objects.get().body_html
    assert re.findall(r"<(?!/?p>)", html) == []
