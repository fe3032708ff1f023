"""The month table: weeks of seven days, and the events on each day."""

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from events.models import Event, EventDate
from events.times import LONDON, hour_in_words, last_day_of
from events.zone_names import city

FIRST_YEAR, LAST_YEAR = 2000, 2100
ONE_DAY = timedelta(days=1)
MAX_DATES_TO_SEARCH = 200  # of events at the edge of a month, some of which fall into it by their own clocks


class Entry(NamedTuple):
    """An event on one day, with its local start, whose zone is named if it is not London; '' on its later days."""

    event: Event
    begins: str


@dataclass(frozen=True)
class Day:
    """A day of the table, which may be one of the month before or after."""

    day: date
    in_month: bool
    is_today: bool
    entries: list[Entry]


@dataclass(frozen=True)
class Month:
    """A month, by its first day."""

    first: date

    @classmethod
    def named(cls, name: str) -> "Month":
        """Return the month of a name such as '2023-03', or the current one for anything else."""
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", name, re.ASCII)
        if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            return cls(date(int(match[1]), int(match[2]), 1))
        return cls(timezone.localdate().replace(day=1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The two moments between which it is this month somewhere on Earth."""
        return _midnight(self.first - ONE_DAY), _midnight(self.last + 2 * ONE_DAY)

    def before(self, dates: QuerySet[EventDate]) -> "Month | None":
        """Return the last month before this one in which any of `dates` falls, by the clocks of its event."""
        started = dates.filter(starts__lt=_midnight(self.first + ONE_DAY)).order_by("-ends")
        days = (min(last, self.first - ONE_DAY) for day, last in _days_of(started) if day < self.first)
        return next((Month(day.replace(day=1)) for day in days), None)

    def after(self, dates: QuerySet[EventDate]) -> "Month | None":
        """Return the first month after this one in which any of `dates` falls, by the clocks of its event."""
        unfinished = dates.filter(ends__gte=_midnight(self.last)).order_by("starts")
        days = (max(day, self.last + ONE_DAY) for day, last in _days_of(unfinished) if last > self.last)
        return next((Month(day.replace(day=1)) for day in days), None)

    def weeks(self, dates: Iterable[EventDate]) -> list[list[Day]]:
        """Return the weeks of the month, from Monday, with `dates` on their days by the organisers' clocks."""
        entries: dict[date, list[Entry]] = {}
        for one in dates:
            starts, ends = one.starts.astimezone(one.event.clock), one.ends.astimezone(one.event.clock)
            day, last = max(starts.date(), self.first), min(last_day_of(starts, ends), self.last)
            while day <= last:
                begins = _local_start(starts, one.event) if day == starts.date() else ""
                entries.setdefault(day, []).append(Entry(one.event, begins))
                day += ONE_DAY
        weeks = calendar.Calendar().monthdatescalendar(self.first.year, self.first.month)
        today = timezone.localdate()
        return [
            [Day(day, day.month == self.first.month, day == today, entries.get(day, [])) for day in week]
            for week in weeks
        ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _local_start(starts: datetime, event: Event) -> str:
    """Return '5pm', '8pm New York time'."""
    hour = hour_in_words(starts)
    return hour if event.zone == LONDON else f"{hour} {city(event.clock)} time"


def _days_of(dates: QuerySet[EventDate]) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of the first of these dates, by the clocks of their events."""
    for one in dates.select_related("event").only("starts", "ends", "event__zone")[:MAX_DATES_TO_SEARCH]:
        starts, ends = one.starts.astimezone(one.event.clock), one.ends.astimezone(one.event.clock)
        yield starts.date(), last_day_of(starts, ends)
