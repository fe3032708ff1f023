"""The rules of pre-flight about the issue and the targets of its sections."""

from datetime import UTC, date, datetime, timedelta

import pytest

from forums.models import Consultation
from newsletters.models import Section
from newsletters.preflight.check import findings
from outcomes.models import Quotation, Resource
from tests.events.conftest import make_event
from tests.newsletters.conftest import add_section
from tests.newsletters.preflight.helpers import STILL_TO_COME, blocks, section_of, warns
from tests.outcomes.conftest import make_outcome

pytestmark = pytest.mark.django_db

TAKE_OUT = "or take the section out."
CHOOSE = "Choose another one, or take the section out."
ASK = "Ask for consent and note it, or take the section out."


def test_an_issue_that_is_ready_has_no_findings(ready):
    assert findings(ready) == []


def test_what_blocks_comes_first_then_the_order_of_the_issue(ready):
    Section.objects.filter(issue=ready, kind="text").update(heading="TBC", link_url="http://testserver/nowhere/")
    ready.subject = ready.plain_subject
    welcome = section_of(ready, "text")
    add_section(ready, "text", body="[here](/about/)", position=1)
    assert [(each.blocks, each.section == welcome) for each in findings(ready)] == [
        (True, False),
        (True, True),
        (True, True),
        (False, False),
    ]


# The issue itself


def test_an_issue_without_sections(ready):
    ready.sections.all().delete()
    assert findings(ready) == [blocks("The issue has no section.", "Add what it is to say.")]


@pytest.mark.parametrize(("field", "name"), [("subject", "full subject line"), ("plain_subject", "plain subject")])
@pytest.mark.parametrize("empty", ["", "  "])
def test_a_subject_that_is_empty(ready, field, name, empty):
    setattr(ready, field, empty)
    assert findings(ready) == [blocks(f"The {name} is empty.", "Fill it in.")]


@pytest.mark.parametrize(("field", "name"), [("subject", "full subject line"), ("plain_subject", "plain subject")])
def test_a_subject_that_is_too_long(ready, field, name):
    setattr(ready, field, "w" * 60)
    assert findings(ready) == []
    setattr(ready, field, "w" * 61)
    assert findings(ready) == [warns(f"The {name} has 61 characters.", "Use 60 at most: phones cut the rest off.")]


def test_a_plain_subject_that_equals_the_full_one(ready):
    ready.plain_subject = "week 5: Housing "
    assert findings(ready) == [
        warns(
            "The plain subject line is the same as the full one.",
            "Let the plain one say no more than 'Week 5': it stands on lock screens.",
        )
    ]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("title", "title"), ("subject", "full subject line"), ("plain_subject", "plain subject"),
        ("preheader", "preheader"),
    ],
)  # fmt: skip
def test_sensitive_words_in_exposed_fields(ready, field, name):
    setattr(ready, field, "Safety from any trafficker or other abuser")
    assert findings(ready) == [
        blocks(
            f"The {name} says 'trafficker' and 'abuser'.",
            "Use other words: strangers may see it on a screen. The headings of sections may name an outcome.",
        )
    ]


def test_a_sensitive_word_in_the_slug(ready):
    ready.slug = "refuge-5"
    assert [each.problem for each in findings(ready)] == ["The slug says 'refuge'."]


def test_headings_and_text_may_name_an_outcome(section):
    assert section("The outcome is safety from any trafficker.", heading="Safety from any trafficker") == []


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("title", "title"), ("subject", "full subject line"), ("plain_subject", "plain subject"),
        ("preheader", "preheader"), ("credits", "credits"),
    ],
)  # fmt: skip
def test_placeholders_in_the_fields_of_the_issue(ready, field, name):
    setattr(ready, field, "Week 5: TBC")
    assert findings(ready) == [blocks(f"In the {name}: 'TBC' stands where words are still to come.", STILL_TO_COME)]


# Targets of sections


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("focus", "outcome"), ("feature", "resource"), ("reference", "reference"), ("quotation", "quotation"),
        ("call", "call for views"), ("event", "event"),
    ],
)  # fmt: skip
def test_a_section_without_its_target(ready, kind, name):
    section = section_of(ready, kind)
    Section.objects.filter(pk=section.pk).update(**{section.target_field: None})
    expected = blocks(f"It shows no {name}: none was chosen, or it was deleted.", f"Choose one, {TAKE_OUT}", section)
    assert findings(ready) == [expected]
    Section.objects.filter(pk=section.pk).update(body="Words.", body_html="<p>Words.</p>")
    assert findings(ready) == [expected]


