"""The library of resources and its filters."""

import pytest

from outcomes.models import Nation, Organisation, ResourceOrganisation
from tests.outcomes.conftest import make_outcome, make_resource
from tests.outcomes.helpers import links, page, title

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(outcome):
    safety = make_outcome("safety")
    one = make_resource("One", on=[outcome, safety], kind="toolkit", cost="Free")
    two = make_resource("Two", on=[outcome], kind="training", cost="US$50")
    make_resource("Hidden", on=[outcome], state="draft").tags.add("secret")
    one.nations.add(Nation.objects.get(code="s"))
    one.tags.add("councils", "homelessness")
    two.tags.add("councils")
    organisation = Organisation.objects.create(name="The Passage")
    for role in ("author", "funder"):
        ResourceOrganisation.objects.create(resource=two, organisation=organisation, role=role)
    Organisation.objects.create(name="Nobody’s")
    return one, two


def listed(text):
    return links(text, "/resources/[a-z0-9]+/")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["One", "Two"]),
        ("outcome=housing", ["One", "Two"]),
        ("outcome=safety", ["One"]),
        ("kind=training", ["Two"]),
        ("nation=s", ["One"]),
        ("free=1", ["One"]),
        ("outcome=housing&kind=training", ["Two"]),
        ("outcome=safety&kind=training", []),
    ],
)
def test_filters_work_by_query_string_alone(client, library, query, found):
    assert listed(page(client, f"/resources/?{query}")) == found


def test_filters_by_tag_and_organisation_have_numbers_not_words(client, library):
    one, two = library
    tag = one.tags.get(name="homelessness").pk
    assert listed(page(client, f"/resources/?tag={tag}")) == ["One"]
    assert listed(page(client, f"/resources/?by={two.organisations.first().pk}")) == ["Two"]


def test_filters_offer_only_what_readers_can_find(client, library):
    text = page(client, "/resources/")
    assert "councils" in text
    assert "secret" not in text
    assert "Nobody’s" not in text


def test_what_is_chosen_can_be_removed(client, library):
    text = page(client, "/resources/?outcome=housing&kind=training&page=1")
    assert "Showing 1 of 2. Remove:" in text
    assert links(text, r"/resources/\?kind=training") == ["Housing"]
    assert links(text, r"/resources/\?outcome=housing") == ["Training"]


def test_a_filter_that_finds_nothing_says_what_to_do(client, library):
    assert "No resources match. Remove a filter to see more" in page(client, "/resources/?kind=video")


def test_an_empty_library_says_what_to_do(client):
    text = page(client, "/resources/")
    assert title(text).startswith("Resources –")
    assert 'Know something that helps? <a href="/contact/' in text


@pytest.mark.parametrize(
    "query",
    [
        "outcome=%00",
        "outcome=%ff",
        "kind=%ff%00",
        "tag=99999999999999999999999",
        "tag=abc",
        "by=-1",
        "nation[]=e",
        "outcome=housing&outcome=%ff",
        "page=abc",
        "page=%00",
        "page=-1",
        "page=0",
        "page=99999999999999999999",
        "free=2",
        "q=" + "[" * 5000,
    ],
)
def test_invalid_filter_values_are_ignored(client, library, query):
    text = page(client, f"/resources/?{query}")
    assert listed(text) == ["One", "Two"]
    assert "Error" not in title(text)


def test_the_library_has_twenty_a_page(client):
    for number in range(21):
        make_resource(f"Number {number:02}")
    first, second = page(client, "/resources/"), page(client, "/resources/?page=2")
    assert title(first).startswith("Resources (page 1 of 2) –")
    assert len(listed(first)) == 20
    assert listed(second) == ["Number 20"]
