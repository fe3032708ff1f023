"""Read what an organiser wrote of an event's time: '5 to 6:30pm GMT / 12 to 1:30pm EST'.

Out comes a statement: readings (start and end by the clock, and the zone as written), days, and what could not be
read. Nothing is judged here; `time_check.py` holds a statement against the event. The text is gone through once, in
time that grows with its length.
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
      (?P<far>\d{{1,2}})(?::?(?P<far_minutes>[0-5]\d))?(?![\d:]|\.\d|\ ?[ap]\.?m)
  | \b(?P<iso>\d{{4}}-\d\d-\d\d)T?
  | \b(?P<figures>\d{{1,2}}(?P<cut>[/.])\d{{1,2}}(?P=cut)(?:20)?\d\d)\b
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
  | (?P<hard>[/|;,\n·•&=+]|\b(?i:and|or)\b)
  | (?P<word>[^\W\d_]+)
  | (?P<number>\d+)
    """,
    re.VERBOSE,
)
# Capitals that can only be meant as a zone, such as 'XST', where they stand right behind a time.
LIKE_LETTERS = re.compile(r"[A-Z]{1,3}[SD]T")
SMALL_WORDS = frozenset({"time", "in", "at", "the", "is", "from", "(", ")"})


@dataclass(frozen=True)
class Reading:
    """One time and zone that an organiser wrote."""

    written: str  # the start with its zone, '5pm GMT'
    start: time
    lasts: timedelta | None  # to the end that was written; never a day or longer
    zone: str = ""  # as `zone_names.meanings` takes it; empty where none was written
    label: str = ""  # the zone as written: 'UK time'
    turn: int = 0  # readings of one turn are one time with several zones
    either_half: bool = False  # '5:30 - 6:30': morning or evening

    @property
    def end(self) -> time | None:
        """Return the end as the clock shows it."""
        return None if self.lasts is None else _clock(_minutes(self.start) + self.lasts // timedelta(minutes=1))


@dataclass(frozen=True)
class Statement:
    """All that could be read of what an organiser wrote, and what could not."""

    readings: tuple[Reading, ...] = ()
    days: tuple[tuple[int, int, int | None], ...] = ()  # day, month and the year where there is one
    weekdays: frozenset[int] = frozenset()  # Monday is 0
    unread: tuple[str, ...] = ()


class Item(NamedTuple):
    """A piece of the text: 'time', 'zone', 'day', 'weekday', 'range', 'hard' (a break), 'word' or 'number'."""

    kind: str
    text: str
    named: str = ""  # the zone
    options: tuple[int, ...] = ()  # minutes since midnight that a time may mean
    bare: bool = False  # a figure that is a time only beside another: the 5 of '5 to 6:30pm'
    days: tuple[tuple[int, int, int | None], ...] = ()


class Turn(NamedTuple):
    """A time of the text, with its end, before it is joined with its zones."""

    written: str
    start: int
    lasts: timedelta | None
    either_half: bool


def read(text: str) -> Statement:
    """Return what can be read of an organiser's words. Any text is taken; one that says nothing has no readings."""
    items = list(_name_zones(_items(_plain(text))))
    turns, rest = _take_turns(items)
    readings = _join_zones(turns, rest)
    return Statement(
        readings=readings,
        days=tuple(day for item in rest for day in item.days),
        weekdays=frozenset(WEEKDAYS.index(item.text[:3].casefold()) for item in rest if item.kind == "weekday"),
        unread=tuple(item.text for item in rest if item.kind in {"number", "time"}),
    )


def _plain(text: str) -> str:
    """Return the text with one kind of figures and spaces, and without marks that take no room."""
    letters = (letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return re.sub(r"[^\S\n]+", " ", "".join(letters))


def _items(text: str) -> Iterator[Item]:
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or ""
        found = {name: value for name, value in match.groupdict().items() if value is not None}
        yield READERS[next(name for name in READERS if name in found)](found, match.group().strip(), kind)


def _time(found: dict[str, str], text: str, kind: str) -> Item:
    hour, minute, half = int(found["hour"]), int(found.get("minute", 0)), found.get("half", "").lower()
    if (half == "a" and hour > NOON) or (hour == MIDNIGHT and minute):
        return Item("number", text)
    bare = "minute" not in found and not half and "hrs" not in found
    return Item("time", text, options=_options(hour, minute, half, padded=found["hour"][0] == "0"), bare=bare)


def _options(hour: int, minute: int, half: str, *, padded: bool) -> tuple[int, ...]:
    """Return the minutes since midnight that an hour may mean, the likeliest first."""
    if hour > NOON or (padded and not half):
        return ((hour * 60 + minute) % DAY,)  # '17:00pm' is written too
    morning = hour % NOON * 60 + minute
    both = {"a": (morning,), "p": (morning + HALF_DAY,)}
    return both.get(half) or ((morning + HALF_DAY, morning) if hour == NOON else (morning, morning + HALF_DAY))


def _four(found: dict[str, str], text: str, kind: str) -> Item:
    return Item("time", text, options=(int(found["four"][:2]) * 60 + int(found["four"][2:]),))


def _word_hour(found: dict[str, str], text: str, kind: str) -> Item:
    return Item("time", text, options=(0 if text.casefold().endswith("midnight") else HALF_DAY,))


def _iana(found: dict[str, str], text: str, kind: str) -> Item:
    return Item("zone", text, named=text)


def _offset(found: dict[str, str], text: str, kind: str) -> Item:
    named = offset_called(found["sign"], found["far"], found.get("far_minutes"))
    return Item("zone", text, named=named) if named else Item("number", text)


def _iso(found: dict[str, str], text: str, kind: str) -> Item:
    year, month, day = map(int, found["iso"].split("-"))
    return _days(text, (day, month, year))


def _figures(found: dict[str, str], text: str, kind: str) -> Item:
    first, second, year = map(int, re.split(r"[/.]", found["figures"]))
    year += 2000 if year < CENTURY else 0
    return _days(text, (first, second, year), (second, first, year))  # Britain's order, and America's


def _named_day(found: dict[str, str], text: str, kind: str) -> Item:
    day, month = int(found.get("day") or found["day2"]), (found.get("month") or found["month2"])[:3].casefold()
    year = found.get("year") or found.get("year2")
    return _days(text, (day, MONTHS.index(month) + 1, int(year) if year else None))


def _days(text: str, *days: tuple[int, int, int | None]) -> Item:
    real = tuple(day for day in days if _is_day(*day))
    return Item("day", text, days=real) if real else Item("number", text)


def _is_day(day: int, month: int, year: int | None) -> bool:
    try:
        date(year or 2000, month, day)  # 2000 had a 29 February
    except ValueError:
        return False
    return True


def _other(found: dict[str, str], text: str, kind: str) -> Item:
    return Item(kind, text)


READERS = {
    "iana": _iana, "far": _offset, "iso": _iso, "figures": _figures, "day": _named_day, "day2": _named_day,
    "word_hour": _word_hour, "four": _four, "hour": _time,
    "weekday": _other, "length": _other, "range": _other, "hard": _other, "word": _other, "number": _other,
}  # fmt: skip


def _name_zones(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items with the words that name a zone joined to one, the longest name first."""
    pending: list[Item] = []
    for item in items:
        pending.append(item)
        while pending and (pending[-1].kind != "word" or len(pending) == MAX_NAME_WORDS):
            yield _first_zone(pending)
    while pending:
        yield _first_zone(pending)


def _first_zone(pending: list[Item]) -> Item:
    """Take the first item out of `held`, with those behind it that make one name with it."""
    words = [item.text for item in pending if item.kind == "word"]
    for count in range(len(words) if pending[0].kind == "word" else 0, 0, -1):
        phrase = " ".join(words[:count])
        named = zone_called(phrase)
        if named:
            del pending[:count]
            return Item("zone", phrase, named=named)
    return pending.pop(0)


def _take_turns(items: list[Item]) -> tuple[dict[int, Turn], list[Item]]:
    """Return the times by their places in the list, and the list, in which they and their ends stand for themselves."""
    items = [item for item in items if item.text.casefold() not in SMALL_WORDS]
    turns: dict[int, Turn] = {}
    rest: list[Item] = []
    place = 0
    while place < len(items):
        first = items[place]
        used, end = _end_of(items[place : place + 5])
        place += used
        if first.kind != "time" or (first.bare and (end is None or end.bare)):
            rest.extend(items[place - used : place])
            continue
        turns[len(rest)] = _turn(first, end)
        rest.append(Item("turn", first.text))
        rest.extend(item for item in items[place - used + 1 : place] if item.kind == "zone")
    return turns, rest


def _end_of(items: list[Item]) -> tuple[int, Item | None]:
    """Return how many items a time takes up, and its end.

    '5 to 6pm' and '5pm GMT to 6pm GMT' are a start and an end, '5pm GMT - noon EST' are two starts.
    """
    kinds = [item.kind for item in items]
    if kinds[:3] == ["time", "range", "time"]:
        return 3, items[2]
    if kinds[:4] == ["time", "zone", "range", "time"] and {item.named for item in items[4:]} <= {"", items[1].named}:
        return 4, items[3]
    return 1, None


def _turn(first: Item, end: Item | None) -> Turn:
    if end is None:
        return Turn(first.text, first.options[0], None, len(first.options) > 1)
    pairs = [((last - start) % DAY, start) for start in first.options for last in end.options]
    shortest = min(length for length, _ in pairs)
    starts = [start for length, start in pairs if length == shortest]
    return Turn(first.text, starts[0], timedelta(minutes=shortest), len(starts) > 1)


def _join_zones(turns: dict[int, Turn], items: list[Item]) -> tuple[Reading, ...]:
    """Return each time with the zones that belong to it: those behind it, or that before it ('London: 5pm')."""
    zones: dict[int, list[Item]] = {place: [] for place in turns}
    last = next(iter(turns), -1)  # a zone before all times belongs to the first
    for place, item in enumerate(items):
        if place in turns:
            last = place
        elif item.kind == "zone" or _like_letters(items, place):
            owner = _owner(items, place, last)
            if owner in zones:
                zones[owner].append(item)
    return tuple(
        _reading(turns[place], zone, turn)
        for turn, place in enumerate(zones)
        for zone in (list(dict.fromkeys(zones[place])) or [Item("zone", "")])
    )


def _like_letters(items: list[Item], place: int) -> bool:
    behind_a_time = place > 0 and items[place - 1].kind == "turn"
    return behind_a_time and items[place].kind == "word" and bool(LIKE_LETTERS.fullmatch(items[place].text))


def _owner(items: list[Item], place: int, last: int) -> int:
    """Return the place of the time that a zone belongs to, where `last` is that of the last time before it."""
    starts_a_part = place == 0 or items[place - 1].kind == "hard"
    leads = place + 1 < len(items) and items[place + 1].kind == "turn"
    return place + 1 if starts_a_part and leads else last


def _reading(turn: Turn, zone: Item, number: int) -> Reading:
    start = _clock(turn.start)
    told = re.search(r"[a-zA-Z:.]|\d{4}", turn.written)  # '5' alone takes its half of the day from its end
    words = turn.written if told else f"{start:%-I}{'pm' if start.hour >= NOON else 'am'}"
    return Reading(
        written=f"{words} {zone.text}".strip(),
        start=start,
        lasts=turn.lasts,
        zone=zone.named or zone.text,
        label=zone.text,
        turn=number,
        either_half=turn.either_half,
    )


def _clock(minutes: int) -> time:
    return time(minutes % DAY // 60, minutes % 60)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
