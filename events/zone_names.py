"""The names that people write for time zones, and their meanings: 'GMT', 'UK time', 'Eastern', 'UTC+5:30', 'Adelaide'.

The abbreviations are those of the IANA time zone database (https://www.iana.org/time-zones), which `datetime.tzname()`
returns. Places that have a number there (Dubai: '+04') have those of Wikipedia's 'List of time zone abbreviations'.
When a zone uses an abbreviation is not stored here: `zoneinfo` knows it for every day.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

# Abbreviations, and for each meaning the zone that most writers mean and the hours from UTC. An event's own zone comes
# before these: in Phoenix MST is right all year, whatever Denver does.
ABBREVIATIONS: dict[str, tuple[tuple[str, float], ...]] = {
    "GMT": (("Europe/London", 0),),
    "BST": (("Europe/London", 1),),
    "IST": (("Asia/Kolkata", 5.5), ("Europe/Dublin", 1), ("Asia/Jerusalem", 2)),
    "IDT": (("Asia/Jerusalem", 3),),
    "WET": (("Europe/Lisbon", 0),),
    "WEST": (("Europe/Lisbon", 1),),
    "CET": (("Europe/Paris", 1),),
    "CEST": (("Europe/Paris", 2),),
    "EET": (("Europe/Athens", 2),),
    "EEST": (("Europe/Athens", 3),),
    "MSK": (("Europe/Moscow", 3),),
    "TRT": (("Europe/Istanbul", 3),),
    "WAT": (("Africa/Lagos", 1),),
    "CAT": (("Africa/Maputo", 2),),
    "SAST": (("Africa/Johannesburg", 2),),
    "EAT": (("Africa/Nairobi", 3),),
    "GST": (("Asia/Dubai", 4),),
    "PKT": (("Asia/Karachi", 5),),
    "NPT": (("Asia/Kathmandu", 5.75),),
    "ICT": (("Asia/Bangkok", 7),),
    "WIB": (("Asia/Jakarta", 7),),
    "HKT": (("Asia/Hong_Kong", 8),),
    "MYT": (("Asia/Kuala_Lumpur", 8),),
    "SGT": (("Asia/Singapore", 8),),
    "JST": (("Asia/Tokyo", 9),),
    "KST": (("Asia/Seoul", 9),),
    "AWST": (("Australia/Perth", 8),),
    "ACST": (("Australia/Adelaide", 9.5),),
    "ACDT": (("Australia/Adelaide", 10.5),),
    "AEST": (("Australia/Sydney", 10),),
    "AEDT": (("Australia/Sydney", 11),),
    "NZST": (("Pacific/Auckland", 12),),
    "NZDT": (("Pacific/Auckland", 13),),
    "NST": (("America/St_Johns", -3.5),),
    "NDT": (("America/St_Johns", -2.5),),
    "BRT": (("America/Sao_Paulo", -3),),
    "ART": (("America/Argentina/Buenos_Aires", -3),),
    "AST": (("America/Halifax", -4),),
    "ADT": (("America/Halifax", -3),),
    "EST": (("America/New_York", -5),),
    "EDT": (("America/New_York", -4),),
    "CST": (("America/Chicago", -6), ("Asia/Shanghai", 8), ("America/Havana", -5)),
    "CDT": (("America/Chicago", -5), ("America/Havana", -4)),
    "MST": (("America/Denver", -7),),
    "MDT": (("America/Denver", -6),),
    "PST": (("America/Los_Angeles", -8), ("Asia/Manila", 8)),
    "PDT": (("America/Los_Angeles", -7),),
    "AKST": (("America/Anchorage", -9),),
    "AKDT": (("America/Anchorage", -8),),
    "HST": (("Pacific/Honolulu", -10),),
}
# Abbreviations that are words too, or short: read only in capitals.
ONLY_IN_CAPITALS = frozenset({"ART", "CAT", "EAT", "WAT", "WET", "WEST", "ET", "CT", "MT", "PT", "Z"})
LONG_NAMES = {
    "greenwich mean time": "GMT", "british summer time": "BST", "indian standard time": "IST",
    "india standard time": "IST", "irish standard time": "IST", "irish summer time": "IST",
    "israel standard time": "IST", "israel daylight time": "IDT",
    "central european time": "Europe/Paris", "central european summer time": "CEST",
    "eastern european time": "Europe/Athens", "eastern european summer time": "EEST",
    "eastern standard time": "EST", "eastern daylight time": "EDT",
    "central standard time": "CST", "central daylight time": "CDT",
    "mountain standard time": "MST", "mountain daylight time": "MDT",
    "pacific standard time": "PST", "pacific daylight time": "PDT",
    "west africa time": "WAT", "east africa time": "EAT", "central africa time": "CAT",
    "australian eastern standard time": "AEST", "australian eastern daylight time": "AEDT",
    "coordinated universal time": "UTC",
}  # fmt: skip
# Names of places, whose offset on the day is looked up.
PLACES = {
    "uk": "Europe/London", "britain": "Europe/London", "british time": "Europe/London", "london": "Europe/London",
    "scotland": "Europe/London", "wales": "Europe/London", "england": "Europe/London",
    "northern ireland": "Europe/London", "ireland": "Europe/Dublin", "irish time": "Europe/Dublin",
    "eastern": "America/New_York", "us eastern": "America/New_York", "et": "America/New_York",
    "new york": "America/New_York", "nyc": "America/New_York", "washington dc": "America/New_York",
    "central time": "America/Chicago", "us central": "America/Chicago", "ct": "America/Chicago",
    "mountain": "America/Denver", "us mountain": "America/Denver", "mt": "America/Denver",
    "pacific": "America/Los_Angeles", "us pacific": "America/Los_Angeles", "pt": "America/Los_Angeles",
    "india": "Asia/Kolkata", "indian time": "Asia/Kolkata", "delhi": "Asia/Kolkata", "mumbai": "Asia/Kolkata",
    "israel": "Asia/Jerusalem", "nigeria": "Africa/Lagos", "kenya": "Africa/Nairobi", "ghana": "Africa/Accra",
    "south africa": "Africa/Johannesburg", "france": "Europe/Paris", "germany": "Europe/Berlin",
    "geneva": "Europe/Zurich", "netherlands": "Europe/Amsterdam", "the hague": "Europe/Amsterdam",
    "japan": "Asia/Tokyo", "nepal": "Asia/Kathmandu", "bangladesh": "Asia/Dhaka", "philippines": "Asia/Manila", "pht": "Asia/Manila",
    "new zealand": "Pacific/Auckland", "local time": "local", "utc": "UTC", "z": "UTC",
}  # fmt: skip
AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# Cities of the database whose names are English words, or better known as places in Britain.
NOT_CITIES = frozenset({
    "act", "center", "chatham", "easter", "halifax", "nome", "norfolk", "north", "queensland", "south", "stanley",
    "victoria", "wake", "west",
})  # fmt: skip
MAX_NAME_WORDS = 4  # words
MAX_OFFSET = timedelta(hours=14)  # Kiritimati


@dataclass(frozen=True)
class Meaning:
    """A meaning of a zone's name: a zone, a fixed offset, or both for an abbreviation."""

    zone: ZoneInfo | None = None
    offset: timedelta | None = None


