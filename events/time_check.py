"""The time check: hold what an organiser wrote against the event's time, zone and day.

'5pm GMT' on a day when London is on BST can be meant in two ways, an hour apart, and no rule can tell which: the check
names both to the editor and says so to readers. Even where one of the two is the time that was entered, a person has
to settle it, since whoever reads 'GMT' and whoever reads '5pm in London' come at different hours. What cannot be read
is 'not read', never 'fine'.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

from events.local_time import LocalTimeProblem, both_ways, day_words, how_long, offset_words, problem_with, zone_words
from events.stated_time import Reading, Statement, read
from events.zone_names import Meaning, city, meanings

ONE_DAY = timedelta(days=1)


class Verdict(StrEnum):
    """What the check came to."""

    NOTHING_STATED = "nothing stated"
    NOT_READ = "not read"  # all or a part of it
    AGREES = "agrees"
    LOOK = "to look at"  # for the editor alone
    CONFLICT = "conflict"  # with a public note


class Kind(StrEnum):
    """What a finding is about."""

    NOT_READ = "not read"
    UNKNOWN_ZONE = "unknown zone"
    NOT_IN_USE = "not in use"
    AMBIGUOUS = "ambiguous"
    LEFT_OUT = "left out"
    TWICE = "twice"
    OTHER_START = "other start"
    OTHER_END = "other end"
    OTHER_DAY = "other day"
    CONTRADICTION = "contradiction"


FOR_THE_EDITOR = frozenset({Kind.NOT_READ, Kind.UNKNOWN_ZONE, Kind.OTHER_END})


@dataclass(frozen=True)
class Entered:
    """The event as it was entered."""

    starts: datetime  # aware
    ends: datetime | None
    zone: ZoneInfo
    today: date

    @property
    def local(self) -> datetime:
        """Return the start by the clocks of the event's zone."""
        return self.starts.astimezone(self.zone)

    @property
    def verb(self) -> str:
        """Return 'was' for a day that is over, else 'is'."""
        return "was" if self.local.date() < self.today else "is"


@dataclass(frozen=True)
class Interpretation:
    """One way to read a time: as what, and when it then begins and ends."""

    how: str
    starts: datetime
    ends: datetime | None


@dataclass(frozen=True)
class Option:
    """One meaning of a reading's zone, with the ways to read the time in it."""

    meaning: Meaning
    wall: datetime
    interpretations: tuple[Interpretation, ...]
    out_of_use: bool = False  # the letters are not those of the zone on that day


