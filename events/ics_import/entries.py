"""An entry of a calendar file, as icalendar reads it."""

import re
from datetime import date
from hashlib import sha256
from typing import Any

from icalendar import Component
from icalendar.cal.component_factory import ComponentFactory
from icalendar.parser import Contentline
from icalendar.parser.ical.component import ComponentIcalParser
from icalendar.prop import TypesFactory, vBroken

from events.ics_import.file import RawEntry
from events.ics_import.text import one_line

UNREADABLE = "It cannot be read. Add it by hand."


class _Parser(ComponentIcalParser):
    """icalendar's own, but it looks up no zones, which `times` does, and no property breaks off the whole entry."""

    datetime_names = ()

    def parse_and_add_property(self, name: str, params: Any, val: str, tzid: str | None, line: Contentline) -> None:
        """Take a property as broken, too, where it can be read but makes no sense, such as a period that ends with a zone."""
        try:
            super().parse_and_add_property(name, params, val, tzid, line)
        except (ValueError, TypeError, ArithmeticError) as error:
            self.handle_property_parse_error(error, name, params, val, line)


class Entry:
    """One entry of a file, and what it says."""

    def __init__(self, raw: RawEntry) -> None:
        """Read an entry; one that icalendar cannot read has nothing but its trouble."""
        self.raw, self.problem = raw, raw.problem
        lines = [Contentline(line) for line in ("BEGIN:VEVENT", *raw.lines, "END:VEVENT")]
        try:
            (self.properties,) = _Parser(lines, ComponentFactory(), TypesFactory.instance()).parse()
        except (ValueError, TypeError, ArithmeticError):
            self.properties, self.problem = Component(), self.problem or UNREADABLE

    def all(self, name: str) -> list[Any]:
        """Return what a property says, each time that it stands there."""
        value = self.properties.get(name, [])
        return value if isinstance(value, list) else [value]

    def first(self, name: str) -> Any:
        """Return what a property says where it first stands there; None where it does not."""
        return next(iter(self.all(name)), None)

    def text(self, name: str) -> str:
        """Return the words of a property; '' where there are none."""
        return str(self.first(name) or "")

    def as_given(self, name: str) -> str:
        """Return a time or length as it stands in the file, also where it means nothing; '' where there is none."""
        lines = (line for line in self.raw.lines if re.split(r"[ \t]*[;:]", line, maxsplit=1)[0].upper() == name)
        return next(lines, "").rpartition(":")[2].strip()

    @property
    def title(self) -> str:
        """Its title, on one line."""
        return one_line(self.text("SUMMARY"))

    @property
    def day(self) -> date | None:
        """The day on which it first takes place, as its file has it; None where that cannot be read."""
        start = value_of(self.first("DTSTART"))
        return date(start.year, start.month, start.day) if isinstance(start, date) else None

    @property
    def uid(self) -> str:
        """By what the program that made it knows it; the whole entry, where that gave it no name."""
        return self.text("UID").strip() or "\n".join(self.raw.lines)

    @property
    def replaces(self) -> Any:
        """Which date of a series it takes the place of: a property, or None."""
        return self.first("RECURRENCE-ID")

    @property
    def key(self) -> str:
        """By what its event is known again: a digest of its name and of the date that it replaces."""
        zone = "" if self.replaces is None else self.replaces.params.get("TZID", "")
        return sha256(f"{self.uid}\n{self.as_given('RECURRENCE-ID')}\n{zone}".encode()).hexdigest()

    @property
    def repeats(self) -> bool:
        """Whether it says that it takes place more than once; not of a date of a series."""
        return self.replaces is None and any(name in self.properties for name in ("RRULE", "RDATE"))

    @property
    def is_cancelled(self) -> bool:
        """Whether it says that it does not take place."""
        return self.text("STATUS").strip().upper() == "CANCELLED"


def value_of(given: Any) -> Any:
    """Return the time, day or length that a property gives; None where it gives none, or one that cannot be read."""
    return None if isinstance(given, vBroken) else getattr(given, "dt", None)
