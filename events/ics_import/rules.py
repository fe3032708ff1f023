"""The rules of calendar files by which entries repeat, as rules that events here can have.

There are few of those: by the week, or by the month in three ways, and always with a last day. Of an entry with any other
rule the first date is taken, and the editor is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.utils.formats import date_format
from icalendar import vRecur

from events.ics_import.entries import Entry
from events.repeats import DAYS, MAX_DATES, Repeats, Rule, nth_of

PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"}  # of a rule that can be one of ours
EVERY = range(1, 13)
FAR = date(2200, 1, 1)
CENTURIES = range(1000, 9000)  # years in which a moment can be put on any clock

NOT_OURS = (
    "It repeats in a way that events here cannot. Only its first date was taken: "
    "save a copy of the draft for each of the others."
)
FIRST_LEFT_OUT = "The file leaves out that very date: look for the first one that takes place."
ENDLESS = "It repeats without an end: taken up to {}. Choose its last day."
TOO_MANY_DATES = f"It has more than {MAX_DATES} dates: taken up to {{}}, the last that fits."
ONLY_THE_FIRST = "Only its first date was taken. {}"
CHANGED = "Left out, as the file changes or cancels these dates: {}."


@dataclass
class Series:
    """When an entry takes place: first, on the clocks of its zone, and then by which rule, if any."""

    first: datetime
    rule: Rule | None = None
    remarks: list[str] = field(default_factory=list)


def series_of(
    entry: Entry, first: datetime, *, length: timedelta, zone: str, left_out: set[date], changed: set[date]
) -> Series | None:
    """Return when an entry takes place that repeats; None where all its dates are left out.

    `left_out` are the days on which it does not take place, `changed` those of them that have an entry of their own.
    """
    rule, remark = _rule(entry, first, zone)
    if rule is None:
        return Series(first, remarks=[NOT_OURS, *([FIRST_LEFT_OUT] if first.date() in left_out else [])])
    local_starts = sorted({first, *rule.local_starts(first)})
    remaining = [local for local in local_starts if local.date() not in left_out]
    if not remaining:
        return None
    start, later = remaining[0], {local.date() for local in local_starts if local > remaining[0]}
    rule = replace(rule, left_out=frozenset(left_out & later))
    series = Series(start, rule, [remark, _changed(changed & {local.date() for local in local_starts})])
    if len(remaining) == 1:
        return replace(series, rule=None)
    if problem := rule.problem(start, length):
        return replace(series, rule=None, remarks=[*series.remarks, ONLY_THE_FIRST.format(problem)])
    return series


def _rule(entry: Entry, first: datetime, zone: str) -> tuple[Rule | None, str]:
    """Return the rule of an entry, up to its last day, and what is to be said of that day; no rule if it is none of ours."""
    recurs = entry.all("RRULE")
    if len(recurs) != 1 or not isinstance(recurs[0], vRecur) or entry.all("RDATE") or entry.all("EXRULE"):
        return None, ""
    (recur,) = recurs
    repeats, every, count = _repeats(recur, first), _number(recur, "INTERVAL", 1), _number(recur, "COUNT", 1)
    if repeats is None or every not in EVERY or count < 1:
        return None, ""
    local_starts = list(Rule(repeats, every, FAR).local_starts(first))
    until, remark = _last_day(recur, first, local_starts, zone)
    if len(local_starts) > MAX_DATES and until >= local_starts[MAX_DATES].date():
        until = local_starts[MAX_DATES - 1].date()
        remark = TOO_MANY_DATES.format(_day(until))
    return Rule(repeats, every, until), remark


def _repeats(recur: vRecur, first: datetime) -> Repeats | None:
    """Return how a rule repeats a first date that it fits; None for what events here cannot do."""
    if set(recur) - PARTS:
        return None
    frequency, byday, bymonthday = (
        ",".join(str(part).strip("+") for part in recur.get(name, [])) for name in ("FREQ", "BYDAY", "BYMONTHDAY")
    )
    day = DAYS[first.weekday()]
    ways = {
        ("WEEKLY", "", ""): Repeats.WEEKLY,
        ("WEEKLY", day, ""): Repeats.WEEKLY,
        ("MONTHLY", "", ""): Repeats.MONTHLY_DAY,
        ("MONTHLY", "", str(first.day)): Repeats.MONTHLY_DAY,
        ("MONTHLY", f"{nth_of(first)}{day}", ""): Repeats.MONTHLY_WEEKDAY,
        ("MONTHLY", f"-1{day}", ""): Repeats.MONTHLY_LAST,
    }
    return ways.get((frequency.upper(), byday.upper(), bymonthday))


def _number(recur: vRecur, name: str, usual: int) -> int:
    return int(recur[name][0]) if recur.get(name) else usual


def _last_day(recur: vRecur, first: datetime, local_starts: list[datetime], zone: str) -> tuple[date, str]:
    """Return the day after which no date of a rule begins, and what is to be said of it."""
    if recur.get("COUNT"):
        return local_starts[min(_number(recur, "COUNT", 1), len(local_starts)) - 1].date(), ""
    if recur.get("UNTIL"):
        return _day_of(recur["UNTIL"][0], first, zone), ""
    year = first.date() + relativedelta(years=1)
    return year, ENDLESS.format(_day(year))


def _day_of(until: Any, first: datetime, zone: str) -> date:
    """Return the last day on which a date may begin: the one before, where the moment comes too early for that day's."""
    if not isinstance(until, datetime):
        return until if isinstance(until, date) else first.date()
    if until.tzinfo and until.year in CENTURIES:
        until = until.astimezone(ZoneInfo(zone))
    early = until.date() > first.date() and until.time() < first.time()
    return until.date() - timedelta(days=early)


def _changed(days: Iterable[date]) -> str:
    named = ", ".join(_day(day) for day in sorted(days))
    return CHANGED.format(named) if named else ""


def _day(day: date) -> str:
    return date_format(day, "j F Y")