@dataclass(frozen=True)
class Match:
    """A reading held against an event, with what its zone may mean."""

    reading: Reading
    options: tuple[Option, ...]

    @property
    def interpretations(self) -> tuple[Interpretation, ...]:
        """Return all ways to read it."""
        return tuple(each for option in self.options for each in option.interpretations)

    @property
    def starts(self) -> frozenset[datetime]:
        """Return all moments at which it may begin."""
        return frozenset(each.starts for each in self.interpretations)


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be."""

    kind: Kind
    editor: str
    public: bool
    about: tuple[Match, ...] = ()


@dataclass(frozen=True)
class TimeCheck:
    """What the check found, in sentences for the editor and, where readers should know, for them."""

    verdict: Verdict
    statement: Statement
    findings: tuple[Finding, ...] = ()
    public_note: str = ""

    @property
    def editor_sentences(self) -> tuple[str, ...]:
        """Return what the editor is told, in order."""
        return tuple(finding.editor for finding in self.findings)

    @property
    def kinds(self) -> frozenset[Kind]:
        """Return what the findings are about."""
        return frozenset(finding.kind for finding in self.findings)


def check_stated_time(
    text: str, *, starts: datetime, ends: datetime | None, zone: ZoneInfo, today: date, any_day: bool = False
) -> TimeCheck:
    """Return what holding an organiser's words against an event's time comes to. Any text is taken.

    With `any_day` the days that were written are not held against the event's.
    """
    if not text.strip():
        return TimeCheck(Verdict.NOTHING_STATED, Statement())
    event, statement = Entered(starts, ends, zone, today), read(text)
    findings = tuple(_findings(replace(statement, days=()) if any_day else statement, event))
    return TimeCheck(_verdict(findings), statement, findings, _public_note(findings, event))


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    if any(finding.public for finding in findings):
        return Verdict.CONFLICT
    if {finding.kind for finding in findings} & {Kind.NOT_READ, Kind.UNKNOWN_ZONE}:
        return Verdict.NOT_READ
    return Verdict.LOOK if findings else Verdict.AGREES


def _findings(statement: Statement, event: Entered) -> Iterator[Finding]:
    matches = [_match(reading, event) for reading in statement.readings]
    yield from _unread(statement, matches)
    known = _without_spares([one for one in matches if one.options])
    sure = {start for one in known if len(one.options) == 1 for start in one.starts}
    for place, one in enumerate(known):
        settled, finding = _settle(one, sure, event)
        known[place] = settled
        yield from [finding] if finding else []
        yield from _about_one(settled, event)
    yield from _contradictions(known)
    yield from _other_day(statement, known, event)


def _unread(statement: Statement, matches: list[Match]) -> Iterator[Finding]:
    if not matches:
        yield _finding(Kind.NOT_READ, "No time could be read in the organiser's words, so nothing was checked.")
    elif statement.unread:
        parts = ", ".join(f"'{part}'" for part in statement.unread)
        yield _finding(Kind.NOT_READ, f"Not all of the organiser's words could be read: {parts}.")
    for one in matches:
        if not one.options:
            sentence = f"{one.reading.written}: no zone is known as '{one.reading.label}', so this was not checked."
            yield _finding(Kind.UNKNOWN_ZONE, sentence)


# Readings and their senses


def _match(reading: Reading, event: Entered) -> Match:
    found = meanings(reading.zone, home=event.zone, year=event.local.year)
    return Match(reading, tuple(_option(reading, meaning, event) for meaning in found))


def _option(reading: Reading, meaning: Meaning, event: Entered) -> Option:
    wall = _nearest_wall(reading, meaning, event)
    fixed = None if meaning.offset is None else timezone(meaning.offset)
    literal = () if fixed is None else (_interpret(reading.label, wall.replace(tzinfo=fixed), reading),)
    if meaning.zone is None:
        return Option(meaning, wall, literal)
    ways = both_ways(wall, meaning.zone)
    if literal and any(_bears(way, reading.zone, meaning) for way in ways):
        return Option(meaning, wall, literal)
    own = f"{city(meaning.zone)}'s own time"
    names = (own,) if len(ways) == 1 else tuple(f"{own} ({zone_words(way)})" for way in ways)
    local = tuple(_interpret(name, way, reading) for name, way in zip(names, ways, strict=True))
    return Option(meaning, wall, (*literal, *local), out_of_use=bool(literal))


def _bears(moment: datetime, letters: str, meaning: Meaning) -> bool:
    """Return whether a zone's clocks bear these letters at a moment; where it has none, whether they show that time."""
    name = moment.tzname() or ""
    return name == letters if name.isalpha() else moment.utcoffset() == meaning.offset


def _nearest_wall(reading: Reading, meaning: Meaning, event: Entered) -> datetime:
    """Return the wall time that was written, on the day that brings it nearest to the event: evening there, morning here."""
    zone = meaning.zone or timezone(meaning.offset or timedelta())
    local = event.starts.astimezone(zone).replace(tzinfo=None)
    halves = (timedelta(), ONE_DAY / 2) if reading.either_half else (timedelta(),)
    local_starts = [
        datetime.combine(local.date(), reading.start) + day * ONE_DAY + half for day in (-1, 0, 1) for half in halves
    ]
    return min(local_starts, key=lambda wall: abs(wall - local))


def _interpret(how: str, starts: datetime, reading: Reading) -> Interpretation:
    # The end is added on the wall, where it was written: over a clock change it is not as long as it looks.
    ends = None if reading.lasts is None else (starts + reading.lasts).replace(fold=starts.fold).astimezone(UTC)
    return Interpretation(how, starts.astimezone(UTC), ends)


def _without_spares(matches: list[Match]) -> list[Match]:
    """Return the readings without the half of 'EST/EDT' that is out of use: both were written to be right all year."""
    in_use = {(one.reading.turn, zone) for one in matches if (zone := _zone_of(one)) and not one.options[0].out_of_use}
    return [one for one in matches if not (one.options[0].out_of_use and (one.reading.turn, _zone_of(one)) in in_use)]


