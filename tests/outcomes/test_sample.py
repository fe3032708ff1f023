"""The sample content of outcomes."""

import re

import pytest
from django.db import IntegrityError

from outcomes import sample
from outcomes.models import Domain, Feature, Organisation, Outcome, Quotation, Reference, Resource

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(db):
    sample.load()


def test_the_seven_outcomes_have_the_studys_names_and_order():
    assert list(Outcome.objects.values_list("official_name", "short_name")) == [
        ("Secure and suitable housing", "housing"),
        ("Safety from any trafficker or other abuser", "safety"),
        ("Long-term, consistent support", "support"),
        ("Compassionate, trauma-informed services", "services"),
        ("Finding purpose in life and self-actualisation", "purpose"),
        ("Access to medical treatment", "medical"),
        ("Access to education", "education"),
    ]


def test_the_sample_content_is_complete():
    counts = {model: model.objects.count() for model in (Domain, Resource, Feature, Reference, Quotation)}
    assert counts == {Domain: 10, Resource: 7, Feature: 3, Reference: 1, Quotation: 4}
    toolkit = Resource.objects.get(title="The Passage Modern Slavery Toolkit")
    assert toolkit.credits.filter(role="partner").count() == 10
    assert toolkit.recommended_before.get().kind == "training"
    assert [feature.resource.kind for feature in Feature.objects.current().filter(outcome__short_name="housing")] == [
        "toolkit"
    ]
    assert Organisation.objects.filter(resources=None).count() == 0


def test_a_second_load_is_refused():
    with pytest.raises(IntegrityError):
        sample.load()


def test_every_outcome_is_complete():
    for outcome in Outcome.objects.with_counts():
        assert outcome.body_html
        assert outcome.good_looks_like_html
        assert outcome.last_reviewed
        assert outcome.resource_count > 0
        assert outcome.related.exists()


def test_quotations_are_examples_credited_to_a_role():
    assert all(credit.endswith(", example") for credit in Quotation.objects.values_list("credit", flat=True))


def test_all_pages_render_complete(client):
    pages = [
        "/outcomes/",
        "/resources/",
        *(row.get_absolute_url() for row in [*Outcome.objects.all(), *Resource.objects.all()]),
    ]
    for address in pages:
        answer = client.get(address)
        html = answer.content.decode()
        assert answer.status_code == 200, address
        assert not re.search(r'href="#?"|>here<|lorem|coming soon|None', html, re.IGNORECASE), address
        assert "has not agreed yet" not in html
        assert "<br>" not in html, address


def test_the_housing_page_has_what_the_newsletter_promises(client):
    html = client.get("/outcomes/housing/").content.decode()
    for words in (
        "Research Advisory Board",
        "Area and location",
        "sections 14.10 to 14.13, pages 159 to 167",
        "The Passage Modern Slavery Toolkit",
        "A housing caseworker, example",
        "Last reviewed 20 March 2023",
    ):
        assert words in html
