"""The import of subscribers who agreed elsewhere: a CSV list is read, then added, with a result for each line.

A line of the file is always one row: a quotation mark that is never closed spoils no other line. Lines that cannot be
imported are returned exactly as they came, under their headings, to be corrected and sent again. They are returned in a
text box of the page, never in a file, so cells that a spreadsheet would run as formulas (=, +, -, @) are not escaped.
"""

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from mscos.codes import address_digest
from mscos.email_addresses import mail_address
from mscos.forms import PlainTextField
from mscos.models import User
from mscos.refusals import Refused
from newsletters.models import Subscriber, SuppressedAddress

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 20_000
MAX_LINE_LENGTH = 2_000
DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
VALUES_PER_QUERY = 900  # SQLite may be compiled with a limit of 999

COLUMNS = ("email", "name", "organisation", "agreed on")  # in this order where there are no headings
# Compared without case and without anything but letters and digits.
HEADINGS = {
    "email": "email",
    "emailaddress": "email",
    "name": "name",
    "organisation": "organisation",
    "organization": "organisation",
    "agreedon": "agreed on",
    "consentdate": "agreed on",
}

SEPARATORS = ",;\t"
BLANK = f'{SEPARATORS}" \u00a0'  # a line of only these characters is empty
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),  # what Excel calls Unicode text
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONSENT_FIELDS = ("state", "consent_on", "consent_wording", "consent_source")

NO_TEXT = "This is not a list in text form. Save the sheet as CSV, then send that file"
NO_ADDRESSES = "No column is headed 'email', and the first column holds no addresses. Add a line of headings, then send"
DUPLICATE_HEADING = "Two columns have the heading '{}'. Leave one of them, then send"
TOO_LARGE = "A list may have 2 MB. Send it in parts"
TOO_MANY_ROWS = f"A list may have {MAX_ROWS:,} rows. Send it in parts"
LINE_TOO_LONG = "This line is too long. Give each person a line of their own"
UNMATCHED_QUOTE = "A quotation mark on this line has no partner, or stands inside a word. Take it out"
TOO_MANY_CELLS = (
    "It has more cells than there are columns. Put quotation marks around a cell that holds a comma or semicolon"
)
NO_DAY = "Enter the day on which they agreed, like 2023-03-20 or 20/03/2023"
DAY_IN_FUTURE = "The day on which they agreed is still to come. Enter the day on which they did"
UNSUBSCRIBED_MEANWHILE = "They left the list while this one was read. Ask them before you add them again"


class NotAList(Refused):
    """The file as a whole cannot be read; the message says how to correct it."""


@dataclass(frozen=True)
class Row:
    """One row of the list. With a `problem`, `email` is as it was typed."""

    line: int
    text: str  # the whole line as it came
    email: str
    name: str = ""
    organisation: str = ""
    agreed_on: date | None = None
    problem: str = ""

    @property
    def key(self) -> str:
        """The address in lower case: the database compares addresses so."""
        return self.email.lower()


@dataclass(frozen=True)
class Sheet:
    """A list that was read."""

    headings: str  # the line of headings for rows that are returned
    rows: list[Row]
    has_days: bool  # whether a column says when each person agreed
    left_out: list[str]  # the headings of columns that are not kept


class Outcome(models.TextChoices):
    """The result for a row."""

    ADDED = "added", "Added"
    CONFIRMED = "confirmed", "Was waiting to confirm, now confirmed"
    THERE = "there", "Already there"
    TWICE = "twice", "Twice in this list"
    BLOCKED = "blocked", "Asked never to be written to"
    RETURNED = "returned", "Came back"


@dataclass(frozen=True)
class Line:
    """A row with its outcome."""

    row: Row
    outcome: Outcome

    @property
    def words(self) -> str:
        """The outcome, or the problem and how to correct it."""
        return self.row.problem or str(self.outcome.label)


@dataclass(frozen=True)
class Report:
    """The results of a list."""

    lines: list[Line]

    def of(self, *outcomes: Outcome) -> list[Line]:
        """Return the lines with one of these outcomes, in order."""
        return [line for line in self.lines if line.outcome in outcomes]

    @property
    def added(self) -> list[Line]:
        """The lines that the editor need not look at."""
        return self.of(Outcome.ADDED)

    @property
    def not_added(self) -> list[Line]:
        """All other lines."""
        return self.of(*(outcome for outcome in Outcome if outcome != Outcome.ADDED))

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The number of rows of each outcome that occurs."""
        counts = [(str(outcome.label), len(self.of(outcome))) for outcome in Outcome]
        return [(label, count) for label, count in counts if count]

    @property
    def summary(self) -> str:
        """The import in one sentence without addresses, for the admin's log."""
        imported, returned = len(self.of(Outcome.ADDED, Outcome.CONFIRMED)), len(self.of(Outcome.RETURNED))
        return f"Imported {imported:,} address{'' if imported == 1 else 'es'}, {returned:,} returned"


