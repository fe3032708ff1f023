"""A month as a table: seven columns, a row a week, and in each day the events that touch it."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from events.models import Event, EventDate
from events.times import hour_in_words, last_day_of

FIRST_YEAR, LAST_YEAR = 2000, 2100
ONE_DAY = timedelta(days=1)


class Entry(NamedTuple):
    """An event on one day, with when it begins on its own clocks; '' on the days that it goes on over."""

    event: Event
    begins: str


@dataclass(frozen=True)
class Day:
    """A day of the table; those of the months before and after are there to fill the weeks."""

    day: date
    in_month: bool
    is_today: bool
    entries: list[Entry]


@dataclass(frozen=True)
class Month:
    """A month by its first day."""

    first: date

    @classmethod
    def named(cls, name: str) -> "Month":
        """Return the month of '2023-03', the present one for anything else."""
        found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", name, re.ASCII)
        if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            return cls(date(int(found[1]), int(found[2]), 1))
        return cls(timezone.localdate().replace(day=1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def previous(self) -> "Month":
        """The month before."""
        return Month((self.first - ONE_DAY).replace(day=1))

    @property
    def next(self) -> "Month":
        """The month after."""
        return Month(self.last + ONE_DAY)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Two moments between which it is this month somewhere on Earth."""
        return tuple(datetime.combine(day, time(), UTC) for day in (self.first - ONE_DAY, self.last + 2 * ONE_DAY))  # type: ignore[return-value]

    def weeks(self, dates: Iterable[EventDate]) -> list[list[Day]]:
        """Return the weeks of the month, from Monday, with `dates` on the days on which the organisers' clocks show them."""
        entries: dict[date, list[Entry]] = {}
        for one in dates:
            starts, ends = one.starts.astimezone(one.event.clock), one.ends.astimezone(one.event.clock)
            day, last = max(starts.date(), self.first), min(last_day_of(starts, ends), self.last)
            while day <= last:
                begins = hour_in_words(starts) if day == starts.date() else ""
                entries.setdefault(day, []).append(Entry(one.event, begins))
                day += ONE_DAY
        weeks = calendar.Calendar().monthdatescalendar(self.first.year, self.first.month)
        today = timezone.localdate()
        return [
            [Day(day, day.month == self.first.month, day == today, entries.get(day, [])) for day in week]
            for week in weeks
        ]
