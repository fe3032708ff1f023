"""Drafts of events from the entries of a calendar file: what can be taken of each, and what an editor must know of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from icalendar import vBroken

from events.ics_import.entries import Entry, value_of
from events.ics_import.rules import Series, series_of
from events.ics_import.text import as_markdown, one_line, paragraphs_of, shortened
from events.ics_import.times import YEARS, Stamp, days_of, stamp_of
from events.local_time import check_local_times, check_span, zone_name
from events.meeting_links import meeting_links, without_meeting_links
from events.models import Event
from outcomes.models import Organisation

TITLE, SUMMARY, PLACE, ADDRESS = 160, 300, 200, 500  # characters that the fields of an event take
BODY = 20_000  # characters of a description that are read
DAY = timedelta(days=1)
ONLINE = re.compile(
    r"https?:|\b(?:online|on-line|virtual|remote|webinar|zoom|teams|google meet|webex|skype|gotomeeting|gotowebinar"
    r"|whereby|jitsi)\b",
    re.IGNORECASE,
)
WEB_PAGE = URLValidator(schemes=["http", "https"])

NO_TITLE = "It has no title. Add it by hand."
NO_START = "It has no start. Add it by hand."
ALL_DAY = "It has a day and no time. Add it by hand, with its time."
BROKEN_START = "Its start, '{}', is no time that can be meant. Add it by hand."
ASK = "{} Ask the organiser, then add it by hand."
ALL_LEFT_OUT = "The file leaves out each of its dates. Ask the organiser whether it takes place."

TITLE_CUT = f"Its title was cut to {TITLE} characters."
SUMMARY_CUT = (
    "Its first paragraph is too long for a summary, which is its beginning. The whole stands in the text below."
)
BODY_CUT = f"Its description was cut to {BODY:,} characters."
NO_SUMMARY = "It has no description: write a summary."
PLACE_CUT = f"Its place was cut to {PLACE} characters."
NO_PLACE = "It names no place: taken as online."
LINK_OUT = (
    "A link that opens the meeting was taken out, and it is taken as online. "
    "The organiser sends the link to those who book."
)
NUMBER_OUT = "A number or password of the meeting was taken out."
NO_PAGE = "Its address, '{}', is no web page: give the page where people book."
CANCELLED = "The file says that it is cancelled: list it as cancelled, or delete the draft."
NO_END = "It has no end: its start was taken for it."
BROKEN_END = "Its end, '{}', is no time that can be meant: its start was taken for it."
BROKEN_DAYS = "A date that the file leaves out cannot be read: look at which do not take place."
TAKEN_AS = "{} Taken as {}."
IN_UTC = "It repeats, and its times are in UTC: where clocks change, its hour will too. Choose the organiser's zone."


class NotTaken(ValueError):
    """No draft can be made of an entry; the message says why, and what to do."""


@dataclass
class Draft:
    """An event that is not stored yet, and what is to be said of it."""

    event: Event
    remarks: list[str]


@dataclass
class Part:
    """Some fields of an event, and what is to be said of them."""

    fields: dict[str, Any]
    remarks: list[str]


def draft_of(entry: Entry, *, organiser: Organisation, zone: str, changed: Iterable[Any]) -> Draft:
    """Return a draft of what an entry says; raises NotTaken.

    `zone` is for times that name none. `changed` are the dates of it that have entries of their own.
    """
    if entry.problem:
        raise NotTaken(entry.problem)
    words, times = _words(entry), _times(entry, zone, changed)
    event = Event(organiser=organiser, imported_from=entry.key, **words.fields, **times.fields)
    cancelled = [CANCELLED] if entry.is_cancelled else []
    return Draft(event, list(filter(None, [*cancelled, *times.remarks, *words.remarks])))


def _words(entry: Entry) -> Part:
    given = [entry.text(name) for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "URL")]
    has_link = any(meeting_links(text) for text in given)
    has_number = not has_link and any(without_meeting_links(text) != text for text in given)
    title = without_meeting_links(entry.title)
    if not title:
        raise NotTaken(NO_TITLE)
    parts = [_description(given[1]), _place(given[2], has_link=has_link), _page(given[3])]
    fields = {"title": shortened(title, TITLE)}
    for part in parts:
        fields |= part.fields
    remarks = _said({LINK_OUT: has_link, NUMBER_OUT: has_number, TITLE_CUT: len(title) > TITLE}) + [
        remark for part in parts for remark in part.remarks
    ]
    return Part(fields, remarks)


def _description(text: str) -> Part:
    """Return the first paragraph as summary and the others as text; all as text, where the first is too long."""
    paragraphs = paragraphs_of(text[:BODY])
    first = one_line(paragraphs[0]) if paragraphs else ""
    is_long = len(first) > SUMMARY
    body = as_markdown("\n\n".join(paragraphs if is_long else paragraphs[1:]))
    remarks = _said({NO_SUMMARY: not first, SUMMARY_CUT: is_long, BODY_CUT: len(text) > BODY})
    return Part({"summary": shortened(first, SUMMARY), "body": body}, remarks)


def _place(text: str, *, has_link: bool) -> Part:
    place = one_line(without_meeting_links(text))
    is_online = has_link or not place or ONLINE.search(place) is not None
    remarks = _said({NO_PLACE: not place and not has_link, PLACE_CUT: len(place) > PLACE})
    return Part({"place": shortened(place, PLACE), "is_online": is_online}, remarks)


def _page(text: str) -> Part:
    address = text.strip()
    if not address or meeting_links(address):
        return Part({}, [])
    try:
        WEB_PAGE(address)
    except ValidationError:
        address = ""
    if not 0 < len(address) <= ADDRESS:
        return Part({}, [NO_PAGE.format(one_line(text[:60]))])
    return Part({"booking_url": address}, [])


def _times(entry: Entry, zone: str, changed: Iterable[Any]) -> Part:
    start = _start(entry, zone)
    ends, no_end = _end(entry, start)
    length = ends - start.moment
    if length < timedelta():
        raise NotTaken(ASK.format(check_span(start.moment, ends, ZoneInfo(start.zone))[0].editor))
    series = _series(entry, start, length, changed) if entry.repeats else Series(start.local)
    begins = Stamp(series.first, start.zone)
    remarks = [start.remark, _taken_as(begins) if not start.is_exact else "", no_end, *series.remarks]
    in_utc = start.is_exact and start.zone == "UTC"
    fields = {
        "starts": begins.moment,
        "ends": begins.moment + length,
        "zone": zone if in_utc and not series.rule else start.zone,
    }
    if rule := series.rule:
        left_out = "\n".join(day.isoformat() for day in sorted(rule.left_out))
        fields |= {"repeats": rule.repeats, "repeats_every": rule.every, "repeats_until": rule.until}
        fields["left_out"] = left_out
        remarks += [IN_UTC] if in_utc else []
    return Part(fields, remarks)


def _start(entry: Entry, zone: str) -> Stamp:
    given = entry.first("DTSTART")
    if given is None:
        raise NotTaken(NO_START)
    start = stamp_of(given, zone)
    if start:
        return start
    is_day = entry.day is not None and entry.day.year in YEARS and not isinstance(value_of(given), datetime)
    raise NotTaken(ALL_DAY if is_day else BROKEN_START.format(one_line(entry.as_given("DTSTART"))[:40]))


def _end(entry: Entry, start: Stamp) -> tuple[datetime, str]:
    """Return when an entry ends, and what is to be said where it does not tell."""
    name = "DURATION" if entry.first("DTEND") is None else "DTEND"
    given = entry.first(name)
    if given is None:
        return start.moment, NO_END
    if end := stamp_of(given, start.zone):
        return end.moment, ""
    length = value_of(given)
    try:
        if isinstance(length, timedelta):
            return _after(start, length), ""
    except OverflowError:
        pass
    return start.moment, BROKEN_END.format(one_line(entry.as_given(name))[:40])


def _after(start: Stamp, length: timedelta) -> datetime:
    """Return when it ends: days are those that clocks show, hours are hours (RFC 5545, 3.3.6); raises OverflowError.

    icalendar does not tell 24 hours from a day: they are taken for one.
    """
    if (start.local + length).year not in YEARS:
        raise OverflowError
    if length % DAY:
        return start.moment + length
    return Stamp(start.local + length, start.zone).moment


def _series(entry: Entry, start: Stamp, length: timedelta, changed: Iterable[Any]) -> Series:
    changed_days = days_of(changed, start.zone)
    left_out = days_of(entry.all("EXDATE"), start.zone) | changed_days
    series = series_of(entry, start.local, length=length, zone=start.zone, left_out=left_out, changed=changed_days)
    if series is None:
        raise NotTaken(ALL_LEFT_OUT)
    if any(isinstance(value, vBroken) for value in entry.all("EXDATE")):
        series.remarks.append(BROKEN_DAYS)
    return series


def _taken_as(start: Stamp) -> str:
    """Return what is to be said of a start that clocks leave out or show twice."""
    there = ZoneInfo(start.zone)
    shown = start.moment.astimezone(there)
    findings = check_local_times(start.local, None, there)
    return "".join(TAKEN_AS.format(found.editor, f"{shown:%H:%M} {zone_name(shown)}") for found in findings)


def _said(remarks: dict[str, bool]) -> list[str]:
    return [remark for remark, applies in remarks.items() if applies]