def test_a_deleted_target(ready):
    Resource.objects.all().delete()
    assert [(each.blocks, each.section) for each in findings(ready)] == [(True, section_of(ready, "feature"))]


@pytest.mark.parametrize(
    ("state", "problem", "remedy"),
    [
        ("draft", "The toolkit 'A toolkit' is not listed yet.", "List it, or take the section out."),
        ("withdrawn", "The toolkit 'A toolkit' is not listed any more.", "List it again, or take the section out."),
    ],
)
def test_a_resource_that_readers_cannot_see(ready, state, problem, remedy):
    Resource.objects.update(state=state)
    assert findings(ready) == [blocks(problem, remedy, section_of(ready, "feature"))]


@pytest.mark.parametrize(
    ("days", "problem", "remedy"),
    [
        (
            {"opens": date(2023, 3, 21)},
            "opens on 21 March 2023.",
            "Send the issue on that day or later, or take the section out.",
        ),
        (
            {"opens": date(2023, 3, 1), "closes": date(2023, 3, 19)},
            "closed on 19 March 2023.",
            "Give it a later closing day, or take the section out.",
        ),
    ],
)
def test_a_consultation_that_is_not_open_today(ready, days, problem, remedy):
    Consultation.objects.update(**days)
    said = f"The call for views 'What would have to change?' {problem}"
    assert findings(ready) == [blocks(said, remedy, section_of(ready, "call"))]


def test_the_first_and_the_last_day_of_a_consultation_count(ready, today):
    Consultation.objects.update(opens=today, closes=today)
    assert findings(ready) == []


@pytest.mark.parametrize(
    ("consent", "problem", "remedy"),
    [
        ({"consent_given_on": None}, "has no consent.", ASK),
        ({"consent_scope": "site"}, "is agreed to for the site only, not for the newsletter.", ASK),
        (
            {"consent_expires_on": date(2023, 3, 19)},
            "has no consent any more: it ended on 19 March 2023.",
            ASK,
        ),
        (
            {"consent_given_on": date(2023, 3, 21)},
            "has consent from 21 March 2023 on.",
            "Send the issue on that day or later, or take the section out.",
        ),
    ],
)
def test_a_quotation_without_consent(ready, consent, problem, remedy):
    Quotation.objects.update(**consent)
    said = f"The quotation of 'A caseworker, example' {problem}"
    assert findings(ready) == [blocks(said, remedy, section_of(ready, "quotation"))]


def test_a_withdrawn_quotation(ready):
    Quotation.objects.update(text="", credit="", withdrawn_on=date(2023, 3, 3))
    assert findings(ready) == [
        blocks(
            "The quotation was withdrawn on 3 March 2023.",
            "Choose another one, or take the section out.",
            section_of(ready, "quotation"),
        )
    ]


@pytest.mark.parametrize("days", [0, 7])
def test_a_consent_that_ends_soon(ready, today, days):
    Quotation.objects.update(consent_expires_on=today + timedelta(days=days))
    assert findings(ready) == [
        warns(
            f"The quotation of 'A caseworker, example' has consent until {20 + days} March 2023 only.",
            "Send the issue by then, and ask for longer consent if its page is to keep the words.",
            section_of(ready, "quotation"),
        )
    ]
    Quotation.objects.update(consent_expires_on=today + timedelta(days=8))
    assert findings(ready) == []


@pytest.mark.parametrize(
    ("fields", "problem", "remedy"),
    [
        ({"state": "draft"}, "is not listed yet.", "List it, or take the section out."),
        ({"state": "cancelled", "change_note": "Ill."}, "is cancelled.", CHOOSE),
        ({"starts": datetime(2023, 3, 20, 10, tzinfo=UTC), "hours": 2}, "ended on 20 March 2023.", CHOOSE),
        ({"starts": datetime(2023, 3, 2, 17, tzinfo=UTC), "state": "draft"}, "ended on 2 March 2023.", CHOOSE),
        (
            {"starts": datetime(2023, 3, 20, 2, tzinfo=UTC), "zone": "America/New_York", "stated_time": "5pm GMT"},
            "ended on 19 March 2023.",
            CHOOSE,
        ),
    ],
)
def test_a_cancelled_past_or_unlisted_event(ready, fields, problem, remedy):
    assert of_event(ready, **fields) == [blocks(f"The event 'A talk' {problem}", remedy, section_of(ready, "event"))]