def zone_called(phrase: str) -> str | None:
    """Return the zone that a phrase names, as `meanings` takes it: an abbreviation, a zone, 'local', or None."""
    lower, capitals = phrase.casefold(), phrase.upper()
    if capitals in ONLY_IN_CAPITALS and phrase != capitals:
        return None
    if capitals in ABBREVIATIONS:
        return capitals
    named = LONG_NAMES.get(lower) or PLACES.get(lower)
    return named or (_cities().get(lower) if phrase[:1].isupper() else None)


def offset_called(sign: str, hours: str, minutes: str | None) -> str | None:
    """Return 'UTC+05:30' for the parts of an offset, or None where it is more than MAX_OFFSET."""
    if timedelta(hours=int(hours), minutes=int(minutes or 0)) > MAX_OFFSET:
        return None
    return f"UTC{'+' if sign == '+' else '-'}{int(hours):02}:{minutes or '00'}"


def meanings(named: str, *, home: ZoneInfo, year: int) -> tuple[Meaning, ...]:
    """Return the meanings of a name for an event whose zone is `home`; none for an unknown name.

    `named` is what `zone_called` and `offset_called` return; empty, it means the event's zone.
    """
    if named in {"", "local"}:
        return (Meaning(zone=home),)
    own = _abbreviations_of(home, year).get(named)
    if own is not None:
        return (Meaning(zone=home, offset=own),)
    if named in ABBREVIATIONS:
        return tuple(Meaning(ZoneInfo(key), timedelta(hours=hours)) for key, hours in ABBREVIATIONS[named])
    fixed = re.fullmatch(r"UTC(?:([+-])(\d\d):(\d\d))?", named)
    if fixed:
        offset = timedelta(hours=int(fixed[2] or 0), minutes=int(fixed[3] or 0))
        return (Meaning(offset=-offset if fixed[1] == "-" else offset),)
    return (Meaning(zone=ZoneInfo(named)),) if named in _keys() else ()


def city(zone: ZoneInfo) -> str:
    """Return the city that a zone is named after: 'New York'."""
    return zone.key.rpartition("/")[2].replace("_", " ")


@lru_cache(maxsize=256)
def _abbreviations_of(zone: ZoneInfo, year: int) -> dict[str, timedelta]:
    """Return the abbreviations that a zone uses in a year, with their offsets, from the first of each month."""
    days = [datetime(year, month, 1, 12, tzinfo=zone) for month in range(1, 13)]
    return {name: day.utcoffset() or timedelta() for day in days if (name := day.tzname() or "").isalpha()}


@lru_cache(maxsize=1)
def _keys() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    parts = [(key.rpartition("/")[2].replace("_", " ").casefold(), key) for key in sorted(_keys())]
    return {name: key for name, key in parts if key.startswith(AREAS) and "/" in key and name not in NOT_CITIES}
