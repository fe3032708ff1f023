"""The comparison of an organiser's own words about a time with the time, zone and day of the event.

'5pm GMT' on a day when London is on BST can mean two times, an hour apart, and no rule can tell which: the check tells
the editor both, and readers that the time is uncertain. Even where one of the two is the time that was entered, a
person has to settle it, since those who read 'GMT' and those who read '5pm in London' come at different hours. What
cannot be read is 'not read', never 'fine'.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from events.local_time import (
    LocalTimeProblem,
    day_in_words,
    local_time_problem,
    offset_in_words,
    possible_moments,
    zone_name,
)
from events.stated_time import Reading, Statement, read
from events.time_findings import (
    Entered,
    Finding,
    Interpretation,
    Kind,
    Match,
    Option,
    TimeCheck,
    Verdict,
    joined_by_or,
    public_note,
)
from events.zone_names import Meaning, city, meanings

ONE_DAY = timedelta(days=1)
EDITOR_ONLY = frozenset({Kind.NOT_READ, Kind.UNKNOWN_ZONE, Kind.OTHER_END})


def check_stated_time(
    text: str, *, starts: datetime, ends: datetime | None, zone: ZoneInfo, today: date, any_day: bool = False
) -> TimeCheck:
    """Return the comparison of an organiser's words, any text, with the time of an event.

    With `any_day` the days that were written are not compared.
    """
    if not text.strip():
        return TimeCheck(Verdict.NOTHING_STATED, Statement())
    event, statement = Entered(starts, ends, zone, today), read(text)
    findings = tuple(_findings(replace(statement, days=()) if any_day else statement, event))
    return TimeCheck(_verdict(findings), statement, findings, public_note(findings, event))


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    if any(finding.public for finding in findings):
        return Verdict.CONFLICT
    if {finding.kind for finding in findings} & {Kind.NOT_READ, Kind.UNKNOWN_ZONE}:
        return Verdict.NOT_READ
    return Verdict.LOOK if findings else Verdict.AGREES


def _findings(statement: Statement, event: Entered) -> Iterator[Finding]:
    matches = [_match(reading, event) for reading in statement.readings]
    yield from _unread(statement, matches)
    understood = _without_unused([one for one in matches if one.options])
    certain = {start for one in understood if len(one.options) == 1 for start in one.starts}
    for index, one in enumerate(understood):
        resolved, finding = _resolve(one, certain, event)
        understood[index] = resolved
        yield from [finding] if finding else []
        yield from _about_one(resolved, event)
    yield from _contradictions(understood)
    yield from _other_day(statement, understood, event)


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


# Readings and the meanings of their zones


def _match(reading: Reading, event: Entered) -> Match:
    possible = meanings(reading.zone, home=event.zone, year=event.local.year)
    return Match(reading, tuple(_option(reading, meaning, event) for meaning in possible))


def _option(reading: Reading, meaning: Meaning, event: Entered) -> Option:
    local = _nearest_local_time(reading, meaning, event)
    fixed = None if meaning.offset is None else timezone(meaning.offset)
    literal = () if fixed is None else (_interpret(reading.label, local.replace(tzinfo=fixed), reading),)
    if meaning.zone is None:
        return Option(meaning, local, literal)
    moments = possible_moments(local, meaning.zone)
    if literal and any(_uses_abbreviation(moment, reading.zone, meaning) for moment in moments):
        return Option(meaning, local, literal)
    own = f"{city(meaning.zone)}'s own time"
    names = (own,) if len(moments) == 1 else tuple(f"{own} ({zone_name(moment)})" for moment in moments)
    by_clocks = tuple(_interpret(name, moment, reading) for name, moment in zip(names, moments, strict=True))
    return Option(meaning, local, (*literal, *by_clocks), out_of_use=bool(literal))


def _uses_abbreviation(moment: datetime, abbreviation: str, meaning: Meaning) -> bool:
    """Return whether a zone uses an abbreviation at a moment or, where it has none, the offset of its meaning."""
    name = moment.tzname() or ""
    return name == abbreviation if name.isalpha() else moment.utcoffset() == meaning.offset


def _nearest_local_time(reading: Reading, meaning: Meaning, event: Entered) -> datetime:
    """Return the local time that was written, on the day on which it is nearest to the event's start."""
    zone = meaning.zone or timezone(meaning.offset or timedelta())
    event_start = event.starts.astimezone(zone).replace(tzinfo=None)
    halves = (timedelta(), ONE_DAY / 2) if reading.either_half else (timedelta(),)
    local_starts = [
        datetime.combine(event_start.date(), reading.start) + day * ONE_DAY + half
        for day in (-1, 0, 1)
        for half in halves
    ]
    return min(local_starts, key=lambda local: abs(local - event_start))


def _interpret(name: str, starts: datetime, reading: Reading) -> Interpretation:
    # Added to the local time, as it was written: over a clock change the elapsed time differs.
    ends = None if reading.lasts is None else (starts + reading.lasts).replace(fold=starts.fold).astimezone(UTC)
    return Interpretation(name, starts.astimezone(UTC), ends)


def _without_unused(matches: list[Match]) -> list[Match]:
    """Return the readings without the unused one of 'EST/EDT', of which one is right at any time of the year."""
    in_use = {
        (one.reading.group, zone)
        for one in matches
        if (zone := _abbreviated_zone(one)) and not one.options[0].out_of_use
    }
    return [
        one
        for one in matches
        if not (one.options[0].out_of_use and (one.reading.group, _abbreviated_zone(one)) in in_use)
    ]


def _abbreviated_zone(one: Match) -> ZoneInfo | None:
    """Return the zone of the abbreviation that was written, where it can mean only one."""
    meaning = one.options[0].meaning
    return meaning.zone if len(one.options) == 1 and meaning.offset is not None else None


