"""The findings of the comparison in `time_check.py`, and the note for readers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from events.local_time import duration_in_words, possible_moments, zone_name
from events.stated_time import Reading, Statement
from events.zone_names import Meaning, city


class Verdict(StrEnum):
    """The result of the check."""

    NOTHING_STATED = "nothing stated"
    NOT_READ = "not read"  # all or a part of it
    AGREES = "agrees"
    LOOK = "to look at"  # for the editor alone
    CONFLICT = "conflict"  # with a public note


class Kind(StrEnum):
    """The kinds of finding."""

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


@dataclass(frozen=True)
class Entered:
    """The event as it was entered."""

    starts: datetime  # aware
    ends: datetime | None
    zone: ZoneInfo
    today: date

    @property
    def local(self) -> datetime:
        """The start in the event's zone."""
        return self.starts.astimezone(self.zone)

    @property
    def verb(self) -> str:
        """'was' for a day that is over, else 'is'."""
        return "was" if self.local.date() < self.today else "is"


@dataclass(frozen=True)
class Interpretation:
    """One interpretation of a time: its name, and the start and end that it gives."""

    name: str
    starts: datetime
    ends: datetime | None


@dataclass(frozen=True)
class Option:
    """One meaning of a reading's zone, with the interpretations of the time in it."""

    meaning: Meaning
    local: datetime
    interpretations: tuple[Interpretation, ...]
    out_of_use: bool = False  # the abbreviation is not that of the zone on that day


@dataclass(frozen=True)
class Match:
    """A reading with the possible meanings of its zone."""

    reading: Reading
    options: tuple[Option, ...]

    @property
    def interpretations(self) -> tuple[Interpretation, ...]:
        """All interpretations of its options."""
        return tuple(interpretation for option in self.options for interpretation in option.interpretations)

    @property
    def starts(self) -> frozenset[datetime]:
        """All moments at which it may begin."""
        return frozenset(interpretation.starts for interpretation in self.interpretations)


@dataclass(frozen=True)
class Finding:
    """One thing that an editor should look at."""

    kind: Kind
    editor: str
    public: bool
    about: tuple[Match, ...] = ()


@dataclass(frozen=True)
class TimeCheck:
    """The findings of the check, with sentences for the editor and a note for readers."""

    verdict: Verdict
    statement: Statement
    findings: tuple[Finding, ...] = ()
    public_note: str = ""

    @property
    def editor_sentences(self) -> tuple[str, ...]:
        """The sentences for the editor, in order."""
        return tuple(finding.editor for finding in self.findings)

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of the findings."""
        return frozenset(finding.kind for finding in self.findings)


def public_note(findings: tuple[Finding, ...], event: Entered) -> str:
    """Return the sentences for readers about an uncertain time; '' where no finding is public."""
    public = [finding for finding in findings if finding.public]
    if not public:
        return ""
    matches = dict.fromkeys(match for finding in public for match in finding.about)
    about = sorted(matches, key=lambda match: match.reading.group)
    if not about:
        return "The day that the organiser wrote is not the day shown here. Check with the organiser."
    wrote = f"The organiser wrote {_joined_by_and([one.reading.written for one in about])}."
    shift = _shift(about, event)
    return f"{wrote} {_reason(public, event)}{f', so the time could be {shift}' if shift else ''}. Check with the organiser."


def _reason(public: list[Finding], event: Entered) -> str:
    """Return why the time is uncertain: 'London was on BST and New York on EDT that day'."""
    reasons = [*_zones_that_day(public, event), *(reason for finding in public for reason in _reasons(finding))]
    if reasons:
        text = "; ".join(dict.fromkeys(reasons))
        return text[0].upper() + text[1:]
    contradict = any(finding.kind is Kind.CONTRADICTION for finding in public)
    return "These are not the same moment" if contradict else "This is not the time shown here"


def _zones_that_day(public: list[Finding], event: Entered) -> list[str]:
    in_use = {}
    for one in (match for finding in public if finding.kind is Kind.NOT_IN_USE for match in finding.about):
        zone = one.options[0].meaning.zone or event.zone
        in_use[city(zone)] = zone_name(possible_moments(one.options[0].local, zone)[0])
    parts = [
        f"{place} {event.verb if not count else ''} on {name}" for count, (place, name) in enumerate(in_use.items())
    ]
    return [f"{_joined_by_and(parts).replace('  ', ' ')} that day"] if parts else []


def _reasons(finding: Finding) -> Iterator[str]:
    for one in finding.about:
        cities = [city(option.meaning.zone) for option in one.options if option.meaning.zone]
        if finding.kind is Kind.AMBIGUOUS:
            yield f"{one.reading.label} can mean the time in {joined_by_or(cities)}"
        elif finding.kind is Kind.LEFT_OUT:
            yield f"the clocks in {cities[0]} leave this time out that day"
        elif finding.kind is Kind.TWICE:
            yield f"this time comes twice in {cities[0]} that day"


def _shift(about: list[Match], event: Entered) -> str:
    """Return how far from the listed time the event may be: 'an hour later'."""
    gaps = sorted({start - event.starts for one in about for start in one.starts} - {timedelta()}, key=abs)
    return joined_by_or(
        [f"{duration_in_words(abs(gap))} {'later' if gap > timedelta() else 'earlier'}" for gap in gaps]
    )


def _joined_by_and(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1] if parts else "")))


def joined_by_or(parts: list[str]) -> str:
    """Return 'Kolkata', 'Kolkata or Dublin', 'Kolkata, Dublin or Jerusalem'."""
    return " or ".join(filter(None, (", ".join(parts[:-1]), parts[-1] if parts else "")))
