"""Fixtures and factories of outcomes, resources and quotations."""

from datetime import date

import pytest
import time_machine
from model_bakery import baker

from outcomes.models import Outcome, Quotation, Resource

TODAY = date(2023, 3, 20)


@pytest.fixture
def today():
    """The current day, from which tests count consents and features."""
    with time_machine.travel(f"{TODAY} 12:00 +0000", tick=False):
        yield TODAY


@pytest.fixture
def outcome(db):
    """The housing outcome, without related rows."""
    return make_outcome("housing", official_name="Secure and suitable housing")


def make_outcome(short_name="housing", **fields):
    position = fields.pop("position", Outcome.objects.count() + 1)
    named = {"official_name": f"The outcome {short_name}", "summary": f"What {short_name} is.", **fields}
    return Outcome.objects.create(short_name=short_name, position=position, **{"body": "It matters.", **named})


def make_resource(title="A toolkit", *, on=(), **fields):
    """Return a listed resource about the outcomes `on`."""
    given = {"kind": "toolkit", "state": "listed", "url": "https://example.org/", "summary": "It helps.", **fields}
    resource = Resource.objects.create(title=title, **given)
    resource.outcomes.set(on)
    return resource


def make_quotation(text="Some words.", **fields):
    """Return a quotation with live consent for the site."""
    given = {"credit": "A caseworker, example", "consent_given_on": date(2023, 1, 1), "consent_scope": "site"}
    if not fields.keys() & {"outcome", "resource"}:
        fields["outcome"] = Outcome.objects.first() or make_outcome()
    return Quotation.objects.create(text=text, **{**given, **fields})


def make_forum(outcome, **fields):
    """Return the forum of an outcome."""
    given = {"slug": outcome.short_name, "title": f"{outcome.short_title} forum", "purpose": "To talk.", **fields}
    return baker.make("forums.Forum", outcome=outcome, **given)
