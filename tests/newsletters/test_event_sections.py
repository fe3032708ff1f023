"""Sections that show an event, before and after it is over."""

from datetime import UTC, date, datetime
from itertools import chain

import pytest
import time_machine
from django.db import IntegrityError, transaction

from events.actions import save_event
from events.models import Event
from newsletters.content.blocks import Link, blocks_of
from newsletters.content.email import mail_of
from newsletters.drafts import duplicate
from newsletters.models import Section
from tests.events.conftest import make_event
from tests.newsletters.conftest import add_section, make_issue, publish
from tests.newsletters.helpers import words, words_of_parts

pytestmark = pytest.mark.django_db

READ = "Read about this event"
BOOK = "Read about this event and how to book"


@pytest.fixture(autouse=True)
def today():
    """Ten days before the training of Week 5."""
    with time_machine.travel("2023-03-20 12:00 +0000", tick=False) as traveller:
        yield traveller


@pytest.fixture
def training(db):
    """All fields of an event."""
    return make_event(
        "A training",
        starts=datetime(2023, 3, 30, 16, tzinfo=UTC),
        learn="How trauma works\n- Tools & ways",
        audience="practitioners",
        for_survivors=True,
        stated_time="5 to 6:30pm GMT / 12 to 1:30pm EST",
        price=50,
        currency="USD",
        cost_help="If that is a barrier, email the organiser.",
        free_for="survivors and members",
        content_note="trauma",
    )


def block_of(event, **fields):
    """Return the block of a section about an event; None if it is left out."""
    issue = make_issue(5)
    add_section(issue, "event", event=event, **fields)
    return next(iter(blocks_of(issue)), None)


def facts_in_section(**fields):
    """Return the facts of an event without those that every event has."""
    facts = dict(block_of(make_event(**fields)).facts)
    assert facts.pop("Run by") == "Survivor Alliance"
    return facts


def words_within(html):
    return " ".join(html.split())


def test_a_section_has_all_facts_of_an_event(training):
    block = block_of(training)
    assert (block.label, block.heading, block.content_note) == ("Event", "A training", "trauma")
    assert words_within(block.html) == (
        "<p>What it is.</p> <p>What you will learn:</p> <ul> <li>How trauma works</li><li>Tools &amp; ways</li> </ul>"
    )
    assert block.facts == (
        ("When", "Thursday 30 March 2023, 5pm to 6:30pm, London (BST, UTC+1)"),
        ("In New York", "Midday to 1:30pm (EDT, UTC−4)"),
        ("Time uncertain", training.uncertain),
        ("Run by", "Survivor Alliance"),
        ("Who it is for", "Practitioners. Open to people with lived experience."),
        ("Where", "Online"),
        ("Cost", "US$50. If that is a barrier, email the organiser. Free for survivors and members."),
    )
    assert block.button == Link(BOOK, training.get_absolute_url())
    assert "London is on BST and New York on EDT that day" in training.uncertain


def test_unknown_facts_are_left_out(db):
    block = block_of(make_event(is_online=False))
    assert words_within(block.html) == "<p>What it is.</p>"
    assert block.content_note == ""
    assert block.facts == (
        ("When", "Thursday 30 March 2023, 1pm to 2:30pm, London (BST, UTC+1)"),
        ("In New York", "8am to 9:30am (EDT, UTC−4)"),
        ("Run by", "Survivor Alliance"),
        ("Where", "To come"),
        ("Cost", "Ask the organiser"),
    )


@pytest.mark.parametrize(
    ("fields", "fact", "words"),
    [
        ({"audience": "nurses"}, "Who it is for", "Nurses"),
        ({"for_survivors": True}, "Who it is for", "Open to people with lived experience"),
        ({"place": "Zoom"}, "Where", "Online: Zoom"),
        ({"is_online": False, "place": "Leeds, town hall"}, "Where", "Leeds, town hall"),
        ({"price": 0}, "Cost", "Free"),
        ({"cost_help": "Who may pay less?", "free_for": "members"}, "Cost", "Who may pay less? Free for members."),
    ],
)
def test_each_fact_by_itself(db, fields, fact, words):
    assert facts_in_section(**fields)[fact] == words


