"""Calendar files as other programs write them, and what becomes of them here."""

import re

from events.ics_import.actions import import_events
from events.ics_import.file import raw_entries
from events.models import Event
from outcomes.models import Organisation

USUAL = {
    "UID": "UID:1@example.org",
    "SUMMARY": "SUMMARY:A training",
    "DESCRIPTION": "DESCRIPTION:What it is.",
    "LOCATION": "LOCATION:Town Hall\\, Leeds",
    "DTSTART": "DTSTART;TZID=Europe/London:20230330T170000",
    "DTEND": "DTEND;TZID=Europe/London:20230330T183000",
}


def entry(*lines, **usual):
    """Return an entry with these lines, in the place of the usual ones of the same name; a bare name takes one out."""
    given = {**USUAL, **usual}
    for line in lines:
        name = re.split("[;:]", line)[0]
        given[name if name in USUAL else line] = line if ":" in line else ""
    return "\r\n".join(["BEGIN:VEVENT", *filter(None, given.values()), "END:VEVENT", ""])


def calendar(*entries):
    """Return a file with entries, or with other text in their place."""
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(entries)}END:VCALENDAR\r\n".encode()


def take(data, by, *, zone="Europe/London"):
    """Import a file; return what was told of each entry: its title, what became of it, the remarks."""
    report = imported(data, by, zone=zone)
    return [(line.title, str(line.outcome.label), line.remarks) for line in report.lines]


def imported(data, by, *, zone="Europe/London"):
    organiser, _ = Organisation.objects.get_or_create(name="Survivor Alliance")
    return import_events(entries=raw_entries(data), organiser=organiser, zone=zone, by=by)


def the_draft(*lines, by, zone="Europe/London", **usual):
    """Import one entry; return its draft and what was said of it."""
    (line,) = imported(calendar(entry(*lines, **usual)), by, zone=zone).lines
    assert line.event is not None, line.remarks
    return Event.objects.get(pk=line.event.pk), line.remarks
