"""Sample content of the events: the training of the community's fifth newsletter, examples to come, a suggestion."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from events.actions import save_event
from events.models import Event
from events.repeats import Repeats
from events.suggestions import suggest
from mscos.forms import new_submission_id
from outcomes.models import Organisation, Outcome

LONDON = ZoneInfo("Europe/London")
LEARN = """\
How trauma works and what it does
Practical tools for trauma at work
How Survivor Alliance joins theory and practice"""


def load() -> None:
    """Create the sample content. The outcomes exist already."""
    _training()
    _upcoming("A morning on case conferences (example)", days=24, hour=10, price=None)
    _upcoming("Housing standards, an evening talk (example)", days=45, hour=18, price=Decimal(0))
    _weekly()
    suggest(
        submission_id=new_submission_id(),
        title="Council housing and safety, a lunchtime talk (example)",
        organiser="A housing charity (example)",
        stated_time="First Thursday of next month, 1 to 2pm",
        place="Online",
        cost="Free",
    )


def _training() -> None:
    event = save_event(
        event=Event(
            title="Mental health and wellbeing, with Survivor Alliance",
            state=Event.State.PUBLISHED,
            organiser=Organisation.objects.get(name="Survivor Alliance"),
            summary="Survivor Alliance, a partner of the study, teaches its own approach, from lived experience.",
            learn=LEARN,
            audience="practitioners",
            for_survivors=True,
            starts=datetime(2023, 3, 30, 17, tzinfo=LONDON),
            ends=datetime(2023, 3, 30, 18, 30, tzinfo=LONDON),
            zone="Europe/London",
            stated_time="5 to 6:30pm GMT / 12 to 1:30pm EST",
            price=Decimal(50),
            currency="USD",
            cost_help="The price is for one person. If it is a barrier, email the organiser and ask for less.",
            free_for="survivors and members",
            booking_url="https://www.survivoralliance.org/",
            booking_tracks=True,
        )
    )
    event.outcomes.set(Outcome.objects.filter(short_name="services"))


def _upcoming(title: str, *, days: int, hour: int, price: Decimal | None, currency: str = "GBP", **rule: Any) -> None:
    day = timezone.localdate() + timedelta(days=days)
    starts = datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)
    event = save_event(
        event=Event(
            title=title,
            state=Event.State.PUBLISHED,
            kind=Event.Kind.TALK,
            organiser=Organisation.objects.get(name="King's College London"),
            summary="An example, to show how events are listed.",
            starts=starts,
            ends=starts + timedelta(hours=2),
            price=price,
            currency=currency,
            access="Captions; cameras may stay off",
            recording=Event.Recording.NO,
            **rule,
        )
    )
    event.outcomes.set(Outcome.objects.filter(short_name="housing"))


def _weekly() -> None:
    """Create a reading group every other week, with one date left out."""
    first = timezone.localdate() + timedelta(days=10)
    days = [first + timedelta(weeks=2 * number) for number in range(6)]
    _upcoming(
        "Reading group on trauma-informed support (example)",
        days=10,
        hour=12,
        price=Decimal(0),
        repeats=Repeats.WEEKLY,
        repeats_every=2,
        repeats_until=days[-1],
        left_out=days[3].isoformat(),
    )
