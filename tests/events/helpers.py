"""Calendar files in the form of other programs, and their import; the admin's form; readers of pages."""

import html
import re

from events.ics_import.actions import import_events
from events.ics_import.file import raw_entries
from events.models import Event
from outcomes.models import Organisation

ADD = "/admin/events/event/add/"
DEFAULT_LINES = {
    "UID": "UID:1@example.org",
    "SUMMARY": "SUMMARY:A training",
    "DESCRIPTION": "DESCRIPTION:What it is.",
    "LOCATION": "LOCATION:Town Hall\\, Leeds",
    "DTSTART": "DTSTART;TZID=Europe/London:20230330T170000",
    "DTEND": "DTEND;TZID=Europe/London:20230330T183000",
}


def entry(*lines, **usual):
    """Return an entry with these lines in place of the default ones of the same name; a bare name removes one."""
    given = {**DEFAULT_LINES, **usual}
    for line in lines:
        name = re.split("[;:]", line)[0]
        given[name if name in DEFAULT_LINES else line] = line if ":" in line else ""
    return "\r\n".join(["BEGIN:VEVENT", *filter(None, given.values()), "END:VEVENT", ""])


def calendar(*entries):
    """Return a file with entries, or with any other text."""
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(entries)}END:VCALENDAR\r\n".encode()


def import_results(data, by, *, zone="Europe/London"):
    """Import a file; return the title, outcome and remarks of each entry."""
    report = imported(data, by, zone=zone)
    return [(line.title, str(line.outcome.label), line.remarks) for line in report.lines]


def imported(data, by, *, zone="Europe/London"):
    organiser, _ = Organisation.objects.get_or_create(name="Survivor Alliance")
    return import_events(entries=raw_entries(data), organiser=organiser, zone=zone, by=by)


def import_one(*lines, by, zone="Europe/London", **usual):
    """Import one entry; return its draft and the remarks."""
    (line,) = imported(calendar(entry(*lines, **usual)), by, zone=zone).lines
    assert line.event is not None, line.remarks
    return Event.objects.get(pk=line.event.pk), line.remarks


def typed(**fields):
    organiser, _ = Organisation.objects.get_or_create(name="Survivor Alliance")
    given = {
        "title": "A training",
        "kind": "training",
        "state": "published",
        "organiser": organiser.pk,
        "summary": "What it is.",
        "starts": "2023-03-30T17:00",
        "ends": "2023-03-30T18:30",
        "zone": "Europe/London",
        "currency": "GBP",
        "recording": "",
        "is_online": "on",
    }
    return {**given, **fields}


def errors(answer):
    return [
        re.sub(r"<[^>]+>", "", each)
        for each in re.findall(r'<ul class="errorlist.*?</ul>', answer.content.decode(), re.DOTALL)
    ]


def text_of(answer):
    main = answer.content.decode().partition('id="main"')[2].partition("<footer")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def titles(answer):
    return [html.unescape(each) for each in re.findall(r"<h3><a [^>]*>([^<]*)</a>", answer.content.decode())]
