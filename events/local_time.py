"""Local times that the clocks skip or show twice, spans over a change of the clocks, and their wording."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from events.zone_names import city

HOUR = timedelta(hours=1)


class LocalTimeProblem(StrEnum):
    """The problems of the start and end of an event."""

    MISSING = "does not exist"
    TWICE = "comes twice"
    CLOCK_CHANGE = "the clocks change meanwhile"
    BACKWARDS = "ends before it starts"


@dataclass(frozen=True)
class LocalTimeFinding:
    """A problem of an event's times, in a sentence for editors and sometimes one for readers."""

    problem: LocalTimeProblem
    editor: str
    reader: str = ""


def possible_moments(local: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the one or two moments that a naive local time can mean in a zone."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return (first,) if first.utcoffset() == second.utcoffset() else (first, second)


def local_time_problem(local: datetime, zone: ZoneInfo) -> LocalTimeProblem | None:
    """Return MISSING or TWICE where the clocks of a zone skip a local time or show it twice, else None."""
    moments = possible_moments(local, zone)
    if len(moments) == 1:
        return None
    return LocalTimeProblem.MISSING if _offset(moments[0]) < _offset(moments[1]) else LocalTimeProblem.TWICE


def check_local_times(starts: datetime, ends: datetime | None, zone: ZoneInfo) -> tuple[LocalTimeFinding, ...]:
    """Return the problems of a start and an end as an editor types them: naive local times."""
    findings = [finding for local in (starts, ends) if local and (finding := _local_time_finding(local, zone))]
    if ends is None:
        return tuple(findings)
    return (*findings, *check_span(starts.replace(tzinfo=zone), ends.replace(tzinfo=zone), zone))


def check_span(starts: datetime, ends: datetime, zone: ZoneInfo) -> tuple[LocalTimeFinding, ...]:
    """Return the problems of two aware datetimes as the start and end of an event in a zone."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    if ends.timestamp() < starts.timestamp():  # aware datetimes of one zone are compared as naive ones
        sentence = f"It ends ({_moment(last)}) before it starts ({_moment(first)})."
        return (LocalTimeFinding(LocalTimeProblem.BACKWARDS, sentence),)
    moved = _offset(last) - _offset(first)
    if not moved:
        return ()
    direction, change = ("forward", "shorter") if moved > timedelta() else ("back", "longer")
    sentence = f"The clocks in {city(zone)} go {direction} by {duration_in_words(abs(moved))} during this event"
    names = f"it starts at {_clock(first)} and ends at {_clock(last)}"
    editor = f"{sentence}: {names}, and is {duration_in_words(abs(moved))} {change} than it looks."
    return (LocalTimeFinding(LocalTimeProblem.CLOCK_CHANGE, editor, f"{sentence}: {names}."),)


def duration_in_words(length: timedelta) -> str:
    """Return a duration in words: 'an hour', 'half an hour', '4 and a half hours', '45 minutes'."""
    hours, rest = divmod(length, HOUR)
    minutes = rest // timedelta(minutes=1)
    if not minutes:
        return "an hour" if hours == 1 else f"{hours} hours"
    if minutes == HOUR / timedelta(minutes=2):
        return {0: "half an hour", 1: "an hour and a half"}.get(hours, f"{hours} and a half hours")
    if not hours:
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{duration_in_words(hours * HOUR)} and {minutes} minutes"


def zone_name(moment: datetime) -> str:
    """Return the abbreviation of a zone at a moment, or its offset where it has none: 'BST', 'UTC+5:45'."""
    name = moment.tzname() or ""
    return name if name.isalpha() else offset_in_words(_offset(moment))


def offset_in_words(offset: timedelta) -> str:
    """Return an offset in words: 'UTC+1', 'UTC−3:30', 'UTC'."""
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "−" if offset < timedelta() else "+"
    rest = f":{minutes % 60:02}" if minutes % 60 else ""
    return f"UTC{sign}{minutes // 60}{rest}" if minutes else "UTC"


def day_in_words(moment: datetime) -> str:
    """Return '30 March 2023'."""
    return f"{moment.day} {moment:%B %Y}"


def _local_time_finding(local: datetime, zone: ZoneInfo) -> LocalTimeFinding | None:
    problem = local_time_problem(local, zone)
    if problem is None:
        return None
    first, second = possible_moments(local, zone)
    when, step = f"{local:%H:%M} on {day_in_words(local)}", duration_in_words(abs(_offset(second) - _offset(first)))
    if problem is LocalTimeProblem.TWICE:
        named = [f"as {zone_name(moment)} ({offset_in_words(_offset(moment))})" for moment in (first, second)]
        editor = (
            f"{when} comes twice in {city(zone)}, where the clocks go back by {step}: first {named[0]}, "
            f"then {named[1]}. Say which is meant."
        )
        return LocalTimeFinding(problem, editor)
    early, late = (_clock(_existing(moment, zone)) for moment in (second, first))
    editor = f"{when} does not exist in {city(zone)}, where the clocks go forward by {step}. It could mean {early} or {late}."
    return LocalTimeFinding(problem, editor)


def _existing(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the time that the clocks show at a moment: 02:30 BST for a 01:30 that they skip."""
    return datetime.fromtimestamp(moment.timestamp(), zone)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M} {zone_name(moment)}"


def _moment(moment: datetime) -> str:
    return f"{day_in_words(moment)}, {_clock(moment)}"


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
