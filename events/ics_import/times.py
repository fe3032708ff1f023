"""The times of calendar files: what clocks show, and whose clocks these are.

Zones are looked up by name, IANA's or Windows'. What a file itself says of a zone is not read: it may be nonsense, and
mail programs give one name to different clocks.
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

YEARS = range(1970, 2101)  # what lies outside is a mistake, and calendars would have to count up to it
OFFSET = re.compile(r"(?:UTC|GMT)? ?([+-])(\d\d?):?(\d\d)?", re.IGNORECASE)
WITH_OFFSET = re.compile(r"(\d{8}T\d{6})([+-]\d{4})")

FLOATING = "It names no time zone: its time was taken as that of clocks in {}."
ONLY_THERE = "Its time zone, '{}', is known to nobody but the file: its time was taken as that of clocks in {}."
BY_OFFSET = "Its time zone is given as '{}': it stands here as clocks in {} show it."


@dataclass(frozen=True)
class Stamp:
    """A time of a file: what clocks in a zone show, and what an editor should know of how that was found out."""

    local: datetime  # without a zone of its own
    zone: str
    is_exact: bool = False  # whether it was given as a moment, not by what clocks show
    remark: str = ""

    @property
    def moment(self) -> datetime:
        """The moment; of a time that clocks leave out or show twice the one that RFC 5545, 3.3.5, says."""
        return self.local.replace(tzinfo=zoneinfo.ZoneInfo(self.zone)).astimezone(UTC)

    def on_clocks_in(self, zone: str) -> datetime:
        """Return what clocks in another zone show then, without a zone."""
        return self.moment.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)


def stamp_of(value: Any, usual: str) -> Stamp | None:
    """Return the time that a property gives, in its own zone or else the `usual` one; None where it gives none."""
    found = WITH_OFFSET.fullmatch(str(value))
    if found:
        return _by_offset(found[1], found[2], found[2], usual)
    return _stamp(value.dt, _tzid(value), usual) if isinstance(value, vDDDTypes) else None


def days_of(values: Iterable[Any], zone: str) -> set[date]:
    """Return the days, on clocks in a zone, that properties give, each of which may hold several times or days."""
    days = set()
    for value in values:
        for each in value.dts if isinstance(value, vDDDTypes | vDDDLists) else []:
            stamp = _stamp(each.dt, _tzid(value), zone)
            if stamp:
                days.add(stamp.on_clocks_in(zone).date())
            elif isinstance(each.dt, date) and not isinstance(each.dt, datetime):
                days.add(each.dt)
    return days


def zone_named(tzid: str) -> str:
    """Return the IANA name of a zone that a file names; '' for one that nobody else knows.

    Some programs put names of their own before it: '/citadel.org/20210210_1/Europe/London'.
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


def _stamp(given: object, tzid: str, usual: str) -> Stamp | None:
    if not isinstance(given, datetime) or given.year not in YEARS:
        return None
    local, there = given.replace(tzinfo=None), city(zoneinfo.ZoneInfo(usual))
    if given.tzinfo:
        return Stamp(local, "UTC", is_exact=True)
    if not tzid:
        return Stamp(local, usual, remark=FLOATING.format(there))
    if name := zone_named(tzid):
        return Stamp(local, name)
    if offset := OFFSET.fullmatch(tzid):
        hours = f"{offset[1]}{int(offset[2]):02}{offset[3] or '00'}"
        return _by_offset(f"{local:%Y%m%dT%H%M%S}", hours, tzid, usual)
    return Stamp(local, usual, remark=ONLY_THERE.format(tzid[:40], there))


def _by_offset(local: str, offset: str, as_given: str, usual: str) -> Stamp | None:
    """Return a time with an offset from UTC as clocks in the usual zone show it."""
    try:
        moment = datetime.strptime(f"{local}{offset}", "%Y%m%dT%H%M%S%z")
    except ValueError:
        return None
    if moment.year not in YEARS:
        return None
    there = zoneinfo.ZoneInfo(usual)
    remark = BY_OFFSET.format(as_given, city(there))
    return Stamp(moment.astimezone(there).replace(tzinfo=None), usual, is_exact=True, remark=remark)
