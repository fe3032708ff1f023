"""Drafts of events from entries of a calendar file, with remarks for the editor."""

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
from mscos.refusals import Refused
from outcomes.models import Organisation

MAX_TITLE, MAX_SUMMARY, MAX_PLACE, MAX_URL = 160, 300, 200, 500  # characters of the fields of an event
MAX_BODY = 20_000
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

TITLE_CUT = f"Its title was cut to {MAX_TITLE} characters."
SUMMARY_CUT = (
    "Its first paragraph is too long for a summary, which is its beginning. The whole stands in the text below."
)
BODY_CUT = f"Its description was cut to {MAX_BODY:,} characters."
NO_SUMMARY = "It has no description: write a summary."
PLACE_CUT = f"Its place was cut to {MAX_PLACE} characters."
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


class NotTaken(Refused):
    """No draft can be made of an entry; the message says why and what to do."""


@dataclass
class Draft:
    """An event that is not saved yet, with remarks for the editor."""

    event: Event
    remarks: list[str]


@dataclass
class PartialDraft:
    """Some fields of an event, with remarks for the editor."""

    fields: dict[str, Any]
    remarks: list[str]


def draft_of(entry: Entry, *, organiser: Organisation, zone: str, changed: Iterable[Any]) -> Draft:
    """Return a draft of an entry. Raises NotTaken.

    `zone` is for times without one. `changed` are the dates of a series that have entries of their own.
    """
    if entry.problem:
        raise NotTaken(entry.problem)
    texts, times = _texts(entry), _times(entry, zone, changed)
    event = Event(organiser=organiser, imported_from=entry.key, **texts.fields, **times.fields)
    cancelled = [CANCELLED] if entry.is_cancelled else []
    return Draft(event, list(filter(None, [*cancelled, *times.remarks, *texts.remarks])))


def _texts(entry: Entry) -> PartialDraft:
    texts = [entry.text(name) for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "URL")]
    has_link = any(meeting_links(text) for text in texts)
    has_number = not has_link and any(without_meeting_links(text) != text for text in texts)
    title = without_meeting_links(entry.title)
    if not title:
        raise NotTaken(NO_TITLE)
    parts = [_description(texts[1]), _place(texts[2], has_link=has_link), _booking_url(texts[3])]
    fields = {"title": shortened(title, MAX_TITLE)}
    for part in parts:
        fields |= part.fields
    remarks = _applicable({LINK_OUT: has_link, NUMBER_OUT: has_number, TITLE_CUT: len(title) > MAX_TITLE}) + [
        remark for part in parts for remark in part.remarks
    ]
    return PartialDraft(fields, remarks)


def _description(text: str) -> PartialDraft:
    """Return the first paragraph as summary and the others as body; all as body if the first is too long."""
    paragraphs = paragraphs_of(text[:MAX_BODY])
    first = one_line(paragraphs[0]) if paragraphs else ""
    is_long = len(first) > MAX_SUMMARY
    body = as_markdown("\n\n".join(paragraphs if is_long else paragraphs[1:]))
    remarks = _applicable({NO_SUMMARY: not first, SUMMARY_CUT: is_long, BODY_CUT: len(text) > MAX_BODY})
    return PartialDraft({"summary": shortened(first, MAX_SUMMARY), "body": body}, remarks)


def _place(text: str, *, has_link: bool) -> PartialDraft:
    place = one_line(without_meeting_links(text))
    is_online = has_link or not place or ONLINE.search(place) is not None
    remarks = _applicable({NO_PLACE: not place and not has_link, PLACE_CUT: len(place) > MAX_PLACE})
    return PartialDraft({"place": shortened(place, MAX_PLACE), "is_online": is_online}, remarks)


def _booking_url(text: str) -> PartialDraft:
    url = text.strip()
    if not url or meeting_links(url):
        return PartialDraft({}, [])
    try:
        WEB_PAGE(url)
    except ValidationError:
        url = ""
    if not 0 < len(url) <= MAX_URL:
        return PartialDraft({}, [NO_PAGE.format(one_line(text[:60]))])
    return PartialDraft({"booking_url": url}, [])


def _times(entry: Entry, zone: str, changed: Iterable[Any]) -> PartialDraft:
    start = _start(entry, zone)
    ends, end_remark = _end(entry, start)
    length = ends - start.moment
    if length < timedelta():
        raise NotTaken(ASK.format(check_span(start.moment, ends, ZoneInfo(start.zone))[0].editor))
    series = _series(entry, start, length, changed) if entry.repeats else Series(start.local)
    begins = Stamp(series.first, start.zone)
    remarks = [start.remark, _taken_as(begins) if not start.is_exact else "", end_remark, *series.remarks]
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
    return PartialDraft(fields, remarks)


def _start(entry: Entry, zone: str) -> Stamp:
    value = entry.first("DTSTART")
    if value is None:
        raise NotTaken(NO_START)
    start = stamp_of(value, zone)
    if start:
        return start
    is_day = entry.day is not None and entry.day.year in YEARS and not isinstance(value_of(value), datetime)
    raise NotTaken(ALL_DAY if is_day else BROKEN_START.format(one_line(entry.as_given("DTSTART"))[:40]))


def _end(entry: Entry, start: Stamp) -> tuple[datetime, str]:
    """Return the end of an entry, and a remark where it has none that can be read."""
    name = "DURATION" if entry.first("DTEND") is None else "DTEND"
    value = entry.first(name)
    if value is None:
        return start.moment, NO_END
    if end := stamp_of(value, start.zone):
        return end.moment, ""
    length = value_of(value)
    try:
        if isinstance(length, timedelta):
            return _after(start, length), ""
    except OverflowError:
        pass
    return start.moment, BROKEN_END.format(one_line(entry.as_given(name))[:40])


def _after(start: Stamp, length: timedelta) -> datetime:
    """Return the end: days are calendar days, hours are exact (RFC 5545, 3.3.6). Raises OverflowError.

    icalendar does not distinguish 24 hours from a day: both are taken as a day.
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
    """Return the remark on a start that the clocks skip or show twice; '' on any other."""
    zone = ZoneInfo(start.zone)
    taken = start.moment.astimezone(zone)
    findings = check_local_times(start.local, None, zone)
    return "".join(TAKEN_AS.format(finding.editor, f"{taken:%H:%M} {zone_name(taken)}") for finding in findings)


def _applicable(remarks: dict[str, bool]) -> list[str]:
    return [remark for remark, applies in remarks.items() if applies]
