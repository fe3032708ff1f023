"""The conversion of RRULEs of calendar files to the rules that events here can have.

Those are few: weekly, or monthly in three forms, always with a last day. Of an entry with any other rule only the first
date is taken, with a remark.
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

RULE_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"}  # of rules that can be converted
INTERVALS = range(1, 13)
FAR_FUTURE = date(2200, 1, 1)
CONVERTIBLE_YEARS = range(1000, 9000)  # in which a moment can be converted to any zone

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
    """The first local start of an entry, its rule, if any, and remarks for the editor."""

    first: datetime
    rule: Rule | None = None
    remarks: list[str] = field(default_factory=list)


def series_of(
    entry: Entry, first: datetime, *, length: timedelta, zone: str, left_out: set[date], changed: set[date]
) -> Series | None:
    """Return the series of a recurring entry; None where all its dates are left out.

    `left_out` are the days without a date, `changed` those of them that have an entry of their own.
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
    """Return the rule of an entry, or None where it cannot be converted, and a remark on its last day."""
    recurs = entry.all("RRULE")
    if len(recurs) != 1 or not isinstance(recurs[0], vRecur) or entry.all("RDATE") or entry.all("EXRULE"):
        return None, ""
    (recur,) = recurs
    repeats, every, count = _repeats(recur, first), _number(recur, "INTERVAL", 1), _number(recur, "COUNT", 1)
    if repeats is None or every not in INTERVALS or count < 1:
        return None, ""
    local_starts = list(Rule(repeats, every, FAR_FUTURE).local_starts(first))
    until, remark = _last_day(recur, first, local_starts, zone)
    if len(local_starts) > MAX_DATES and until >= local_starts[MAX_DATES].date():
        until = local_starts[MAX_DATES - 1].date()
        remark = TOO_MANY_DATES.format(_day(until))
    return Rule(repeats, every, until), remark


def _repeats(recur: vRecur, first: datetime) -> Repeats | None:
    """Return the kind of a rule with this first date; None where it cannot be converted."""
    if set(recur) - RULE_PARTS:
        return None
    frequency, byday, bymonthday = (
        ",".join(str(part).strip("+") for part in recur.get(name, [])) for name in ("FREQ", "BYDAY", "BYMONTHDAY")
    )
    day = DAYS[first.weekday()]
    kinds = {
        ("WEEKLY", "", ""): Repeats.WEEKLY,
        ("WEEKLY", day, ""): Repeats.WEEKLY,
        ("MONTHLY", "", ""): Repeats.MONTHLY_DAY,
        ("MONTHLY", "", str(first.day)): Repeats.MONTHLY_DAY,
        ("MONTHLY", f"{nth_of(first)}{day}", ""): Repeats.MONTHLY_WEEKDAY,
        ("MONTHLY", f"-1{day}", ""): Repeats.MONTHLY_LAST,
    }
    return kinds.get((frequency.upper(), byday.upper(), bymonthday))


def _number(recur: vRecur, name: str, default: int) -> int:
    return int(recur[name][0]) if recur.get(name) else default


def _last_day(recur: vRecur, first: datetime, local_starts: list[datetime], zone: str) -> tuple[date, str]:
    """Return the last day of a rule, and a remark on it."""
    if recur.get("COUNT"):
        return local_starts[min(_number(recur, "COUNT", 1), len(local_starts)) - 1].date(), ""
    if recur.get("UNTIL"):
        return _day_of(recur["UNTIL"][0], first, zone), ""
    in_a_year = first.date() + relativedelta(years=1)
    return in_a_year, ENDLESS.format(_day(in_a_year))


def _day_of(until: Any, first: datetime, zone: str) -> date:
    """Return the last day on which a date may begin: the day before `until` if that is too early on its own day."""
    if not isinstance(until, datetime):
        return until if isinstance(until, date) else first.date()
    if until.tzinfo and until.year in CONVERTIBLE_YEARS:
        until = until.astimezone(ZoneInfo(zone))
    is_too_early = until.date() > first.date() and until.time() < first.time()
    return until.date() - timedelta(days=is_too_early)


def _changed(days: Iterable[date]) -> str:
    listed = ", ".join(_day(day) for day in sorted(days))
    return CHANGED.format(listed) if listed else ""


def _day(day: date) -> str:
    return date_format(day, "j F Y")