@pytest.mark.parametrize(
    ("starts", "hours", "zone", "expected"),
    [
        (
            datetime(2023, 3, 30, 11, tzinfo=UTC), 12.5, "Europe/London",
            {
                "When": "Thursday 30 March 2023, midday to Friday 31 March 2023, 12:30am, London (BST, UTC+1)",
                "In New York": "7am to 7:30pm (EDT, UTC−4)",
            },
        ),
        (
            datetime(2023, 3, 31, 0, tzinfo=UTC), 4, "America/New_York",
            {
                "When": "Thursday 30 March 2023, 8pm to midnight, New York (EDT, UTC−4)",
                "In London": "Friday 31 March 2023, 1am to 5am (BST, UTC+1)",
            },
        ),
        (
            datetime(2023, 3, 30, 22, 30, tzinfo=UTC), 1, "America/New_York",
            {
                "When": "Thursday 30 March 2023, 6:30pm to 7:30pm, New York (EDT, UTC−4)",
                "In London": "Thursday 30 March 2023, 11:30pm to Friday 31 March 2023, 12:30am (BST, UTC+1)",
            },
        ),
        (
            datetime(2023, 3, 31, 15, tzinfo=UTC), 1, "Asia/Kathmandu",
            {
                "When": "Friday 31 March 2023, 8:45pm to 9:45pm, Kathmandu (UTC+5:45)",
                "In London": "4pm to 5pm (BST, UTC+1)",
            },
        ),
    ],
    ids=["to midnight", "another day there", "over midnight there", "a zone without letters"],
)  # fmt: skip
def test_another_day_is_named(db, starts, hours, zone, expected):
    facts = facts_in_section(starts=starts, hours=hours, zone=zone)
    assert {name: facts[name] for name in expected} == expected


def test_an_event_that_repeats_says_how_and_until_when(db, today):
    rule = {"repeats": "weekly", "repeats_every": 2, "repeats_until": date(2023, 5, 12)}
    event = make_event("Sundays", starts=datetime(2023, 3, 26, 16, tzinfo=UTC), **rule)
    block = block_of(event)
    assert block.facts[0] == ("When", "Sunday 26 March 2023, 5pm to 6:30pm, London (BST, UTC+1)")
    assert dict(block.facts)["Repeats"] == "Every 2 weeks on Sunday until Friday 12 May 2023"
    event.left_out = "2023-04-09\n2023-05-07"
    save_event(event=event)
    today.move_to("2023-03-27 12:00 +0000")
    facts = dict(blocks_of(Section.objects.get().issue)[0].facts)
    assert facts["When"] == "Sunday 23 April 2023, 5pm to 6:30pm, London (BST, UTC+1)"
    assert facts["Repeats"] == ("Every 2 weeks on Sunday until Friday 12 May 2023. Not on 9 April 2023, 7 May 2023.")


@pytest.mark.parametrize(
    ("state", "name", "note"), [("cancelled", "Cancelled", "It is ill."), ("changed", "Changed", "An hour later.")]
)
def test_a_cancellation_or_change_comes_first(training, state, name, note):
    training.state, training.change_note = state, note
    save_event(event=training)
    block = block_of(training)
    assert block.facts[0] == (name, note)
    assert block.button.words == (READ if state == "cancelled" else BOOK)


def test_a_note_of_a_change_is_shown_only_while_the_state_is_changed(db):
    assert list(facts_in_section(change_note="Old news.")) == ["When", "In New York", "Where", "Cost"]


def test_an_issue_keeps_showing_a_past_event(client, training, today):
    issue = make_issue(5)
    add_section(issue, "event", event=training)
    publish(issue)
    before = blocks_of(issue)[0]
    today.move_to("2023-04-01 12:00 +0000")
    block = blocks_of(issue)[0]
    assert block.facts[0] == ("When", "Thursday 30 March 2023, 5pm to 6:30pm, London (BST, UTC+1). This has ended.")
    assert [block.facts[1], *block.facts[3:]] == [before.facts[1], *before.facts[3:]]
    assert block.button.words == READ
    assert client.get(issue.get_absolute_url()).content.decode().count("This has ended.") == 1


