"""An event's time in several zones, with the names and offsets of these on its day."""

import zoneinfo
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils.formats import date_format

from events.local_time import offset_in_words, zone_name
from events.zone_names import city

LONDON = "Europe/London"
NEW_YORK = "America/New_York"
# The zones to choose from, by well-known cities; the URL accepts any other zone.
CHOICES = [
    (LONDON, "London"),
    ("Europe/Dublin", "Dublin"),
    ("Europe/Paris", "Paris, Berlin, Rome"),
    ("Europe/Athens", "Athens, Bucharest"),
    (NEW_YORK, "New York, Toronto"),
    ("America/Chicago", "Chicago"),
    ("America/Mexico_City", "Mexico City"),
    ("America/Denver", "Denver"),
    ("America/Los_Angeles", "Los Angeles, Vancouver"),
    ("Africa/Lagos", "Lagos"),
    ("Africa/Johannesburg", "Johannesburg"),
    ("Africa/Nairobi", "Nairobi"),
    ("Asia/Kolkata", "Delhi, Kolkata"),
    ("Asia/Bangkok", "Bangkok, Hanoi"),
    ("Asia/Manila", "Manila"),
    ("Australia/Sydney", "Sydney"),
    ("Pacific/Auckland", "Auckland"),
]
NOON = 12


class Clock(NamedTuple):
    """An event's time in one zone: '5pm to 6:30pm', 'London', 'BST, UTC+1'; and its day, if no heading has it."""

    hours: str
    place: str
    zone: str
    starts: datetime
    ends: datetime
    other_day: str = ""

    def __str__(self) -> str:
        """Return '5pm to 6:30pm, London (BST, UTC+1)'; '1am to 2:30am, London (BST, UTC+1), Friday 31 March'."""
        return ", ".join(filter(None, (self.hours, f"{self.place} ({self.zone})", self.other_day)))

    @property
    def day(self) -> date:
        """The local day of its start, for templates, which would convert a datetime to London time."""
        return self.starts.date()

    @property
    def last_day(self) -> date:
        """The local day of its end."""
        return last_day_of(self.starts, self.ends)

    @property
    def days(self) -> str:
        """Its days in words: 'Thursday 30 March 2023', 'Tuesday 15 to Wednesday 16 December 2026'."""
        return days_in_words(self.day, self.last_day)

    @property
    def begins(self) -> str:
        """Its local start: '5pm'."""
        return hour_in_words(self.starts)

    @property
    def several_days(self) -> bool:
        """Whether it covers more than one local day."""
        return self.day != self.last_day


def clocks(starts: datetime, ends: datetime, zone: str, chosen: str = "") -> list[Clock]:
    """Return the time in the organiser's zone, in London (or New York, for London), and in the chosen zone.

    The heading shows the day of the first, so only those on another day name it.
    """
    other = LONDON if zone != LONDON else NEW_YORK
    names = dict.fromkeys([zone, other, *([chosen] if chosen else [])])
    result = [clock(starts, ends, name) for name in names]
    return [each._replace(other_day=_other_day(each, result[0])) for each in result]


def clock(starts: datetime, ends: datetime, zone: str) -> Clock:
    """Return the time in one zone."""
    info = zoneinfo.ZoneInfo(zone)
    begin, end = starts.astimezone(info), ends.astimezone(info)
    return Clock(_hours(begin, end), city(info), zone_in_words(begin, end), begin, end)


def last_day_of(starts: datetime, ends: datetime) -> date:
    """Return the last day of an event: an end at midnight belongs to the day before."""
    return ends.date() if ends <= starts else (ends - timedelta(microseconds=1)).date()


def days_in_words(first: date, last: date) -> str:
    """Return the days of an event, without repetition: 'Tuesday 15 to Wednesday 16 December 2026'."""
    if first == last:
        return date_format(first, "l j F Y")
    shared = "l j" if (first.year, first.month) == (last.year, last.month) else "l j F"
    return f"{date_format(first, shared if first.year == last.year else 'l j F Y')} to {date_format(last, 'l j F Y')}"


def _hours(begin: datetime, end: datetime) -> str:
    """Return '5pm to 6:30pm', or 'from 9:30am on 15 December to 4pm on 16 December'."""
    last = last_day_of(begin, end)
    if begin.date() == last:
        return f"{hour_in_words(begin)} to {hour_in_words(end)}"
    first = f"{hour_in_words(begin)} on {date_format(begin.date(), 'j F')}"
    return f"from {first} to {hour_in_words(end)} on {date_format(last, 'j F')}"


def _other_day(this: Clock, first: Clock) -> str:
    same = (this.day, this.last_day) == (first.day, first.last_day)
    return "" if same or this.several_days else date_format(this.day, "l j F")


def hour_in_words(moment: datetime) -> str:
    """Return a time in this site's style: '5pm', '6:30pm', 'midday', 'midnight'."""
    if moment.minute == 0 and moment.hour in {0, NOON}:
        return "midday" if moment.hour else "midnight"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % NOON or NOON}{minutes}{'am' if moment.hour < NOON else 'pm'}"


def zone_in_words(begin: datetime, end: datetime) -> str:
    """Return the abbreviation and offset of a zone: 'BST, UTC+1'; two, where the clocks change in between."""
    first, last = _named(begin), _named(end)
    return first if first == last else f"{first}, then {last}"


def _named(moment: datetime) -> str:
    name, offset = zone_name(moment), offset_in_words(moment.utcoffset() or timedelta(0))
    return offset if name == offset else f"{name}, {offset}"


def valid_zone(zone: str) -> str:
    """Return a zone name, or '' for any other text."""
    return zone if zone in zoneinfo.available_timezones() else ""
