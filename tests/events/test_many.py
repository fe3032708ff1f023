"""Ten thousand events: queries do not grow with their number, and a calendar has one batch in memory."""

import tracemalloc
from datetime import timedelta

import pytest
from model_bakery import baker

from events.ics_export import BATCH, calendar_of
from events.models import Event, EventDate
from outcomes.models import Organisation
from tests.bulk_rows import store
from tests.events.conftest import NOW
from tests.outcomes.conftest import make_outcome

pytestmark = pytest.mark.django_db
MANY = 10_000
HOUR = timedelta(hours=1)


def fill(count):
    """Create `count` listed events on housing: half of them past, a tenth by each organiser."""
    outcome = make_outcome("housing")
    organisers = baker.make(Organisation, _quantity=10)
    starts = [NOW + (number - count // 2) * HOUR for number in range(count)]
    events = store(Event, (
        Event(
            title=f"Event {number}", organiser=organisers[number % 10], state="published", summary="What it is.",
            starts=moment, ends=moment + HOUR, over_at=moment + HOUR, listed_at=NOW, stated_time="5pm GMT",
        )
        for number, moment in enumerate(starts)
    ))  # fmt: skip
    store(EventDate, (EventDate(event=each, starts=each.starts, ends=each.ends) for each in events))
    about = Event.outcomes.through
    store(about, (about(event=each, outcome=outcome) for each in events))
    return organisers


def test_no_list_needs_more_than_eight_queries(client, django_assert_max_num_queries):
    organiser = fill(MANY)[3]
    assert (Event.objects.upcoming().count(), Event.objects.past().count()) == (MANY // 2, MANY // 2)
    for path in (
        "/events/",
        "/events/?page=167",
        f"/events/?outcome=housing&by={organiser.pk}&where=online&zone=Asia/Kolkata",
        "/events/past/?page=100",
        "/events/month/",
        "/events/month/?month=2023-09&outcome=housing",
        "/events/feed/",
        "/outcomes/housing/",
        "/",
    ):
        with django_assert_max_num_queries(8):
            assert client.get(path).status_code == 200


def peak(count):
    """Return the peak memory, in bytes, of writing a calendar of `count` events."""
    events = Event.objects.listed().with_organiser().order_by("starts", "pk").filter(pk__in=_first(count))
    size = 0
    tracemalloc.start()
    for piece in calendar_of(events, plain=False, name="Events"):
        size += len(piece)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most, size


def _first(count):
    return Event.objects.order_by("pk").values("pk")[:count]


def test_a_calendar_of_many_has_two_batches_in_memory_at_most():
    fill(6 * BATCH)
    peak(1)  # what is loaded once
    (two, small), (six, large) = peak(2 * BATCH), peak(6 * BATCH)
    assert large > 2.9 * small
    assert six < 1.2 * two
