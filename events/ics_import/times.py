"""The times of calendar files, with their zones.

Zones are looked up by name, IANA's or Windows'. The definitions of zones in a file are ignored: they may be wrong, and
mail programs give one name to different zones.
"""

import re
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from icalendar import vDDDLists, vDDDTypes
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.ics_import.entries import KEPT_TZID
from events.zone_names import city

YEARS = range(1970, 2101)  # any other is a mistake, and would make calendars calculate clock changes up to it
OFFSET = re.compile(r"(?:UTC|GMT)? ?([+-])(\d\d?):?(\d\d)?", re.IGNORECASE)
WITH_OFFSET = re.compile(r"(\d{8}T\d{6})([+-]\d{4})")

FLOATING = "It names no time zone: its time was taken as that of clocks in {}."
ONLY_THERE = "Its time zone, '{}', is known to nobody but the file: its time was taken as that of clocks in {}."
BY_OFFSET = "Its time zone is given as '{}': it stands here as clocks in {} show it."


@dataclass(frozen=True)
class Stamp:
    """A local time of a file and its zone, with a remark for the editor on how the zone was found."""

    local: datetime  # naive
    zone: str
    is_exact: bool = False  # whether the file has a moment, not a local time
    remark: str = ""

    @property
    def moment(self) -> datetime:
        """The moment; for a local time that the clocks skip or show twice the one of RFC 5545, 3.3.5."""
        return self.local.replace(tzinfo=zoneinfo.ZoneInfo(self.zone)).astimezone(UTC)

    def local_in(self, zone: str) -> datetime:
        """Return the naive local time in another zone."""
        return self.moment.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)


def stamp_of(value: Any, default_zone: str) -> Stamp | None:
    """Return the time of a property, in its own zone or else `default_zone`; None where it has no time."""
    match = WITH_OFFSET.fullmatch(str(value))
    if match:
        return _by_offset(match[1], match[2], match[2], default_zone)
    return _stamp(value.dt, _tzid(value), default_zone) if isinstance(value, vDDDTypes) else None


def days_of(values: Iterable[Any], zone: str) -> set[date]:
    """Return the local days in a zone of properties, each of which may have several times or days."""
    days = set()
    for value in values:
        for each in value.dts if isinstance(value, vDDDTypes | vDDDLists) else []:
            stamp = _stamp(each.dt, _tzid(value), zone)
            if stamp:
                days.add(stamp.local_in(zone).date())
            elif isinstance(each.dt, date) and not isinstance(each.dt, datetime):
                days.add(each.dt)
    return days


def zone_named(tzid: str) -> str:
    """Return the IANA name of a zone that a file names; '' for one that only the file defines.

    Some programs prefix it: '/citadel.org/20210210_1/Europe/London'.
    """
    plain = tzid.strip('/" ')
    parts = plain.split("/")
    names = (plain, WINDOWS_TO_OLSON.get(plain, ""), "/".join(parts[-3:]), "/".join(parts[-2:]))
    return next((name for name in names if name in _known_zones()), "")


def _tzid(value: Any) -> str:
    return str(value.params.get(KEPT_TZID, ""))


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _stamp(value: object, tzid: str, default_zone: str) -> Stamp | None:
    if not isinstance(value, datetime) or value.year not in YEARS:
        return None
    local, place = value.replace(tzinfo=None), city(zoneinfo.ZoneInfo(default_zone))
    if value.tzinfo:
        return Stamp(local, "UTC", is_exact=True)
    if not tzid:
        return Stamp(local, default_zone, remark=FLOATING.format(place))
    if name := zone_named(tzid):
        return Stamp(local, name)
    if offset := OFFSET.fullmatch(tzid):
        hours = f"{offset[1]}{int(offset[2]):02}{offset[3] or '00'}"
        return _by_offset(f"{local:%Y%m%dT%H%M%S}", hours, tzid, default_zone)
    return Stamp(local, default_zone, remark=ONLY_THERE.format(tzid[:40], place))


def _by_offset(local: str, offset: str, as_given: str, default_zone: str) -> Stamp | None:
    """Return a time with an offset from UTC as local time of the default zone."""
    try:
        moment = datetime.strptime(f"{local}{offset}", "%Y%m%dT%H%M%S%z")
    except ValueError:
        return None
    if moment.year not in YEARS:
        return None
    zone = zoneinfo.ZoneInfo(default_zone)
    remark = BY_OFFSET.format(as_given, city(zone))
    return Stamp(moment.astimezone(zone).replace(tzinfo=None), default_zone, is_exact=True, remark=remark)