def _zone_of(one: Match) -> ZoneInfo | None:
    """Return the zone whose letters were written, where they can mean only one."""
    meaning = one.options[0].meaning
    return meaning.zone if len(one.options) == 1 and meaning.offset is not None else None


def _settle(one: Match, sure: set[datetime], event: Entered) -> tuple[Match, Finding | None]:
    """Return a reading with one meaning, where the other times that were written or the event's start can tell it."""
    if len(one.options) == 1:
        return one, None
    told = [option for option in one.options if {each.starts for each in option.interpretations} & sure]
    if len(told) == 1:
        return Match(one.reading, (told[0],)), None
    # By the event alone, which may have been entered wrongly, only the way that people most often mean it counts.
    fits = [option for option in one.options if option.interpretations[-1].starts == event.starts]
    if len(fits) == 1:
        return Match(one.reading, (fits[0],)), _ambiguous(one, event, public=False)
    return one, _ambiguous(one, event, public=True)


# Findings


def _finding(kind: Kind, editor: str, *about: Match) -> Finding:
    return Finding(kind, editor, kind not in FOR_THE_EDITOR, about)


def _ambiguous(one: Match, event: Entered, *, public: bool) -> Finding:
    places = _either([city(option.meaning.zone) for option in one.options if option.meaning.zone])
    sentence = f"{one.reading.written}: {one.reading.label} can mean the time in {places}. {_ways(one, event)}"
    return Finding(Kind.AMBIGUOUS, sentence, public, (one,))


def _about_one(one: Match, event: Entered) -> Iterator[Finding]:
    if len(one.options) == 1:
        yield from _about_zone(one, one.options[0], event)
    if event.starts not in one.starts:
        begins = f"This event begins at {event.local:%H:%M} in {city(event.zone)}."
        yield _finding(Kind.OTHER_START, f"{one.reading.written} is another time. {begins} {_ways(one, event)}", one)
    elif not _ends_agree(one, event):
        ends = f"{event.ends.astimezone(event.zone):%H:%M}" if event.ends else ""
        written = f"{one.reading.end:%H:%M} {one.reading.label}".strip()
        sentence = f"{one.reading.written}: it ends at {written} as written, and at {ends} in {city(event.zone)} here."
        yield _finding(Kind.OTHER_END, sentence, one)


def _about_zone(one: Match, option: Option, event: Entered) -> Iterator[Finding]:
    zone, written = option.meaning.zone, one.reading.written
    if zone is None:
        return
    problem = problem_with(option.wall, zone)
    if problem is LocalTimeProblem.MISSING:
        sentence = f"{written}: the clocks in {city(zone)} leave this time out on {day_words(option.wall)}."
        yield _finding(Kind.LEFT_OUT, f"{sentence} {_ways(one, event)}", one)
    elif problem is LocalTimeProblem.TWICE and len(option.interpretations) > 1:
        sentence = f"{written}: this time comes twice in {city(zone)} on {day_words(option.wall)}."
        yield _finding(Kind.TWICE, f"{sentence} {_ways(one, event)}", one)
    if option.out_of_use:
        way = both_ways(option.wall, zone)[0]
        letters, offset = zone_words(way), offset_words(way.utcoffset() or timedelta())
        now = f"{letters} ({offset})" if letters != offset else letters
        sentence = f"{written}: {city(zone)} {event.verb} on {now} on {day_words(way)}, not on {one.reading.label}."
        yield _finding(Kind.NOT_IN_USE, f"{sentence} {_ways(one, event)}", one)


def _ends_agree(one: Match, event: Entered) -> bool:
    """Return whether the end that was written is that of the event, on whichever day: some say '9 to 5, three days'."""
    ends = [each.ends for each in one.interpretations if each.ends and each.starts == event.starts]
    return event.ends is None or not ends or any((event.ends - end) % ONE_DAY == timedelta() for end in ends)


def _contradictions(known: list[Match]) -> Iterator[Finding]:
    for one in known[1:]:
        if not one.starts & known[0].starts:
            first, other = known[0].reading.written, one.reading.written
            yield _finding(Kind.CONTRADICTION, f"{first} and {other} are not the same moment.", known[0], one)


