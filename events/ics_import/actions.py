"""The import of a calendar file: a draft for each entry, and a report.

The file is not stored. An event made from it has a digest of its entry's UID, so that the same file imported again
creates no duplicates and leaves the changes of editors as they are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.formats import date_format

from events.actions import save_event
from events.ics_import.drafts import MAX_TITLE, Draft, NotTaken, draft_of
from events.ics_import.entries import Entry, value_of
from events.ics_import.file import RawEntry
from events.ics_import.text import shortened
from events.models import Event
from mscos.models import User
from outcomes.models import Organisation

CANCELLED_DATE = "The file cancels {} in a series. Is the series here already? Leave that date out of it."
# Of an entry that replaces one date of a series: by the outcome of the series.
OF_A_SERIES = "It takes the place of {} in a series, which leaves that date out."
OF_ONE_THERE = "It takes the place of {} in a series that is here already. Leave that date out of it."
OF_NONE = "It takes the place of {} in a series of which nothing was taken."


class Outcome(models.TextChoices):
    """The result for an entry."""

    DRAFT = "draft", "Draft made"
    THERE = "there", "Already there"
    TWICE = "twice", "Twice in this file"
    NOT_TAKEN = "not taken", "Not taken"


@dataclass(frozen=True)
class Line:
    """The result of one entry."""

    title: str
    day: date | None
    outcome: Outcome
    event: Event | None = None
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """The results of a file."""

    lines: list[Line]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The number of entries of each outcome that occurs."""
        counted = Counter(line.outcome for line in self.lines)
        return [(str(outcome.label), counted[outcome]) for outcome in Outcome if counted[outcome]]

    @property
    def summary(self) -> str:
        """The import in one sentence, for the admin's log."""
        made = sum(line.outcome == Outcome.DRAFT for line in self.lines)
        return f"Imported {made:,} draft{'' if made == 1 else 's'} from {len(self.lines):,} entries"


@transaction.atomic
def import_events(*, entries: Sequence[RawEntry], organiser: Organisation, zone: str, by: User) -> Report:
    """Create a draft for each entry of a calendar file, and return the report.

    `zone` is for times without one. An event from an earlier import stays as it is.
    """
    content_types = ContentType.objects.filter(app_label="events", model="event")
    content_type = content_types.select_for_update(no_key=True).get()  # of two imports at once, one waits for the other
    report = Report(_Import([Entry(raw) for raw in entries], organiser, zone).lines())
    LogEntry.objects.create(
        user=by,
        content_type=content_type,
        object_repr="import",
        action_flag=ADDITION,
        change_message=report.summary,
    )
    return report


class _Import:
    """The import of one file: its entries, and the events that exist already."""

    def __init__(self, entries: Sequence[Entry], organiser: Organisation, zone: str) -> None:
        self.entries, self.organiser, self.zone = entries, organiser, zone
        known = Event.objects.filter(imported_from__in={entry.key for entry in entries})
        self.known = {event.imported_from: event for event in known}
        self.made: set[str] = set()  # keys
        self.series: dict[str, Outcome] = {}  # by UID, of the entries that replace no date of a series
        self.changed: dict[str, list[Any]] = {}  # by UID, the dates that have entries of their own
        for entry in entries:
            if entry.replaces is not None:
                self.changed.setdefault(entry.uid, []).append(entry.replaces)

    def lines(self) -> list[Line]:
        """Import all entries, series before their replaced dates; return a line for each, in the file's order."""
        lines = {}
        for entry in sorted(self.entries, key=lambda entry: entry.replaces is not None):
            lines[id(entry)] = line = self._line(entry)
            if entry.replaces is None:
                self.series.setdefault(entry.uid, line.outcome)
        return [lines[id(entry)] for entry in self.entries]

    def _line(self, entry: Entry) -> Line:
        line = Line(shortened(entry.title, MAX_TITLE), entry.day, Outcome.NOT_TAKEN)
        if entry.key in self.made:
            return replace(line, outcome=Outcome.TWICE)
        if event := self.known.get(entry.key):
            return replace(line, outcome=Outcome.THERE, event=event)
        if entry.replaces is not None and entry.is_cancelled and entry.uid in self.series:
            return replace(line, remarks=[CANCELLED_DATE.format(_date_in_series(entry))])
        try:
            draft = self._draft(entry)
        except NotTaken as problem:
            return replace(line, remarks=[str(problem)])
        event = save_event(event=draft.event)
        self.made.add(entry.key)
        day = event.starts.astimezone(event.clock).date()
        return Line(event.title, day, Outcome.DRAFT, event, draft.remarks)

    def _draft(self, entry: Entry) -> Draft:
        changed = self.changed.get(entry.uid, [])
        draft = draft_of(entry, organiser=self.organiser, zone=self.zone, changed=changed)
        if entry.replaces is not None:
            series = self.series.get(entry.uid)
            remarks = {Outcome.DRAFT: OF_A_SERIES, Outcome.THERE: OF_ONE_THERE}
            remark = remarks.get(series, OF_NONE) if series else OF_NONE
            draft.remarks.insert(0, remark.format(_date_in_series(entry)))
        return draft


def _date_in_series(entry: Entry) -> str:
    day = value_of(entry.replaces)
    return date_format(day, "j F Y") if isinstance(day, date) else "one date"
