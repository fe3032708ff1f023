"""What clocks on a wall do: an hour left out in spring, an hour that comes twice in autumn, and spans over them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from events.zone_names import city

HOUR = timedelta(hours=1)


class LocalTimeProblem(StrEnum):
    """What can be wrong with the start and end of an event."""

    MISSING = "does not exist"
    TWICE = "comes twice"
    CLOCK_CHANGE = "the clocks change meanwhile"
    BACKWARDS = "ends before it starts"


@dataclass(frozen=True)
class LocalTimeFinding:
    """What an editor, and where it matters to them a reader, should know of an event's times."""

    problem: LocalTimeProblem
    editor: str
    reader: str = ""


def both_ways(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the one moment, or the two, that a wall time may mean in a zone. `wall` has no zone of its own."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return (first,) if first.utcoffset() == second.utcoffset() else (first, second)


def problem_with(wall: datetime, zone: ZoneInfo) -> LocalTimeProblem | None:
    """Return whether the clocks of a zone leave a wall time out, show it twice, or (None) show it once."""
    ways = both_ways(wall, zone)
    if len(ways) == 1:
        return None
    return LocalTimeProblem.MISSING if _offset(ways[0]) < _offset(ways[1]) else LocalTimeProblem.TWICE


def check_local_times(starts: datetime, ends: datetime | None, zone: ZoneInfo) -> tuple[LocalTimeFinding, ...]:
    """Return what is wrong with a start and an end as an editor types them: wall times, without a zone of their own."""
    found = [finding for wall in (starts, ends) if wall and (finding := _local_time_finding(wall, zone))]
    if ends is None:
        return tuple(found)
    return (*found, *check_span(starts.replace(tzinfo=zone), ends.replace(tzinfo=zone), zone))


def check_span(starts: datetime, ends: datetime, zone: ZoneInfo) -> tuple[LocalTimeFinding, ...]:
    """Return what is wrong with two moments (aware) as the start and end of one event in a zone."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    if ends.timestamp() < starts.timestamp():  # two times of one zone would be compared by their figures
        sentence = f"It ends ({_moment(last)}) before it starts ({_moment(first)})."
        return (LocalTimeFinding(LocalTimeProblem.BACKWARDS, sentence),)
    moved = _offset(last) - _offset(first)
    if not moved:
        return ()
    way, change = ("forward", "shorter") if moved > timedelta() else ("back", "longer")
    sentence = f"The clocks in {city(zone)} go {way} by {how_long(abs(moved))} during this event"
    names = f"it starts at {_clock(first)} and ends at {_clock(last)}"
    editor = f"{sentence}: {names}, and is {how_long(abs(moved))} {change} than it looks."
    return (LocalTimeFinding(LocalTimeProblem.CLOCK_CHANGE, editor, f"{sentence}: {names}."),)


def how_long(length: timedelta) -> str:
    """Return a length in words: 'an hour', 'half an hour', '4 and a half hours', '45 minutes'."""
    hours, rest = divmod(length, HOUR)
    minutes = rest // timedelta(minutes=1)
    if not minutes:
        return "an hour" if hours == 1 else f"{hours} hours"
    if minutes == HOUR / timedelta(minutes=2):
        return {0: "half an hour", 1: "an hour and a half"}.get(hours, f"{hours} and a half hours")
    if not hours:
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{how_long(hours * HOUR)} and {minutes} minutes"


def zone_words(moment: datetime) -> str:
    """Return the letters a zone uses at a moment, or the offset where it has none: 'BST', 'UTC+5:45'."""
    name = moment.tzname() or ""
    return name if name.isalpha() else offset_words(_offset(moment))


def offset_words(offset: timedelta) -> str:
    """Return an offset as people read it: 'UTC+1', 'UTC−3:30', 'UTC'."""
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "−" if offset < timedelta() else "+"
    rest = f":{minutes % 60:02}" if minutes % 60 else ""
    return f"UTC{sign}{minutes // 60}{rest}" if minutes else "UTC"


def day_words(moment: datetime) -> str:
    """Return '30 March 2023'."""
    return f"{moment.day} {moment:%B %Y}"


def _local_time_finding(wall: datetime, zone: ZoneInfo) -> LocalTimeFinding | None:
    problem = problem_with(wall, zone)
    if problem is None:
        return None
    first, second = both_ways(wall, zone)
    when, step = f"{wall:%H:%M} on {day_words(wall)}", how_long(abs(_offset(second) - _offset(first)))
    if problem is LocalTimeProblem.TWICE:
        ways = f"as {zone_words(first)} ({offset_words(_offset(first))}), then as {zone_words(second)} ({offset_words(_offset(second))})"
        editor = (
            f"{when} comes twice in {city(zone)}, where the clocks go back by {step}: first {ways}. Say which is meant."
        )
        return LocalTimeFinding(problem, editor)
    early, late = (_clock(_real(way, zone)) for way in (second, first))
    editor = f"{when} does not exist in {city(zone)}, where the clocks go forward by {step}. It could mean {early} or {late}."
    return LocalTimeFinding(problem, editor)


def _real(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clocks really show at a moment: 02:30 BST for a 01:30 that is left out."""
    return datetime.fromtimestamp(moment.timestamp(), zone)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M} {zone_words(moment)}"


def _moment(moment: datetime) -> str:
    return f"{day_words(moment)}, {_clock(moment)}"


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
