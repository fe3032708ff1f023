"""The public pages of outcomes and resources."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from model_bakery import baker

from outcomes.models import Domain, Feature, Nation, Organisation, Reference, ResourceOrganisation
from tests.events.conftest import make_event
from tests.outcomes.conftest import TODAY, make_forum, make_outcome, make_quotation, make_resource
from tests.outcomes.helpers import links, page, title

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


# The index of outcomes


def test_the_index_shows_the_outcomes_in_the_studys_order(client):
    make_outcome("safety", position=2)
    make_outcome("housing", position=1)
    text = page(client, "/outcomes/")
    assert title(text).startswith("Outcomes –")
    assert links(text, "/outcomes/[a-z]+/") == ["The outcome housing", "The outcome safety"]


def test_cards_count_listed_resources_and_visible_threads(client, outcome):
    forum = make_forum(outcome)
    baker.make("forums.Thread", forum=forum, state="open", _quantity=2)
    baker.make("forums.Thread", forum=forum, state="waiting")
    make_resource(on=[outcome])
    make_resource(on=[outcome], state="draft")
    assert "1 resource, 2 threads" in page(client, "/outcomes/")


def test_a_card_without_resources_says_so(client, outcome):
    assert "Resources coming soon" in page(client, "/outcomes/")


def test_the_index_without_outcomes_leads_to_the_library(client):
    assert "browse the resources" in page(client, "/outcomes/")


def test_the_index_has_the_long_list_and_the_study(client):
    Domain.objects.create(name="Opportunities", position=1)
    text = page(client, "/outcomes/")
    assert "<li>Opportunities</li>" in text
    assert links(text, 'https://doi.org/[^"]+') == ["how the study was done"]


# One outcome


def test_an_outcome_says_what_it_is(client):
    make_outcome(
        official_name="Secure and suitable housing",
        aliases="Safe housing",
        content_note="detention",
        body="Why *so*.",
        good_looks_like="A **lock**.",
        last_reviewed=TODAY,
    )
    text = page(client, "/outcomes/housing/")
    assert title(text).startswith("Housing –")
    assert "<h1>Secure and suitable housing</h1>" in text
    assert "Also called: Safe housing" in text
    assert "Why <em>so</em>." in text
    assert "A <strong>lock</strong>." in text
    assert "Last reviewed 20 March 2023" in text
    assert links(text, "#good") == ["Skip to the next section"]
    assert text.index("it mentions detention") < text.index("Why <em>so")


def test_an_unknown_outcome_is_404(client, outcome):
    page(client, "/outcomes/cooking/", 404)


def test_an_outcome_without_anything_says_what_to_do(client, outcome):
    text = page(client, "/outcomes/housing/")
    assert 'Know something that helps? <a href="/contact/?for=message">Tell us</a>' in text
    assert "Skip to the next section" not in text
    assert "Join the housing discussion" not in text
    assert "Last reviewed" not in text


def test_references_say_where_to_look(client, outcome):
    Reference.objects.create(
        outcome=outcome, document="Handbook", publisher="ODIHR", url="https://example.org/h", pages="1 to 2"
    )
    text = page(client, "/outcomes/housing/")
    assert 'href="https://example.org/h" rel="noreferrer noopener">Handbook</a>' in text
    assert "(opens another website)</span>, ODIHR: pages 1 to 2." in text


def test_the_featured_resource_comes_first(client, outcome, today):
    featured = make_resource("The toolkit", on=[outcome])
    make_resource("Another", on=[outcome])
    make_resource("Hidden", on=[outcome], state="draft")
    Feature.objects.create(outcome=outcome, resource=featured, starts=TODAY)
    text = page(client, "/outcomes/housing/")
    assert links(text, "/resources/[a-z0-9]+/") == ["Read the featured resource", "The toolkit", "Another"]
    assert links(text, r"/resources/\?outcome=housing") == ["All housing resources"]


def test_a_withdrawn_featured_resource_is_not_shown(client, outcome, today):
    resource = make_resource("The toolkit", on=[outcome], state="withdrawn")
    Feature.objects.create(outcome=outcome, resource=resource, starts=TODAY)
    assert "The toolkit" not in page(client, "/outcomes/housing/")


@pytest.mark.parametrize("featured", [True, False])
def test_at_most_five_other_resources_are_shown(client, outcome, today, featured):
    resources = [make_resource(f"Number {number}", on=[outcome]) for number in range(7)]
    if featured:
        Feature.objects.create(outcome=outcome, resource=resources[6], starts=TODAY)
    text = page(client, "/outcomes/housing/")
    assert [name for name in links(text, "/resources/[a-z0-9]+/") if name.startswith("Number")] == [
        *["Number 6"] * featured,
        *(f"Number {number}" for number in range(5)),
    ]


def test_the_next_events_are_shown_without_past_or_cancelled_ones(client, outcome, today):
    now = timezone.now()
    assert "Coming up" not in page(client, "/outcomes/housing/")
    for number in (3, 1, 4, 2):
        make_event(f"In {number} days", starts=now + number * DAY, on=[outcome])
    make_event("Over", starts=now - 2 * DAY, on=[outcome])
    make_event("Called off", starts=now, state="cancelled", change_note="No trainer.", on=[outcome])
    make_event("On something else", starts=now)
    text = page(client, "/outcomes/housing/")
    assert links(text, r"/events/\w{8}/") == ["In 1 days", "In 2 days", "In 3 days"]
    assert links(text, r"/events/\?outcome=housing") == ["All housing events, and a calendar to follow"]


def test_related_outcomes_are_linked(client, outcome):
    outcome.related.add(make_outcome("safety"))
    assert links(page(client, "/outcomes/housing/"), "/outcomes/safety/") == ["The outcome safety"]


def test_an_outcome_shows_its_forums_threads_and_consultations(client, outcome, today):
    forum = make_forum(outcome)
    for number in range(4):
        baker.make("forums.Thread", forum=forum, state="open", title=f"Thread {number}", last_on=TODAY + number * DAY)
    baker.make("forums.Thread", forum=forum, state="waiting", title="Unread", last_on=TODAY + 9 * DAY)
    consultation = baker.make(
        "forums.Consultation", forum=forum, question="What would help?", opens=TODAY, closes=TODAY
    )
    baker.make("forums.Topic", consultation=consultation, title="Council housing", code="e")
    baker.make("forums.Consultation", forum=forum, question="Too late?", opens=TODAY - DAY, closes=TODAY - DAY)
    text = page(client, "/outcomes/housing/")
    assert links(text, '/forums/housing/t/[^"]+') == ["Thread 3", "Thread 2", "Thread 1"]
    assert links(text, "/forums/housing/")[0] == "Join the housing discussion"
    assert "<li>Council housing</li>" in text
    assert "What would help?" in text
    assert "Too late?" not in text


def test_a_silent_forum_says_that_one_could_be_first(client, outcome):
    make_forum(outcome)
    assert "No one has posted about housing yet." in page(client, "/outcomes/housing/")


# Quotations


WITHOUT_CONSENT = [
    {"consent_given_on": None},
    {"consent_given_on": TODAY + DAY},
    {"consent_expires_on": TODAY - DAY},
    {"consent_scope": "newsletter"},
]


@pytest.mark.parametrize("fields", WITHOUT_CONSENT)
def test_quotations_without_consent_are_shown_nowhere(client, outcome, today, fields):
    resource = make_resource(on=[outcome])
    quotation = make_quotation("Unspoken words.", credit="Nobody", outcome=outcome, resource=resource, **fields)
    for address in ("/outcomes/", "/outcomes/housing/", "/resources/", resource.get_absolute_url()):
        text = page(client, address)
        assert "Unspoken" not in text
        assert "Nobody" not in text
    quotation.refresh_from_db()
    assert quotation.text == "Unspoken words."


def test_quotations_with_consent_are_shown_with_their_credit(client, outcome, today):
    resource = make_resource(on=[outcome])
    organisation = Organisation.objects.create(name="The Passage")
    make_quotation("Spoken.", credit="A worker", organisation=organisation, outcome=outcome, resource=resource)
    for address in ("/outcomes/housing/", resource.get_absolute_url()):
        text = page(client, address)
        assert "<blockquote><p>Spoken.</p></blockquote> <figcaption>A worker, The Passage</figcaption>" in text


def test_quotations_about_harm_open_on_request(client, outcome):
    make_quotation("Spoken.", outcome=outcome, content_note="detention")
    text = page(client, "/outcomes/housing/")
    assert "<summary>Content note: detention. Show this quotation</summary>" in text


def test_quotations_are_escaped(client, outcome):
    make_quotation("<b>Spoken</b>", outcome=outcome)
    assert b"&lt;b&gt;Spoken&lt;/b&gt;" in client.get("/outcomes/housing/").content


# One resource


def test_a_resource_says_what_it_is(client, outcome, today):
    resource = make_resource(
        "The toolkit",
        on=[outcome],
        audience="Councils",
        body="Much **more**.",
        pages=40,
        cost="Free",
        published=date(2020, 5, 4),
        file_type="PDF",
        file_size="2 MB",
        last_checked=TODAY,
    )
    make_forum(outcome)
    for name, role in (("The Passage", "author"), ("Crisis", "partner"), ("A fund", "funder")):
        organisation = Organisation.objects.create(name=name, url="https://www.example.org" if role == "author" else "")
        ResourceOrganisation.objects.create(resource=resource, organisation=organisation, role=role)
    training, hidden = make_resource("A training", kind="training"), make_resource("Hidden", state="draft")
    resource.recommended_before.add(training, hidden)
    resource.nations.set(Nation.objects.filter(code__in="es"))
    resource.tags.add("councils")
    text = page(client, resource.get_absolute_url())
    assert title(text).startswith("Resource –")
    assert "The toolkit" not in text[: text.index("<body")]
    assert links(text, "/outcomes/housing/") == ["Housing"]
    assert 'Made by <a href="https://www.example.org" rel="noreferrer noopener">The Passage</a>' in text
    assert 'href="https://example.org/" rel="noreferrer noopener">Open the toolkit on The Passage’s site</a>' in text
    assert "PDF, 2 MB. Opens another website" in text
    assert "Much <strong>more</strong>." in text
    assert links(text, training.get_absolute_url()) == ["A training"]
    assert "Hidden" not in text
    facts = dict(re.findall("<dt>(.*?)</dt> <dd>(.*?)</dd>", text))
    assert facts.pop("Tags").endswith(">councils</a>")
    assert facts == {
        "Type": "Toolkit",
        "Pages": "40",
        "Language": "English",
        "Cost": "Free",
        "Published": "2020",
        "Area it covers": "England, Scotland",
        "Partners": "Crisis",
        "Paid for by": "A fund",
        "Link last checked": "20 March 2023",
    }
    assert "We list this because people in the community use it. We did not write it." in text
    assert 'Used this? Tell others in the forum: <a href="/forums/housing/">Housing forum</a></p>' in text
    assert "What people say" not in text
    assert "may not work" not in text


@pytest.mark.parametrize(("link_state", "count"), [("working", 0), ("not checked", 0), ("reported", 1), ("broken", 1)])
def test_a_broken_link_is_marked(client, link_state, count):
    text = page(client, make_resource(link_state=link_state).get_absolute_url())
    words = "<strong>This link may not work.</strong> We have been told and are checking."
    assert text.count(words) == count


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_an_unlisted_resource_is_404(client, state):
    page(client, make_resource(state=state).get_absolute_url(), 404)


def test_a_link_to_another_site_names_its_host(client):
    resource = make_resource("The toolkit", url="https://www.shop.example/toolkit")
    assert "Open the toolkit on shop.example</a>" in page(client, resource.get_absolute_url())


def test_an_unknown_code_is_404(client):
    page(client, "/resources/bcdfghjk/", 404)


# Queries: at most eight for any number of rows


def fill(outcome, forum, rows):
    """Create so many related rows of an outcome; return one of its resources."""
    resources = [make_resource(f"Resource {number}", on=[outcome], state="listed") for number in range(rows + 1)]
    first = resources[0]
    for number, resource in enumerate(resources[1:]):
        organisation = Organisation.objects.create(name=f"Organisation {number}")
        for credited in (first, resource):
            ResourceOrganisation.objects.create(resource=credited, organisation=organisation)
        resource.tags.add(f"tag {number}")
        first.tags.add(f"tag {number}")
        first.recommended_before.add(resource)
        other = make_outcome(f"other-{number}")
        outcome.related.add(other)
        make_forum(other)
        first.outcomes.add(other)
        make_quotation(outcome=outcome, resource=first, organisation=organisation)
        Reference.objects.create(outcome=outcome, document="Handbook")
        Feature.objects.create(outcome=outcome, resource=resource, starts=TODAY - number * DAY)
        baker.make("forums.Thread", forum=forum, state="open", title="A thread", last_on=TODAY)
        consultation = baker.make("forums.Consultation", forum=forum, opens=TODAY, closes=None)
        baker.make("forums.Topic", consultation=consultation, code="a")
        Domain.objects.create(name=f"Domain {number}", position=number)
        make_event(f"Event {number}", starts=timezone.now() + DAY, organiser=f"Organiser {number}", on=[outcome])
    first.nations.set(Nation.objects.all())
    return first


@pytest.mark.parametrize("name", ["index", "outcome", "library", "resource"])
@pytest.mark.parametrize("rows", [1, 50])
def test_pages_need_as_many_queries_for_50_rows_as_for_1(client, outcome, today, name, rows):
    resource = fill(outcome, make_forum(outcome), rows)
    address, expected = {
        "index": ("/outcomes/", 3),
        "outcome": ("/outcomes/housing/", 8),
        "library": ("/resources/?outcome=housing&kind=toolkit", 8),
        "resource": (resource.get_absolute_url(), 8),
    }[name]
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as queries:
        page(client, address)
    assert len(queries) == expected, "\n".join(query["sql"] for query in queries)
