"""An event's time on several clocks, worked out for its own day: names and offsets are never typed."""

import zoneinfo
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils.text import capfirst

from events.wall_time import offset_words, zone_words
from events.zone_names import city

LONDON = "Europe/London"
NEW_YORK = "America/New_York"
# What readers choose from, by the names that people know; any other zone can stand in the address.
CHOICES = [
    (LONDON, "London"),
    ("Europe/Dublin", "Dublin"),
    ("Europe/Paris", "Paris, Berlin, Rome"),
    ("Europe/Athens", "Athens, Bucharest"),
    (NEW_YORK, "New York, Toronto"),
    ("America/Chicago", "Chicago, Mexico City"),
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
    """An event's time in one zone: '5pm to 6:30pm', 'London', 'BST, UTC+1', and its day."""

    hours: str
    place: str
    zone: str
    starts: datetime
    ends: datetime

    def __str__(self) -> str:
        """Return '5pm to 6:30pm, London (BST, UTC+1)'."""
        return f"{self.hours}, {self.place} ({self.zone})"

    @property
    def day(self) -> date:
        """The day on which it starts, there. Templates take this: they would turn a moment into London's own time."""
        return self.starts.date()

    @property
    def last_day(self) -> date:
        """The day on which it ends, there."""
        return self.ends.date()

    @property
    def begins(self) -> str:
        """When it starts: '5pm'."""
        return hour_in_words(self.starts)

    @property
    def several_days(self) -> bool:
        """Whether it ends on another day than it starts, there."""
        return self.day != self.last_day


def clocks(starts: datetime, ends: datetime, zone: str, chosen: str = "") -> list[Clock]:
    """Return the time in the organiser's zone, in one more (London, or New York for London's), and in the chosen one."""
    other = LONDON if zone != LONDON else NEW_YORK
    names = dict.fromkeys([zone, other, *([chosen] if chosen else [])])
    return [clock(starts, ends, name) for name in names]


def clock(starts: datetime, ends: datetime, zone: str) -> Clock:
    """Return the time in one zone."""
    there = zoneinfo.ZoneInfo(zone)
    begin, end = starts.astimezone(there), ends.astimezone(there)
    hours = capfirst(f"{hour_in_words(begin)} to {hour_in_words(end)}")
    return Clock(hours, city(there), zone_in_words(begin, end), begin, end)


def hour_in_words(moment: datetime) -> str:
    """Return a time as the house writes it: '5pm', '6:30pm', 'midday', 'midnight'."""
    if moment.minute == 0 and moment.hour in {0, NOON}:
        return "midday" if moment.hour else "midnight"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % NOON or NOON}{minutes}{'am' if moment.hour < NOON else 'pm'}"


def zone_in_words(begin: datetime, end: datetime) -> str:
    """Return the name and offset of a zone on that day: 'BST, UTC+1'; both, where the clocks change meanwhile."""
    first, last = _named(begin), _named(end)
    return first if first == last else f"{first}, then {last}"


def _named(moment: datetime) -> str:
    name, offset = zone_words(moment), offset_words(moment.utcoffset() or timedelta(0))
    return offset if name == offset else f"{name}, {offset}"


def known(zone: str) -> str:
    """Return a zone that somebody asked for, '' for what is none."""
    return zone if zone in zoneinfo.available_timezones() else ""
