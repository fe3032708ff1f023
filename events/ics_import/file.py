"""The splitting of a calendar file into entries, so that one that cannot be read spoils no other.

Of an entry only its own lines are kept, and of these only the properties in READ_PROPERTIES. All else in a file (time
zones, reminders, attendees) is ignored: icalendar would apply a zone defined in one file to the next.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mscos.refusals import Refused

MAX_BYTES = 2 * 1024 * 1024
MAX_ENTRIES = 500
MAX_LINE_LENGTH = 100_000  # characters of an unfolded line; a longer one is truncated
MAX_DELIMITER = 80  # bytes at the start of a line that are searched for 'BEGIN:VEVENT'
BEGINNING = b"BEGIN:VCALENDAR"

READ_PROPERTIES = frozenset(
    {
        b"UID",
        b"RECURRENCE-ID",
        b"SUMMARY",
        b"DESCRIPTION",
        b"LOCATION",
        b"URL",
        b"STATUS",
        b"DTSTART",
        b"DTEND",
        b"DURATION",
        b"RRULE",
        b"RDATE",
        b"EXRULE",
        b"EXDATE",
    }
)
LINE_END = re.compile(rb"\r\n|\n|\r")
NAME = re.compile(rb"[A-Za-z0-9-]+")
ENTRY = re.compile(rb"(?:^|[\r\n])BEGIN:VEVENT[ \t]*(?=[\r\n]|$)", re.IGNORECASE)
UNSTORABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")

EMPTY = "The file is empty. Choose another."
TOO_LARGE = "A file may have 2 MB. Export a shorter span of time."
UTF_16 = "The file is in UTF-16. Save it as UTF-8, then send it."
ZIPPED = "This is a ZIP file. Unpack it, then send the .ics files that are in it, one after the other."
NO_CALENDAR = "This is no calendar file: those begin with BEGIN:VCALENDAR. Export the calendar as .ics, then send that."
CUT_OFF = "The file is cut off: its last line should be END:VCALENDAR. Export it again, then send it."
NO_ENTRIES = "The calendar in this file has no events. Choose another file."
TOO_MANY = f"The file has {{:,}} events. At most {MAX_ENTRIES:,} can be taken at once: export a shorter span of time."
NO_UTF_8 = "Line {} of the file has bytes that are no UTF-8. Save the file as UTF-8 and send it again, or add this event by hand."
NO_END = "It has no END:VEVENT in the file, so nobody can tell where it ends. Add it by hand."


class NotACalendar(Refused):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass
class RawEntry:
    """The unfolded lines of one entry that are read, and its problem, if any."""

    lines: list[str] = field(default_factory=list)
    problem: str = ""


def raw_entries(data: bytes) -> list[RawEntry]:
    """Return the entries of a file, in order. Raises NotACalendar."""
    _check_is_calendar(data)
    splitter = _Splitter()
    for number, line in _lines(data.removeprefix(codecs.BOM_UTF8)):
        splitter.take(number, line)
    if splitter.is_open:
        raise NotACalendar(CUT_OFF)
    if not splitter.entries:
        raise NotACalendar(NO_ENTRIES)
    return splitter.entries


class _Splitter:
    """Takes the lines of a file one by one, and adds each to its entry, if it has one."""

    def __init__(self) -> None:
        self.entries: list[RawEntry] = []
        self.entry: RawEntry | None = None  # the current one
        self.depth = 0  # of components inside it, such as reminders
        self.is_open = False  # whether the calendar has begun and not ended

    def take(self, number: int, line: bytes) -> None:
        keyword, _, component = line[:MAX_DELIMITER].strip().upper().partition(b":")
        if keyword in {b"BEGIN", b"END"}:
            self._begin_or_end(component.strip(), begins=keyword == b"BEGIN")
        elif self.entry and not self.depth:
            self._add(number, line, self.entry)

    def _begin_or_end(self, component: bytes, *, begins: bool) -> None:
        if component not in {b"VCALENDAR", b"VEVENT"}:
            self.depth = max(0, self.depth + (1 if begins else -1))
            return
        if self.entry and (begins or component == b"VCALENDAR"):
            self.entry.problem = self.entry.problem or NO_END
        self.entry, self.depth = None, 0
        if component == b"VCALENDAR":
            self.is_open = begins
        elif begins:
            self.entry = RawEntry()
            self.entries.append(self.entry)

    def _add(self, number: int, line: bytes, entry: RawEntry) -> None:
        name = NAME.match(line)
        if name is None or name.group().upper() not in READ_PROPERTIES:
            return
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = line.decode(errors="replace")
            entry.problem = entry.problem or NO_UTF_8.format(f"{number:,}")
        entry.lines.append(UNSTORABLE.sub("", text)[:MAX_LINE_LENGTH])


def _check_is_calendar(data: bytes) -> None:
    start = data.removeprefix(codecs.BOM_UTF8).lstrip()[: len(BEGINNING)].upper()
    refusals = {
        EMPTY: not start,
        TOO_LARGE: len(data) > MAX_BYTES,
        UTF_16: data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"B\0E\0", b"\0B\0E")),
        ZIPPED: start.startswith(b"PK\3\4"),
        NO_CALENDAR: start != BEGINNING,
    }
    for sentence, applies in refusals.items():
        if applies:
            raise NotACalendar(sentence)
    count = len(ENTRY.findall(data))
    if count > MAX_ENTRIES:
        raise NotACalendar(TOO_MANY.format(count))


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each non-empty line, unfolded (RFC 5545, 3.1), with its number.

    Some programs fold inside a character, so lines are unfolded before they are decoded.
    """
    begins, parts = 0, [b""]
    for number, line in enumerate(LINE_END.split(data), 1):
        if line[:1] in {b" ", b"\t"}:
            parts.append(line[1:])
        elif line:
            yield begins, b"".join(parts)
            begins, parts = number, [line]
    yield begins, b"".join(parts)
