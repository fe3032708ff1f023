"""An entry of a calendar file, as icalendar reads it."""

import re
from datetime import date
from hashlib import sha256
from typing import Any

from icalendar import Event, vBroken

from events.ics_import.file import RawEntry
from events.ics_import.text import one_line

NAME_END = re.compile(r"[ \t]*[;:]")
# The zone of a time is looked up in `times`. Under another name icalendar keeps the parameter and looks nothing up.
ZONED_PROPERTIES = {"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"}
TZID = re.compile(r";[ \t]*TZID[ \t]*=", re.IGNORECASE)
KEPT_TZID = "X-TZID"


class Entry:
    """One entry of a file, with the properties that icalendar reads in it; broken ones are its vBroken."""

    def __init__(self, raw: RawEntry) -> None:
        """Read each property by itself, so that a broken one spoils no other."""
        self.raw, self.problem = raw, raw.problem
        self.properties: dict[str, list[Any]] = {}
        for line in raw.lines:
            name = _name(line)
            self.properties.setdefault(name, []).extend(_values(name, line))

    def all(self, name: str) -> list[Any]:
        """Return the values of a property, one for each line that gives it."""
        return self.properties.get(name, [])

    def first(self, name: str) -> Any:
        """Return the first value of a property; None where it has none."""
        return next(iter(self.all(name)), None)

    def text(self, name: str) -> str:
        """Return the text of a property; '' where it has none."""
        return str(self.first(name) or "")

    def as_given(self, name: str) -> str:
        """Return the first value of a property as it is in the file, even one that cannot be read; '' if there is none."""
        return next((_value(line) for line in self.raw.lines if _name(line) == name), "")

    @property
    def title(self) -> str:
        """The title, on one line."""
        return one_line(self.text("SUMMARY"))

    @property
    def day(self) -> date | None:
        """The day of its start, as the file gives it; None where that cannot be read."""
        start = value_of(self.first("DTSTART"))
        return date(start.year, start.month, start.day) if isinstance(start, date) else None

    @property
    def uid(self) -> str:
        """The UID; the whole entry where the program that wrote the file gave it none."""
        return self.text("UID").strip() or "\n".join(self.raw.lines)

    @property
    def replaces(self) -> Any:
        """The RECURRENCE-ID: the date of a series that the entry replaces; None for any other entry."""
        return self.first("RECURRENCE-ID")

    @property
    def key(self) -> str:
        """A digest of the UID and the replaced date, by which the entry is recognised in a later import."""
        zone = "" if self.replaces is None else self.replaces.params.get(KEPT_TZID, "")
        return sha256(f"{self.uid}\n{self.as_given('RECURRENCE-ID')}\n{zone}".encode()).hexdigest()

    @property
    def repeats(self) -> bool:
        """Whether it is the entry of a series."""
        return self.replaces is None and any(map(self.all, ("RRULE", "RDATE")))

    @property
    def is_cancelled(self) -> bool:
        """Whether it is cancelled."""
        return self.text("STATUS").strip().upper() == "CANCELLED"


def _name(line: str) -> str:
    return NAME_END.split(line, maxsplit=1)[0].upper()


def _value(line: str) -> str:
    return line.rpartition(":")[2].strip()


def _values(name: str, line: str) -> list[Any]:
    """Return what icalendar reads in a line: one value, or none where the line cannot be parsed at all."""
    if name in ZONED_PROPERTIES:
        line = TZID.sub(f";{KEPT_TZID}=", line)
    try:
        return list(Event.from_ical(f"BEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\n").values())
    except (ValueError, TypeError, ArithmeticError):
        # The value is impossible, such as a period that ends at a time of day.
        return [vBroken(_value(line))]


def value_of(value: Any) -> Any:
    """Return the time, day or duration that a property gives; None where it gives none or a broken one."""
    return None if isinstance(value, vBroken) else getattr(value, "dt", None)