def test_an_event_that_repeats_is_over_after_its_last_date(ready):
    rule = {"starts": datetime(2023, 3, 2, 17, tzinfo=UTC), "repeats": "weekly"}
    assert of_event(ready, **rule, repeats_until=date(2023, 3, 23)) == []
    assert of_event(ready, **rule, repeats_until=date(2023, 3, 16)) == [
        blocks("The event 'A talk' ended on 16 March 2023.", CHOOSE, section_of(ready, "event"))
    ]


def test_an_event_whose_time_is_uncertain_until_somebody_asked(ready):
    wrong = {"starts": datetime(2023, 3, 30, 16, tzinfo=UTC), "stated_time": "5 to 6:30pm GMT / 12 to 1:30pm EST"}
    assert of_event(ready, **wrong) == [
        warns(
            "The time of the event 'A talk' is uncertain. The organiser wrote 5pm GMT and 12pm EST. London is on BST and "
            "New York on EDT that day, so the time could be an hour later. Check with the organiser.",
            "Ask the organiser which time is right, then fill in 'Time asked about on' in the event.",
            section_of(ready, "event"),
        )
    ]
    assert of_event(ready, **wrong, time_settled_on=date(2023, 3, 20)) == []


def test_an_event_that_takes_no_bookings_any_more(ready):
    deadline = {"zone": "America/New_York", "book_by": datetime(2023, 3, 20, 12, tzinfo=UTC) - timedelta(hours=9)}
    assert of_event(ready, **deadline) == [
        warns(
            "Booking for the event 'A talk' ended on 19 March 2023.",
            "Choose another one, or say in the section what readers can still do.",
            section_of(ready, "event"),
        )
    ]
    assert of_event(ready, book_by=datetime(2023, 3, 20, 13, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"starts": datetime(2023, 3, 21, 11, 59, tzinfo=UTC)}, "begins on 21 March 2023."),
        ({"starts": datetime(2023, 3, 20, 12, tzinfo=UTC)}, "began on 20 March 2023."),
        ({"starts": datetime(2023, 3, 21, 3, tzinfo=UTC), "zone": "America/New_York"}, "begins on 20 March 2023."),
        (
            {"starts": datetime(2023, 3, 14, 10, tzinfo=UTC), "repeats": "weekly", "repeats_until": date(2023, 3, 21)},
            "begins for the last time on 21 March 2023.",
        ),
    ],
)
def test_an_event_that_begins_too_soon(ready, fields, problem):
    assert of_event(ready, **fields) == [
        warns(
            f"The event 'A talk' {problem} Many readers open a mail a day after it came.",
            "Send the issue at once, choose another one, or take the section out.",
            section_of(ready, "event"),
        )
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"starts": datetime(2023, 3, 21, 12, tzinfo=UTC)},
        {"starts": datetime(2023, 3, 14, 10, tzinfo=UTC), "repeats": "weekly", "repeats_until": date(2023, 3, 28)},
        {"state": "changed", "change_note": "An hour later."},
    ],
    ids=["in a day", "again later", "changed"],
)
def test_an_event_without_findings(ready, fields):
    assert of_event(ready, **fields) == []


def of_event(issue, **fields):
    """Return the findings when the issue's section shows an event with these fields."""
    section = section_of(issue, "event")
    section.event = make_event("A talk", **fields)
    section.save()
    return findings(issue)


@pytest.mark.parametrize("body", ["", "  ", "---"])
def test_a_section_without_content(section, body):
    assert section(body, heading="A heading") == [
        (True, "The section has no words.", "Write them, or take the section out.")
    ]


def test_the_same_thing_twice(ready, outcome):
    section = add_section(ready, "focus", outcome=outcome)
    assert findings(ready) == [
        warns(
            "'This week's focus' shows the same thing as a section before it.",
            "Choose something else, or take one out.",
            section,
        )
    ]


def test_another_target_at_the_same_position_is_no_duplicate(ready):
    other = make_outcome("work", official_name="Work")
    add_section(ready, "focus", outcome=other, position=10)
    add_section(ready, "text", body="Words.", position=10)
    add_section(ready, "text", body="Words.", position=10)
    assert findings(ready) == []
