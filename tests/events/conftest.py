"""Fixtures and factories of events."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from events.actions import save_event
from events.models import Event
from mscos.groups import EDITORS
from outcomes.models import Organisation
from tests.people import make_staff

NOW = datetime(2023, 3, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today():
    """Ten days before the training of Week 5."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def editor(db):
    return make_staff("robin@example.org", display_name="Robin", groups=[EDITORS])


@pytest.fixture
def training(db):
    """5 to 6:30pm in London, noon in New York, on 30 March 2023; US$50."""
    return make_event(
        "A training",
        starts=datetime(2023, 3, 30, 16, tzinfo=UTC),
        price=Decimal(50),
        currency="USD",
        cost_help="If that is a barrier, email the organiser.",
        free_for="survivors and members",
        booking_url="https://tickets.example.org/training",
    )


def make_event(title="An event", *, hours=1.5, organiser="Survivor Alliance", on=(), **fields):
    """Return a published event, by default in ten days."""
    starts = fields.pop("starts", NOW + timedelta(days=10))
    given = {"state": "published", "summary": "What it is.", "ends": starts + timedelta(hours=hours), **fields}
    by, _ = Organisation.objects.get_or_create(name=organiser)
    event = save_event(event=Event(title=title, organiser=by, starts=starts, **given))
    event.outcomes.set(on)
    return event