def _resolve(one: Match, certain: set[datetime], event: Entered) -> tuple[Match, Finding | None]:
    """Return a reading with one meaning, if the other times that were written or the event's start determine it."""
    if len(one.options) == 1:
        return one, None
    confirmed = [
        option
        for option in one.options
        if {interpretation.starts for interpretation in option.interpretations} & certain
    ]
    if len(confirmed) == 1:
        return Match(one.reading, (confirmed[0],)), None
    # By the event alone, which may have been entered wrongly, only the most common interpretation counts.
    fits = [option for option in one.options if option.interpretations[-1].starts == event.starts]
    if len(fits) == 1:
        return Match(one.reading, (fits[0],)), _ambiguous(one, event, public=False)
    return one, _ambiguous(one, event, public=True)


# Findings


def _finding(kind: Kind, editor: str, *about: Match) -> Finding:
    return Finding(kind, editor, kind not in EDITOR_ONLY, about)


def _ambiguous(one: Match, event: Entered, *, public: bool) -> Finding:
    places = joined_by_or([city(option.meaning.zone) for option in one.options if option.meaning.zone])
    sentence = (
        f"{one.reading.written}: {one.reading.label} can mean the time in {places}. {_possible_times(one, event)}"
    )
    return Finding(Kind.AMBIGUOUS, sentence, public, (one,))


def _about_one(one: Match, event: Entered) -> Iterator[Finding]:
    if len(one.options) == 1:
        yield from _about_zone(one, one.options[0], event)
    if event.starts not in one.starts:
        begins = f"This event begins at {event.local:%H:%M} in {city(event.zone)}."
        yield _finding(
            Kind.OTHER_START,
            f"{one.reading.written} is another time. {begins} {_possible_times(one, event)}",
            one,
        )
    elif not _ends_agree(one, event):
        ends = f"{event.ends.astimezone(event.zone):%H:%M}" if event.ends else ""
        written = f"{one.reading.end:%H:%M} {one.reading.label}".strip()
        sentence = f"{one.reading.written}: it ends at {written} as written, and at {ends} in {city(event.zone)} here."
        yield _finding(Kind.OTHER_END, sentence, one)


def _about_zone(one: Match, option: Option, event: Entered) -> Iterator[Finding]:
    zone, written = option.meaning.zone, one.reading.written
    if zone is None:
        return
    problem = local_time_problem(option.local, zone)
    if problem is LocalTimeProblem.MISSING:
        sentence = f"{written}: the clocks in {city(zone)} leave this time out on {day_in_words(option.local)}."
        yield _finding(Kind.LEFT_OUT, f"{sentence} {_possible_times(one, event)}", one)
    elif problem is LocalTimeProblem.TWICE and len(option.interpretations) > 1:
        sentence = f"{written}: this time comes twice in {city(zone)} on {day_in_words(option.local)}."
        yield _finding(Kind.TWICE, f"{sentence} {_possible_times(one, event)}", one)
    if option.out_of_use:
        moment = possible_moments(option.local, zone)[0]
        name, offset = zone_name(moment), offset_in_words(moment.utcoffset() or timedelta())
        in_use = f"{name} ({offset})" if name != offset else name
        sentence = (
            f"{written}: {city(zone)} {event.verb} on {in_use} on {day_in_words(moment)}, not on {one.reading.label}."
        )
        yield _finding(Kind.NOT_IN_USE, f"{sentence} {_possible_times(one, event)}", one)


def _ends_agree(one: Match, event: Entered) -> bool:
    """Return whether the end that was written is that of the event, on any day: some write '9 to 5, three days'."""
    ends = [
        interpretation.ends
        for interpretation in one.interpretations
        if interpretation.ends and interpretation.starts == event.starts
    ]
    return event.ends is None or not ends or any((event.ends - end) % ONE_DAY == timedelta() for end in ends)


def _contradictions(matches: list[Match]) -> Iterator[Finding]:
    for one in matches[1:]:
        if not one.starts & matches[0].starts:
            first, other = matches[0].reading.written, one.reading.written
            yield _finding(Kind.CONTRADICTION, f"{first} and {other} are not the same moment.", matches[0], one)


def _other_day(statement: Statement, matches: list[Match], event: Entered) -> Iterator[Finding]:
    zones = [event.zone, *(option.meaning.zone for one in matches for option in one.options if option.meaning.zone)]
    event_days = {event.starts.astimezone(zone).date() for zone in zones}
    days = {parts for day in event_days for parts in ((day.day, day.month, day.year), (day.day, day.month, None))}
    weekdays = {day.weekday() for day in event_days}
    if (statement.days and not days & {*statement.days}) or (statement.weekdays and not weekdays & statement.weekdays):
        yield _finding(
            Kind.OTHER_DAY, f"Another day was written. This event is on {event.local:%A} {day_in_words(event.local)}."
        )


# Sentences


def _possible_times(one: Match, event: Entered) -> str:
    """Return 'Read as GMT it begins at 18:00 in London; read as London's own time it begins at 17:00, as entered.'."""
    parts = []
    for option in one.options:
        zone = option.meaning.zone or event.zone
        for interpretation in option.interpretations:
            there, here = interpretation.starts.astimezone(zone), interpretation.starts.astimezone(event.zone)
            elsewhere = f" ({here:%H:%M} in {city(event.zone)})" if there.utcoffset() != here.utcoffset() else ""
            entered = ", as entered" if interpretation.starts == event.starts else ""
            reading_as = f"read as {interpretation.name} " if interpretation.name else ""
            parts.append(f"{reading_as}it begins at {there:%H:%M} in {city(zone)}{elsewhere}{entered}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."