def _other_day(statement: Statement, known: list[Match], event: Entered) -> Iterator[Finding]:
    zones = [event.zone, *(option.meaning.zone for one in known for option in one.options if option.meaning.zone)]
    real = {event.starts.astimezone(zone).date() for zone in zones}
    days = {parts for day in real for parts in ((day.day, day.month, day.year), (day.day, day.month, None))}
    weekdays = {day.weekday() for day in real}
    if (statement.days and not days & {*statement.days}) or (statement.weekdays and not weekdays & statement.weekdays):
        yield _finding(
            Kind.OTHER_DAY, f"Another day was written. This event is on {event.local:%A} {day_words(event.local)}."
        )


# Sentences


def _ways(one: Match, event: Entered) -> str:
    """Return 'Read as GMT it begins at 18:00 in London; read as London's own time it begins at 17:00, as entered.'."""
    parts = []
    for option in one.options:
        zone = option.meaning.zone or event.zone
        for each in option.interpretations:
            there, here = each.starts.astimezone(zone), each.starts.astimezone(event.zone)
            elsewhere = f" ({here:%H:%M} in {city(event.zone)})" if there.utcoffset() != here.utcoffset() else ""
            entered = ", as entered" if each.starts == event.starts else ""
            how = f"read as {each.how} " if each.how else ""
            parts.append(f"{how}it begins at {there:%H:%M} in {city(zone)}{elsewhere}{entered}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _public_note(findings: tuple[Finding, ...], event: Entered) -> str:
    public = [finding for finding in findings if finding.public]
    if not public:
        return ""
    found = dict.fromkeys(match for finding in public for match in finding.about)
    about = sorted(found, key=lambda match: match.reading.turn)
    if not about:
        return "The day that the organiser wrote is not the day shown here. Check with the organiser."
    wrote = f"The organiser wrote {_both([one.reading.written for one in about])}."
    so = _shift(about, event)
    return f"{wrote} {_reason(public, event)}{f', so the time could be {so}' if so else ''}. Check with the organiser."


def _reason(public: list[Finding], event: Entered) -> str:
    """Return why the time is uncertain: 'London was on BST and New York on EDT that day'."""
    reasons = [*_zones_that_day(public, event), *(reason for finding in public for reason in _reasons(finding))]
    if reasons:
        text = "; ".join(dict.fromkeys(reasons))
        return text[0].upper() + text[1:]
    contradict = any(finding.kind is Kind.CONTRADICTION for finding in public)
    return "These are not the same moment" if contradict else "This is not the time shown here"


def _zones_that_day(public: list[Finding], event: Entered) -> list[str]:
    on = {}
    for one in (match for finding in public if finding.kind is Kind.NOT_IN_USE for match in finding.about):
        zone = one.options[0].meaning.zone or event.zone
        on[city(zone)] = zone_words(both_ways(one.options[0].wall, zone)[0])
    parts = [f"{place} {event.verb if not count else ''} on {name}" for count, (place, name) in enumerate(on.items())]
    return [f"{_both(parts).replace('  ', ' ')} that day"] if parts else []


def _reasons(finding: Finding) -> Iterator[str]:
    for one in finding.about:
        cities = [city(option.meaning.zone) for option in one.options if option.meaning.zone]
        if finding.kind is Kind.AMBIGUOUS:
            yield f"{one.reading.label} can mean the time in {_either(cities)}"
        elif finding.kind is Kind.LEFT_OUT:
            yield f"the clocks in {cities[0]} leave this time out that day"
        elif finding.kind is Kind.TWICE:
            yield f"this time comes twice in {cities[0]} that day"


def _shift(about: list[Match], event: Entered) -> str:
    """Return how far from the time shown the event may be: 'an hour later'."""
    apart = sorted({start - event.starts for one in about for start in one.starts} - {timedelta()}, key=abs)
    return _either([f"{how_long(abs(gap))} {'later' if gap > timedelta() else 'earlier'}" for gap in apart])


def _both(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1] if parts else "")))


def _either(parts: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(parts[:-1]), parts[-1] if parts else "")))
