"""Rules of recurring events: their dates, and the RRULE for calendar programs.

A rule repeats the local time in the event's zone: 5pm stays 5pm when the clocks change. Each date lasts as long as the
first (RFC 5545, 3.8.5.3). Every rule has an end, since nobody can promise a training for ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from django.db.models import TextChoices
from django.utils.formats import date_format

MAX_DATES = 105  # two years of a weekly training
MIN_DATES = 2
WEEK = 7  # days
NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Repeats(TextChoices):
    """The kinds of recurrence. The first date gives the weekday or the day of the month."""

    ONCE = "", "Once"
    WEEKLY = "weekly", "By the week, on the same weekday"
    MONTHLY_DAY = "day", "By the month, on the same day: the 30th"
    MONTHLY_WEEKDAY = "weekday", "By the month, on the same weekday: the second Tuesday"
    MONTHLY_LAST = "last", "By the month, on the last such weekday"


class Span(NamedTuple):
    """One date of an event, from its start to its end."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Rule:
    """A rule of recurrence: `every` so many weeks or months, up to the day `until`, without the days `left_out`."""

    repeats: Repeats
    every: int
    until: date
    left_out: frozenset[date] = frozenset()

    def local_starts(self, first: datetime) -> Iterator[datetime]:
        """Yield the naive local time of each start from `first` on, including the days left out."""
        by: dict[str, Any] = {}
        if self.repeats == Repeats.MONTHLY_DAY:
            by["bymonthday"] = first.day
        elif self.repeats != Repeats.WEEKLY:
            by["byweekday"] = weekday(first.weekday(), self._nth(first))
        frequency = WEEKLY if self.repeats == Repeats.WEEKLY else MONTHLY
        until = datetime.combine(self.until, time.max)
        yield from islice(rrule(frequency, interval=self.every, dtstart=first, until=until, **by), MAX_DATES + 1)

    def for_calendars(self, first: datetime, last: datetime) -> dict[str, Any]:
        """Return the parts of an RRULE for a local first start; `last` is the moment of the last start."""
        rule: dict[str, Any] = {"FREQ": "WEEKLY" if self.repeats == Repeats.WEEKLY else "MONTHLY"}
        if self.every > 1:
            rule["INTERVAL"] = self.every
        if self.repeats == Repeats.MONTHLY_DAY:
            rule["BYMONTHDAY"] = first.day
        else:
            nth = "" if self.repeats == Repeats.WEEKLY else str(self._nth(first))
            rule["BYDAY"] = f"{nth}{DAYS[first.weekday()]}"
        return {**rule, "UNTIL": last.astimezone(UTC)}  # RFC 5545, 3.3.10: in UTC where the start has a zone

    def in_words(self, first: datetime) -> str:
        """Return 'Every 2 weeks on Thursday', 'Every month on the second Tuesday', 'Every month on the 30th'."""
        unit = "week" if self.repeats == Repeats.WEEKLY else "month"
        frequency = f"Every {unit}" if self.every == 1 else f"Every {self.every} {unit}s"
        if self.repeats == Repeats.MONTHLY_DAY:
            return f"{frequency} on the {date_format(first, 'jS')}"
        nth = "" if self.repeats == Repeats.WEEKLY else f"the {NTH[self._nth(first)]} "
        return f"{frequency} on {nth}{first:%A}"

    def problem(self, first: datetime, length: timedelta) -> str:
        """Return why an event that starts at local time `first` cannot have this rule; '' if it can."""
        local_starts = list(self.local_starts(first))
        unknown_days = ", ".join(_day(day) for day in sorted(self.left_out - {local.date() for local in local_starts}))
        is_last_of_month = (first + timedelta(days=WEEK)).month != first.month
        problems = {
            f"A month seldom has a fifth {first:%A}. Choose the last such weekday.": (
                self.repeats == Repeats.MONTHLY_WEEKDAY and nth_of(first) not in NTH
            ),
            f"{_day(first)} is not the last {first:%A} of its month. Choose another rule or another start.": (
                self.repeats == Repeats.MONTHLY_LAST and not is_last_of_month
            ),
            f"That is more than {MAX_DATES} dates. Choose an earlier last day.": len(local_starts) > MAX_DATES,
            "It does not come again by its last day. Choose a later one, or let it take place once.": len(local_starts)
            < MIN_DATES,
            "It lasts longer than it takes until it begins again.": local_starts[1:]
            and local_starts[1] - local_starts[0] < length,
            "It cannot leave out its first date. Let it start on the first one that takes place.": (
                first.date() in self.left_out
            ),
            f"Not among its dates, so it cannot be left out: {unknown_days}.": unknown_days,
        }
        return next((sentence for sentence, applies in problems.items() if applies), "")

    def _nth(self, first: datetime) -> int:
        return -1 if self.repeats == Repeats.MONTHLY_LAST else nth_of(first)


def nth_of(first: datetime) -> int:
    """Return the number of a day among the same weekdays of its month: 2 for the second Tuesday."""
    return (first.day - 1) // WEEK + 1


def spans_of(starts: datetime, ends: datetime, zone: ZoneInfo, rule: Rule | None) -> list[Span]:
    """Return all dates of an event whose first one is from `starts` to `ends` (aware), in order."""
    if rule is None:
        return [Span(starts, ends)]
    first = starts.astimezone(zone).replace(tzinfo=None)
    later = [local for local in rule.local_starts(first) if local > first and local.date() not in rule.left_out]
    moments = [starts, *(local.replace(tzinfo=zone).astimezone(UTC) for local in later)]
    return [Span(moment, moment + (ends - starts)) for moment in moments]


def _day(day: date) -> str:
    return date_format(day, "j F Y")
