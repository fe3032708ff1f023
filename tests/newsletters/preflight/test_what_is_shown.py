"""Each rule of pre-flight: an issue that is ready, one change, and exactly what is said of it."""

from datetime import date, timedelta

import pytest

from forums.models import CallForViews
from newsletters.models import Section
from newsletters.preflight import findings
from outcomes.models import Quotation, Resource
from tests.newsletters.conftest import add_section
from tests.newsletters.preflight.doing import STILL_TO_COME, blocks, the, warns
from tests.outcomes.conftest import make_outcome

pytestmark = pytest.mark.django_db

TAKE_OUT = "or take the section out."
ASK = "Ask for consent and note it, or take the section out."


def test_of_an_issue_that_is_ready_nothing_is_said(ready):
    assert findings(ready) == []


def test_what_blocks_comes_first_then_the_order_of_the_issue(ready):
    Section.objects.filter(issue=ready, kind="text").update(heading="TBC", link_url="http://testserver/nowhere/")
    ready.subject = ready.plain_subject
    welcome = the(ready, "text")
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


def test_a_plain_subject_that_tells_as_much_as_the_full_one(ready):
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
def test_words_that_tell_a_stranger_what_this_is_about(ready, field, name):
    setattr(ready, field, "Safety from any trafficker or other abuser")
    assert findings(ready) == [
        blocks(
            f"The {name} says 'trafficker' and 'abuser'.",
            "Use other words: strangers may see it on a screen. The headings of sections may name an outcome.",
        )
    ]


def test_an_address_that_tells(ready):
    ready.slug = "refuge-5"
    assert [each.problem for each in findings(ready)] == ["The slug says 'refuge'."]


def test_headings_and_words_may_name_an_outcome(section):
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


# What sections show


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("focus", "outcome"), ("feature", "resource"), ("reference", "reference"), ("quotation", "quotation"),
        ("call", "call for views"),
    ],
)  # fmt: skip
def test_a_section_without_its_object(ready, kind, name):
    section = the(ready, kind)
    Section.objects.filter(pk=section.pk).update(**{section.shows: None})
    expected = blocks(f"It shows no {name}: none was chosen, or it was deleted.", f"Choose one, {TAKE_OUT}", section)
    assert findings(ready) == [expected]
    Section.objects.filter(pk=section.pk).update(body="Words.", body_html="<p>Words.</p>")
    assert findings(ready) == [expected]


def test_a_deleted_object(ready):
    Resource.objects.all().delete()
    assert [(each.blocks, each.section) for each in findings(ready)] == [(True, the(ready, "feature"))]


@pytest.mark.parametrize(
    ("state", "problem", "mend"),
    [
        ("draft", "The toolkit 'A toolkit' is not listed yet.", "List it, or take the section out."),
        ("withdrawn", "The toolkit 'A toolkit' is not listed any more.", "List it again, or take the section out."),
    ],
)
def test_a_resource_that_readers_cannot_see(ready, state, problem, mend):
    Resource.objects.update(state=state)
    assert findings(ready) == [blocks(problem, mend, the(ready, "feature"))]


@pytest.mark.parametrize(
    ("days", "problem", "mend"),
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
def test_a_call_that_takes_no_views_today(ready, days, problem, mend):
    CallForViews.objects.update(**days)
    said = f"The call for views 'What would have to change?' {problem}"
    assert findings(ready) == [blocks(said, mend, the(ready, "call"))]


def test_the_first_and_the_last_day_of_a_call_count(ready, today):
    CallForViews.objects.update(opens=today, closes=today)
    assert findings(ready) == []


@pytest.mark.parametrize(
    ("consent", "problem", "mend"),
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
def test_a_quotation_without_consent(ready, consent, problem, mend):
    Quotation.objects.update(**consent)
    said = f"The quotation of 'A caseworker, example' {problem}"
    assert findings(ready) == [blocks(said, mend, the(ready, "quotation"))]


def test_a_withdrawn_quotation(ready):
    Quotation.objects.update(text="", credit="", withdrawn_on=date(2023, 3, 3))
    assert findings(ready) == [
        blocks(
            "The quotation was withdrawn on 3 March 2023.",
            "Choose another one, or take the section out.",
            the(ready, "quotation"),
        )
    ]


@pytest.mark.parametrize("days", [0, 7])
def test_a_consent_that_ends_soon(ready, today, days):
    Quotation.objects.update(consent_expires_on=today + timedelta(days=days))
    assert findings(ready) == [
        warns(
            f"The quotation of 'A caseworker, example' has consent until {20 + days} March 2023 only.",
            "Send the issue by then, and ask for longer consent if its page is to keep the words.",
            the(ready, "quotation"),
        )
    ]
    Quotation.objects.update(consent_expires_on=today + timedelta(days=8))
    assert findings(ready) == []


@pytest.mark.parametrize("body", ["", "  ", "---"])
def test_a_section_with_nothing_to_say(section, body):
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


def test_another_of_a_kind_at_the_same_position_is_no_second_time(ready):
    other = make_outcome("work", official_name="Work")
    add_section(ready, "focus", outcome=other, position=10)
    add_section(ready, "text", body="Words.", position=10)
    add_section(ready, "text", body="Words.", position=10)
    assert findings(ready) == []