@dataclass(frozen=True)
class _Layout:
    """The separator of cells, and the column of each cell: one of COLUMNS, or '' where it is not kept."""

    separator: str
    columns: list[str]
    headings: list[str]  # as they are in the list; empty where it has none

    def cells(self, text: str) -> list[str]:
        return next(csv.reader([text], delimiter=self.separator, strict=True, skipinitialspace=True))


def read_rows(data: bytes) -> Sheet:
    """Return the rows of a file, each clean or with its problem. Raises NotAList."""
    text = _decoded(data)
    lines = [(number, line) for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line.strip(BLANK)]
    if not lines:
        raise NotAList("The list is empty")
    layout = _layout(lines[0][1], text)
    row_lines = lines[1:] if layout.headings else lines
    if not row_lines:
        raise NotAList("The list has headings and no rows")
    if len(row_lines) > MAX_ROWS:
        raise NotAList(TOO_MANY_ROWS)
    rows = [_row(number, line, layout) for number, line in row_lines]
    return Sheet(
        headings=lines[0][1] if layout.headings else layout.separator.join(COLUMNS),
        rows=rows,
        has_days=bool(layout.headings and "agreed on" in layout.columns) or any(row.agreed_on for row in rows),
        left_out=[
            heading.strip()
            for heading, name in zip(layout.headings, layout.columns, strict=False)
            if heading.strip(BLANK) and not name
        ],
    )


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise NotAList(TOO_LARGE)
    from_mark = next((encoding for mark, encoding in BYTE_ORDER_MARKS if data.startswith(mark)), None)
    for encoding in [from_mark] if from_mark else ["utf-8", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotAList(NO_TEXT)


def _layout(first: str, text: str) -> _Layout:
    """Return the layout of a list, by its first line.

    A separator fits where it splits the line so that a cell is 'email', or that the first cell is just an address. A line
    of one cell fits all three separators: then the most frequent in the whole text is taken.
    """
    layouts = [layout for layout in (_layout_with(separator, first) for separator in SEPARATORS) if layout]
    if not layouts:
        raise NotAList(NO_ADDRESSES)
    layout = max(layouts, key=lambda each: text.count(each.separator))
    duplicates = [name for name in COLUMNS if layout.columns.count(name) > 1]
    if duplicates:
        raise NotAList(DUPLICATE_HEADING.format(duplicates[0]))
    return layout


def _layout_with(separator: str, first: str) -> _Layout | None:
    """Return the layout of a first line with a separator; None where the separator does not fit."""
    try:
        cells = _Layout(separator, [], []).cells(first[: MAX_LINE_LENGTH + 1])
    except csv.Error:
        return None
    names = [HEADINGS.get(re.sub(r"[\W_]", "", cell.lower()), "") for cell in cells]
    if "email" in names:
        return _Layout(separator, names, cells)
    if "@" in cells[0] and not set(cells[0]) & set(SEPARATORS):
        return _Layout(separator, list(COLUMNS), [])
    return None


def _row(number: int, text: str, layout: _Layout) -> Row:
    """Return the row of a line, clean or with all its problems."""
    row = Row(number, text, email=text[:100])
    if len(text) > MAX_LINE_LENGTH:
        return replace(row, problem=LINE_TOO_LONG)
    try:
        cells = layout.cells(text)
    except csv.Error:
        return replace(row, problem=UNMATCHED_QUOTE)
    if any(cell.strip() for cell in cells[len(layout.columns) :]):
        return replace(row, problem=TOO_MANY_CELLS)
    typed = dict(zip(layout.columns, cells, strict=False))
    values, problems = _clean(typed)
    return replace(row, **{"email": typed.get("email", "")[:100], **values}, problem=". ".join(problems))


def _clean(typed: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the values of the cells of a row, and the problems of those without one."""
    values, problems = {}, []
    for column, clean in CLEANERS.items():
        try:
            values[column.replace(" ", "_")] = clean(typed.get(column, ""))
        except ValidationError as error:
            problems += error.messages
        except ValueError as error:
            problems.append(str(error))
    return values, problems


ADDRESS_TEXT = PlainTextField(name="email address", required=False)


def _address(typed: str) -> str:
    """Return an address in its normal form, without invisible characters, which nobody could correct."""
    return mail_address(ADDRESS_TEXT.clean(typed))


def not_in_future(day: date) -> None:
    """Raise ValidationError for a day in the future."""
    if day > timezone.localdate():
        raise ValidationError(DAY_IN_FUTURE)


# Each cleans the cells of one column; the result is the attribute of `Row` of the same name.
CLEANERS: dict[str, Callable[[str], Any]] = {
    "email": _address,
    "name": PlainTextField(name="name", required=False, max_length=80).clean,
    "organisation": PlainTextField(name="organisation", required=False, max_length=120).clean,
    "agreed on": forms.DateField(
        required=False, input_formats=DAY_FORMATS, validators=[not_in_future], error_messages={"invalid": NO_DAY}
    ).clean,
}


@transaction.atomic
def import_subscribers(*, rows: Sequence[Row], wording: str, agreed_on: date | None, by: User) -> Report:
    """Add subscribers who agreed elsewhere to `wording`, and return the outcome of each row.

    They agreed on the day of their row, else on `agreed_on`. Somebody who waits to confirm is confirmed; a confirmed
    subscriber stays as they are. Rows are inserted first and read afterwards, so that one who signs up at the same moment
    causes no error.
    """
    content_types = ContentType.objects.filter(app_label="newsletters", model="subscriber")
    content_type = content_types.select_for_update(no_key=True).get()  # of two imports at once, one waits for the other
    rows = [_dated(row, agreed_on) for row in rows]
    first: dict[str, Row] = {}
    for row in rows:
        if not row.problem:
            first.setdefault(row.key, row)
    blocked = _blocked(first)
    new = {key: _subscriber(row, wording) for key, row in first.items() if key not in blocked}
    Subscriber.objects.bulk_create(new.values(), ignore_conflicts=True)
    outcomes = dict.fromkeys(blocked, Outcome.BLOCKED) | _confirm_waiting(new)
    report = Report([_line(row, first, outcomes) for row in rows])
    LogEntry.objects.create(
        user=by,
        content_type=content_type,
        object_repr="import",
        action_flag=ADDITION,
        change_message=report.summary,
    )
    return report


def _dated(row: Row, agreed_on: date | None) -> Row:
    if row.problem or row.agreed_on:
        return row
    return replace(row, agreed_on=agreed_on) if agreed_on else replace(row, problem=NO_DAY)


def _blocked(first: Mapping[str, Row]) -> set[str]:
    """Return the keys of suppressed addresses."""
    keys = {address_digest(key): key for key in first}
    suppressed = (
        SuppressedAddress.objects.filter(digest__in=chunk).values_list("digest", flat=True) for chunk in _chunks(keys)
    )
    return {keys[digest] for digests in suppressed for digest in digests}


def _subscriber(row: Row, wording: str) -> Subscriber:
    return Subscriber(
        email=row.email,
        name=row.name,
        organisation=row.organisation,
        state=Subscriber.State.CONFIRMED,
        consent_on=row.agreed_on,
        consent_wording=wording,
        consent_source=Subscriber.Source.IMPORT,
    )


def _confirm_waiting(new: Mapping[str, Subscriber]) -> dict[str, Outcome]:
    """Confirm the subscribers who waited; return the outcome of each key. Inserted rows have the token of `new`."""
    outcomes, confirmed = {}, []
    for subscriber in _locked(new):
        key = subscriber.email.lower()
        if subscriber.token == new[key].token:
            outcomes[key] = Outcome.ADDED
        elif subscriber.state == Subscriber.State.PENDING:
            outcomes[key] = Outcome.CONFIRMED
            for name in CONSENT_FIELDS:
                setattr(subscriber, name, getattr(new[key], name))
            confirmed.append(subscriber)
        else:
            outcomes[key] = Outcome.THERE
    Subscriber.objects.bulk_update(confirmed, CONSENT_FIELDS)
    return outcomes


def _locked(keys: Iterable[str]) -> Iterator[Subscriber]:
    """Yield the subscribers with these keys, locked to the end of the transaction."""
    for chunk in _chunks(keys):
        rows = Subscriber.objects.annotate(key=Lower("email")).filter(key__in=chunk)
        yield from rows.select_for_update().order_by("pk")


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    """Yield the keys in lists that fit into one query."""
    rest = list(keys)
    for start in range(0, len(rest), VALUES_PER_QUERY):
        yield rest[start : start + VALUES_PER_QUERY]


def _line(row: Row, first: Mapping[str, Row], outcomes: Mapping[str, Outcome]) -> Line:
    if row.problem:
        return Line(row, Outcome.RETURNED)
    if first[row.key] is not row:
        return Line(row, Outcome.TWICE)
    if row.key not in outcomes:
        return Line(replace(row, problem=UNSUBSCRIBED_MEANWHILE), Outcome.RETURNED)
    return Line(row, outcomes[row.key])
