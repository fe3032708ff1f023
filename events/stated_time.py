"""The parser of an organiser's own words about an event's time: '5 to 6:30pm GMT / 12 to 1:30pm EST'.

It returns a statement: readings (start and end by the clock, and the zone as written), days, and what could not be
read. `time_check.py` compares a statement with the event. The text is read once, in linear time.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import NamedTuple

from events.zone_names import AREAS, MAX_NAME_WORDS, offset_called, zone_called

NOON, MIDNIGHT = 12, 24  # hours
DAY, HALF_DAY = MIDNIGHT * 60, NOON * 60  # minutes
CENTURY = 100
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTH = (
    r"(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
YEAR = r"(?:,?\ (?P<{}>(?:19|20)\d\d)\b(?!\ ?(?i:hrs|hours|h)\b|[:.]\d))?"
TOKEN = re.compile(
    rf"""
    (?P<iana>\b(?:{"|".join(AREAS)})/[A-Za-z_]+(?:/[A-Za-z_]+)?)
  | \b(?:UTC|GMT|utc|gmt)\ ?(?P<sign>\+|[-−–‐‑](?!\S{{1,5}}\ ?(?:[ap]\.?m|[A-Z]{{3}})))
      (?P<offset>\d{{1,2}})(?::?(?P<offset_minutes>[0-5]\d))?(?![\d:]|\.\d|\ ?[ap]\.?m)
  | \b(?P<iso>\d{{4}}-\d\d-\d\d)T?
  | \b(?P<numeric>\d{{1,2}}(?P<divider>[/.])\d{{1,2}}(?P=divider)(?:20)?\d\d)\b
  | \b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\ (?:of\ )?(?P<month>{MONTH}){YEAR.format("year")}
  | \b(?P<month2>{MONTH})\ (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d|\ ?[ap]\.?m){YEAR.format("year2")}
  | \b(?P<weekday>(?i:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?i:day)?(?i:s)?)\b\.?
  | \b(?P<word_hour>(?:12\ )?(?i:noon|midday|midnight))\b
  | (?<![\w$£€\#.:])(?P<four>(?:[01]\d|2[0-3])[0-5]\d)
      (?:\ ?(?i:hrs?|hours?|h)\b|(?=\ ?(?:[-–—−‐‑]|to)\ ?\d{{4}}\b|\ ?\(?(?:[A-Z]{{2,4}}T|UTC|[ECMP]T|Z)\b))
  | (?P<length>\b\d{{1,3}}(?:\.\d)?[-\ ]?(?i:hours?|hrs?|minutes?|mins?)\b)
  | (?:(?<=\dT)|(?<![\w$£€\#.:]))(?P<hour>[01]?\d|2[0-4])(?:(?:[:.]|h(?=\d))(?P<minute>[0-5]\d))?(?![\d]|[:.]\d|%)
      (?:\ ?(?P<half>[apAP])\.?\ ?[mM](?![a-z])\.?)?(?:\ ?(?P<hrs>(?i:hrs?|hours?|h|o['’]clock)\b))?
  | (?P<range>[-–—−‐‑~]|\b(?i:to|till?|until)\b)
  | (?P<separator>[/|;,\n·•&=+]|\b(?i:and|or)\b)
  | (?P<word>[^\W\d_]+)
  | (?P<number>\d+)
    """,
    re.VERBOSE,
)
# Capitals that can only be a zone right after a time, even if unknown, such as 'XST'.
LIKE_ABBREVIATION = re.compile(r"[A-Z]{1,3}[SD]T")
SMALL_WORDS = frozenset({"time", "in", "at", "the", "is", "from", "(", ")"})


@dataclass(frozen=True)
class Reading:
    """One time and zone that an organiser wrote."""

    written: str  # the start with its zone, '5pm GMT'
    start: time
    lasts: timedelta | None  # to the end that was written; never a day or longer
    zone: str = ""  # as `zone_names.meanings` takes it; empty where none was written
    label: str = ""  # the zone as written: 'UK time'
    group: int = 0  # readings of one group are one time with several zones
    either_half: bool = False  # '5:30 - 6:30': morning or evening

    @property
    def end(self) -> time | None:
        """The end by the clock."""
        return None if self.lasts is None else _clock(_minutes(self.start) + self.lasts // timedelta(minutes=1))


@dataclass(frozen=True)
class Statement:
    """All that could be read of what an organiser wrote, and what could not."""

    readings: tuple[Reading, ...] = ()
    days: tuple[tuple[int, int, int | None], ...] = ()  # day, month and the year where there is one
    weekdays: frozenset[int] = frozenset()  # Monday is 0
    unread: tuple[str, ...] = ()


class Item(NamedTuple):
    """A token: 'time', 'zone', 'day', 'weekday', 'range', 'separator', 'word', 'number', or 'start' of a StatedTime."""

    kind: str
    text: str
    named: str = ""  # the zone
    options: tuple[int, ...] = ()  # minutes since midnight that a time may mean
    bare: bool = False  # a number that is a time only beside another: the 5 of '5 to 6:30pm'
    days: tuple[tuple[int, int, int | None], ...] = ()


class StatedTime(NamedTuple):
    """A time of the text, with its end, before it is joined with its zones."""

    written: str
    start: int
    lasts: timedelta | None
    either_half: bool


def read(text: str) -> Statement:
    """Return the statement of any text; one without a time has no readings."""
    items = list(_name_zones(_items(_plain(text))))
    times, rest = _stated_times(items)
    readings = _join_zones(times, rest)
    return Statement(
        readings=readings,
        days=tuple(day for item in rest for day in item.days),
        weekdays=frozenset(WEEKDAYS.index(item.text[:3].casefold()) for item in rest if item.kind == "weekday"),
        unread=tuple(item.text for item in rest if item.kind in {"number", "time"}),
    )


def _plain(text: str) -> str:
    """Return the text in NFKC, with one kind of spaces and without format characters."""
    characters = (each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    return re.sub(r"[^\S\n]+", " ", "".join(characters))


def _items(text: str) -> Iterator[Item]:
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or ""
        groups = {name: value for name, value in match.groupdict().items() if value is not None}
        yield READERS[next(name for name in READERS if name in groups)](groups, match.group().strip(), kind)


def _time(groups: dict[str, str], text: str, kind: str) -> Item:
    hour, minute, half = int(groups["hour"]), int(groups.get("minute", 0)), groups.get("half", "").lower()
    if (half == "a" and hour > NOON) or (hour == MIDNIGHT and minute):
        return Item("number", text)
    bare = "minute" not in groups and not half and "hrs" not in groups
    return Item("time", text, options=_options(hour, minute, half, padded=groups["hour"][0] == "0"), bare=bare)


def _options(hour: int, minute: int, half: str, *, padded: bool) -> tuple[int, ...]:
    """Return the minutes since midnight that an hour may mean, the most likely first."""
    if hour > NOON or (padded and not half):
        return ((hour * 60 + minute) % DAY,)  # '17:00pm' is written too
    morning = hour % NOON * 60 + minute
    both = {"a": (morning,), "p": (morning + HALF_DAY,)}
    return both.get(half) or ((morning + HALF_DAY, morning) if hour == NOON else (morning, morning + HALF_DAY))


def _four(groups: dict[str, str], text: str, kind: str) -> Item:
    return Item("time", text, options=(int(groups["four"][:2]) * 60 + int(groups["four"][2:]),))


def _word_hour(groups: dict[str, str], text: str, kind: str) -> Item:
    return Item("time", text, options=(0 if text.casefold().endswith("midnight") else HALF_DAY,))


def _iana(groups: dict[str, str], text: str, kind: str) -> Item:
    return Item("zone", text, named=text)


def _offset(groups: dict[str, str], text: str, kind: str) -> Item:
    named = offset_called(groups["sign"], groups["offset"], groups.get("offset_minutes"))
    return Item("zone", text, named=named) if named else Item("number", text)


def _iso(groups: dict[str, str], text: str, kind: str) -> Item:
    year, month, day = map(int, groups["iso"].split("-"))
    return _days(text, (day, month, year))


def _numeric_day(groups: dict[str, str], text: str, kind: str) -> Item:
    first, second, year = map(int, re.split(r"[/.]", groups["numeric"]))
    year += 2000 if year < CENTURY else 0
    return _days(text, (first, second, year), (second, first, year))  # Britain's order, and America's


def _named_day(groups: dict[str, str], text: str, kind: str) -> Item:
    day, month = int(groups.get("day") or groups["day2"]), (groups.get("month") or groups["month2"])[:3].casefold()
    year = groups.get("year") or groups.get("year2")
    return _days(text, (day, MONTHS.index(month) + 1, int(year) if year else None))


def _days(text: str, *days: tuple[int, int, int | None]) -> Item:
    existing = tuple(day for day in days if _is_day(*day))
    return Item("day", text, days=existing) if existing else Item("number", text)


def _is_day(day: int, month: int, year: int | None) -> bool:
    try:
        date(year or 2000, month, day)  # 2000 had a 29 February
    except ValueError:
        return False
    return True


def _other(groups: dict[str, str], text: str, kind: str) -> Item:
    return Item(kind, text)


READERS = {
    "iana": _iana, "offset": _offset, "iso": _iso, "numeric": _numeric_day, "day": _named_day, "day2": _named_day,
    "word_hour": _word_hour, "four": _four, "hour": _time,
    "weekday": _other, "length": _other, "range": _other, "separator": _other, "word": _other, "number": _other,
}  # fmt: skip


def _name_zones(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items; words that name a zone become one item, the longest name first."""
    pending: list[Item] = []
    for item in items:
        pending.append(item)
        while pending and (pending[-1].kind != "word" or len(pending) == MAX_NAME_WORDS):
            yield _first_zone(pending)
    while pending:
        yield _first_zone(pending)


def _first_zone(pending: list[Item]) -> Item:
    """Remove the first item of `pending`, with those after it that belong to its zone name, and return it."""
    words = [item.text for item in pending if item.kind == "word"]
    for count in range(len(words) if pending[0].kind == "word" else 0, 0, -1):
        phrase = " ".join(words[:count])
        named = zone_called(phrase)
        if named:
            del pending[:count]
            return Item("zone", phrase, named=named)
    return pending.pop(0)


def _stated_times(items: list[Item]) -> tuple[dict[int, StatedTime], list[Item]]:
    """Return the times by their index in the second list, which has one item for each time with its end."""
    items = [item for item in items if item.text.casefold() not in SMALL_WORDS]
    times: dict[int, StatedTime] = {}
    rest: list[Item] = []
    index = 0
    while index < len(items):
        first = items[index]
        used, end = _end_of(items[index : index + 5])
        index += used
        if first.kind != "time" or (first.bare and (end is None or end.bare)):
            rest.extend(items[index - used : index])
            continue
        times[len(rest)] = _stated_time(first, end)
        rest.append(Item("start", first.text))
        rest.extend(item for item in items[index - used + 1 : index] if item.kind == "zone")
    return times, rest


def _end_of(items: list[Item]) -> tuple[int, Item | None]:
    """Return the number of items of a time, and its end.

    '5 to 6pm' and '5pm GMT to 6pm GMT' are a start and an end, '5pm GMT - noon EST' are two starts.
    """
    kinds = [item.kind for item in items]
    if kinds[:3] == ["time", "range", "time"]:
        return 3, items[2]
    if kinds[:4] == ["time", "zone", "range", "time"] and {item.named for item in items[4:]} <= {"", items[1].named}:
        return 4, items[3]
    return 1, None


def _stated_time(first: Item, end: Item | None) -> StatedTime:
    if end is None:
        return StatedTime(first.text, first.options[0], None, len(first.options) > 1)
    pairs = [((last - start) % DAY, start) for start in first.options for last in end.options]
    shortest = min(length for length, _ in pairs)
    starts = [start for length, start in pairs if length == shortest]
    return StatedTime(first.text, starts[0], timedelta(minutes=shortest), len(starts) > 1)


def _join_zones(times: dict[int, StatedTime], items: list[Item]) -> tuple[Reading, ...]:
    """Return each time with its zones: those after it, or the one before it ('London: 5pm')."""
    zones: dict[int, list[Item]] = {index: [] for index in times}
    last = next(iter(times), -1)  # a zone before all times belongs to the first
    for index, item in enumerate(items):
        if index in times:
            last = index
        elif item.kind == "zone" or _is_like_abbreviation(items, index):
            owner = _owner(items, index, last)
            if owner in zones:
                zones[owner].append(item)
    return tuple(
        _reading(times[index], zone, group)
        for group, index in enumerate(zones)
        for zone in (list(dict.fromkeys(zones[index])) or [Item("zone", "")])
    )


def _is_like_abbreviation(items: list[Item], index: int) -> bool:
    follows_a_time = index > 0 and items[index - 1].kind == "start"
    return follows_a_time and items[index].kind == "word" and bool(LIKE_ABBREVIATION.fullmatch(items[index].text))


def _owner(items: list[Item], index: int, last: int) -> int:
    """Return the index of the time that a zone belongs to; `last` is that of the last time before it."""
    starts_a_part = index == 0 or items[index - 1].kind == "separator"
    precedes_a_time = index + 1 < len(items) and items[index + 1].kind == "start"
    return index + 1 if starts_a_part and precedes_a_time else last


def _reading(stated: StatedTime, zone: Item, group: int) -> Reading:
    start = _clock(stated.start)
    is_clear = re.search(r"[a-zA-Z:.]|\d{4}", stated.written)  # '5' alone takes am or pm from its end
    start_text = stated.written if is_clear else f"{start:%-I}{'pm' if start.hour >= NOON else 'am'}"
    return Reading(
        written=f"{start_text} {zone.text}".strip(),
        start=start,
        lasts=stated.lasts,
        zone=zone.named or zone.text,
        label=zone.text,
        group=group,
        either_half=stated.either_half,
    )


def _clock(minutes: int) -> time:
    return time(minutes % DAY // 60, minutes % 60)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