def test_a_cancelled_event_is_not_said_to_have_ended(training, today):
    training.state, training.change_note = "cancelled", "It is ill."
    save_event(event=training)
    today.move_to("2023-04-01 12:00 +0000")
    assert dict(block_of(training).facts)["When"] == "Thursday 30 March 2023, 5pm to 6:30pm, London (BST, UTC+1)"


def test_after_the_booking_deadline_there_is_no_invitation_to_book(training, today):
    training.book_by = datetime(2023, 3, 21, 12, tzinfo=UTC)
    save_event(event=training)
    assert block_of(training).button.words == BOOK
    today.move_to("2023-03-21 12:00 +0000")
    assert blocks_of(Section.objects.get().issue)[0].button.words == READ


def test_an_editors_text_replaces_that_of_the_event(training):
    own = {"heading": "Ours", "body": "Our words.", "content_note": "other things"}
    block = block_of(training, link_words="Book", link_url="https://example.org/", **own)
    assert (block.heading, block.html, block.content_note, block.button) == (
        "Ours",
        "<p>Our words.</p>\n",
        "other things",
        Link("Book", "https://example.org/"),
    )
    assert len(block.facts) == 7


def test_a_draft_event_is_not_shown(db):
    assert block_of(make_event(state="draft")) is None


def test_an_editors_text_about_a_draft_event_stands_alone(db):
    block = block_of(make_event(state="draft"), heading="Ours", body="Our words.")
    assert (block.label, block.heading, block.html, block.facts, block.button) == (
        "Event",
        "Ours",
        "<p>Our words.</p>\n",
        (),
        None,
    )


def test_a_deleted_event_leaves_its_section(training):
    issue = make_issue(5)
    section = add_section(issue, "event", event=training)
    Event.objects.all().delete()
    section.refresh_from_db()
    assert (section.event, blocks_of(issue)) == (None, [])


@pytest.mark.parametrize("kind", sorted({*Section.Kind.values} - {"event"}))
def test_no_other_kind_shows_an_event(training, kind):
    with pytest.raises(IntegrityError), transaction.atomic():
        add_section(make_issue(5), kind, event=training)


def test_page_mail_and_text_have_the_same_facts_of_an_event(client, training):
    training.state, training.change_note = "changed", "An hour later."
    training.repeats, training.repeats_until = "weekly", date(2023, 4, 13)
    save_event(event=training)
    issue = make_issue(5)
    add_section(issue, "event", event=training)
    publish(issue)
    mail, block = mail_of(issue), blocks_of(issue)[0]
    on_page = words_of_parts(client.get(issue.get_absolute_url()).content.decode(), 1)
    said = [block.label, block.heading, *chain(*block.facts), block.button.words]
    assert [word for piece in said for word in words(piece) if word not in on_page[0]] == []
    assert words_of_parts(mail.html, 1) == on_page
    in_text = words(mail.text.split("=\n")[-1].split("Please forward")[0].replace(_address(training), ""))
    assert in_text == on_page[0]


def _address(event):
    return f"http://testserver{event.get_absolute_url()}"


def test_twelve_events_need_no_more_queries_than_one(django_assert_num_queries):
    issue = make_issue(5)
    weekly = {"repeats": "weekly", "repeats_until": date(2023, 5, 12)}
    for number in range(12):
        event = make_event(f"Event {number}", organiser=f"Organiser {number}", **(weekly if number % 2 else {}))
        add_section(issue, "event", event=event)
    with django_assert_num_queries(1):
        blocks = blocks_of(issue)
    assert [dict(block.facts)["Run by"] for block in blocks] == [f"Organiser {number}" for number in range(12)]


def test_a_copy_of_an_issue_shows_the_same_event(training, editor):
    issue = make_issue(5)
    add_section(issue, "event", event=training)
    copy = duplicate(issue=issue, by=editor)
    assert [(row.kind, row.event) for row in copy.sections.all()] == [("event", training)]
