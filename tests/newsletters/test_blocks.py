"""The blocks of an issue, without anything that may not be shown."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletters.content.blocks import Link, blocks_of, highlights_of
from newsletters.models import Section
from outcomes.models import Organisation
from tests.newsletters.conftest import add_section, make_issue
from tests.outcomes.conftest import make_quotation, make_resource

pytestmark = pytest.mark.django_db


def test_each_kind_takes_its_heading_from_its_target(issue, django_assert_num_queries):
    with django_assert_num_queries(3):
        blocks = blocks_of(issue)
    assert [(block.label, block.heading) for block in blocks] == [
        ("", "Welcome"),
        ("This week's focus", "Secure and suitable housing"),
        ("Reference", "A handbook"),
        ("This week's feature", "A toolkit"),
        ("", ""),
        ("We need your views", "What would have to change?"),
        ("Spotlight", "Another one"),
        ("Notice", "A training"),
        ("Event", "A course"),
    ]


def test_each_kind_links_to_its_target(issue, resource, consultation, event):
    assert [block.button for block in blocks_of(issue)] == [
        None,
        Link("Read about housing", "/outcomes/housing/"),
        Link("Open A handbook", "https://example.org/"),
        Link("Read about this toolkit", resource.get_absolute_url()),
        None,
        Link("Add your view", consultation.get_absolute_url()),
        Link("Read about housing", "/outcomes/housing/"),
        Link("Book", "https://example.org/"),
        Link("Read about this event and how to book", event.get_absolute_url()),
    ]


def test_a_resource_says_who_made_it(issue, resource):
    resource.credits.create(organisation=Organisation.objects.create(name="The maker"), role="author")
    resource.credits.create(organisation=Organisation.objects.create(name="One"), role="partner")
    resource.credits.create(organisation=Organisation.objects.create(name="Two"), role="partner")
    assert dict(blocks_of(issue)[3].facts) == {"Made by": "The maker", "With": "One, Two"}


def test_a_consultation_lists_its_topics_until_it_closes(issue, consultation):
    closes = consultation.closes.strftime("%A %-d %B %Y")
    block = blocks_of(issue)[5]
    assert (block.facts, block.links) == (
        (("Open until", closes),),
        (Link("Council housing", "/forums/housing/new/?type=e"),),
    )
    consultation.opens = consultation.closes = timezone.localdate() - timedelta(days=1)
    consultation.save()
    block = blocks_of(issue)[5]
    assert (block.facts[0][0], block.links, block.button.words) == ("Closed on", (), "Read about this call")


def test_an_editors_text_replaces_that_of_the_target(issue, outcome):
    section = add_section(
        issue, "focus", outcome=outcome, heading="Ours", body="Our words.", link_words="Go", link_url="/"
    )
    block = blocks_of(issue)[-1]
    assert (block.section, block.heading, block.html, block.button) == (
        section,
        "Ours",
        "<p>Our words.</p>\n",
        Link("Go", "/"),
    )


def test_editors_text_stands_alone_if_the_target_is_not_public(issue, resource):
    Section.objects.filter(kind="feature").update(body="Ours.", body_html="<p>Ours.</p>")
    resource.state = "draft"
    resource.save()
    block = blocks_of(issue)[3]
    assert (block.heading, block.html, block.facts, block.button) == ("", "<p>Ours.</p>", (), None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ["Words."]),
        ({"consent_expires_on": 0}, ["Words."]),
        ({"consent_expires_on": 1}, ["Words."]),
        ({"consent_expires_on": -1}, []),
        ({"consent_given_on": 1}, []),
        ({"consent_given_on": None}, []),
        ({"consent_scope": "site"}, []),
    ],
    ids=["live", "expires today", "expires tomorrow", "expired", "from tomorrow", "none", "for the site only"],
)
def test_a_quotation_is_shown_only_with_consent(outcome, fields, said):
    today = timezone.localdate()
    days = {name: today + timedelta(days=value) if isinstance(value, int) else value for name, value in fields.items()}
    quotation = make_quotation("Words.", outcome=outcome, **{"consent_scope": "newsletter", **days})
    issue = make_issue(5)
    add_section(issue, "quotation", quotation=quotation, body="An introduction.")
    assert [block.quotation for block in blocks_of(issue)] == said


def test_an_empty_section_is_left_out(db):
    issue = make_issue(5)
    add_section(issue, "text")
    add_section(issue, "notice")
    assert blocks_of(issue) == []


def test_a_block_without_a_heading_is_named_by_its_label(db):
    issue = make_issue(5)
    add_section(issue, "notice", body="Words.")
    add_section(issue, "text", body="Words.")
    assert [(block.heading, block.name) for block in blocks_of(issue)] == [("", "Notice"), ("", "")]


def test_highlights_are_the_focus_and_the_feature(issue, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert [block.heading for block in highlights_of(issue)] == ["Secure and suitable housing", "A toolkit"]


def test_twelve_sections_need_no_more_queries_than_one(outcome, django_assert_num_queries):
    issue = make_issue(5)
    for number in range(12):
        resource = make_resource(f"Toolkit {number}", on=[outcome])
        organisation = Organisation.objects.create(name=f"Maker {number}")
        resource.credits.create(organisation=organisation, role="author")
        add_section(issue, "feature", resource=resource)
    with django_assert_num_queries(3):
        assert [block.facts for block in blocks_of(issue)] == [(("Made by", f"Maker {n}"),) for n in range(12)]
