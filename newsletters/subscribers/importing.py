"""A list of people who agreed elsewhere: read from CSV, then added, with an answer for each line.

A line of the file is a row, always: a quotation mark that is never closed spoils its own line and no other. Lines that
cannot be taken go back exactly as they came, under the headings that they came with, ready to be mended and sent again.
They go into a text box of the page, never into a file, so cells that a spreadsheet would run (=, +, -, @) stay as they
are: whoever pastes them into one has what they had before.
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
from newsletters.models import Subscriber, SuppressedAddress

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 20_000
MAX_LINE = 2_000  # characters
DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
VALUES_PER_QUERY = 900  # values in one query; SQLite may be built to take 999

COLUMNS = ("email", "name", "organisation", "agreed on")  # in this order where there are no headings
# Compared without case, spaces, hyphens and the like.
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
BLANK = f'{SEPARATORS}" \u00a0'  # a line of these alone is an empty one
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),  # what Excel calls Unicode text
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONSENT = ("state", "consent_on", "consent_wording", "consent_source")

NO_TEXT = "This is not a list in text form. Save the sheet as CSV, then send that file"
NO_ADDRESSES = "No column is headed 'email', and the first column holds no addresses. Add a line of headings, then send"
TWO_ALIKE = "Two columns have the heading '{}'. Leave one of them, then send"
TOO_LARGE = "A list may have 2 MB. Send it in parts"
TOO_MANY_ROWS = f"A list may have {MAX_ROWS:,} rows. Send it in parts"
LONG_LINE = "This line is too long. Give each person a line of their own"
ODD_QUOTE = "A quotation mark on this line has no partner, or stands inside a word. Take it out"
TOO_MANY_CELLS = (
    "It has more cells than there are columns. Put quotation marks around a cell that holds a comma or semicolon"
)
NO_DAY = "Enter the day on which they agreed, like 2023-03-20 or 20/03/2023"
DAY_TO_COME = "The day on which they agreed is still to come. Enter the day on which they did"
LEFT_MEANWHILE = "They left the list while this one was read. Ask them before you add them again"


class NotAList(ValueError):
    """The file as a whole cannot be read; the message says how to mend it."""


@dataclass(frozen=True)
class Row:
    """A person of the list. With a `problem`, `email` is as it was typed."""

    line: int
    text: str  # the whole line as it came
    email: str
    name: str = ""
    organisation: str = ""
    agreed_on: date | None = None
    problem: str = ""

    @property
    def key(self) -> str:
        """By what the address is known, in whatever case it is written."""
        return self.email.lower()


@dataclass(frozen=True)
class Sheet:
    """A list as it was read."""

    headings: str  # the line to stand above rows that go back
    rows: list[Row]
    has_days: bool  # whether a column says when each person agreed
    left_out: list[str]  # the headings of columns that are not kept


class Outcome(models.TextChoices):
    """What became of a row."""

    ADDED = "added", "Added"
    CONFIRMED = "confirmed", "Was waiting to confirm, now confirmed"
    THERE = "there", "Already there"
    TWICE = "twice", "Twice in this list"
    BLOCKED = "blocked", "Asked never to be written to"
    RETURNED = "returned", "Came back"


@dataclass(frozen=True)
class Line:
    """The answer for one row."""

    row: Row
    outcome: Outcome

    @property
    def words(self) -> str:
        """What happened, or what is wrong and how to mend it."""
        return self.row.problem or str(self.outcome.label)


@dataclass(frozen=True)
class Report:
    """The answer for a list."""

    lines: list[Line]

    def of(self, *outcomes: Outcome) -> list[Line]:
        """Return the lines with one of these outcomes, in order."""
        return [line for line in self.lines if line.outcome in outcomes]

    @property
    def added(self) -> list[Line]:
        """What the editor need not look at."""
        return self.of(Outcome.ADDED)

    @property
    def not_added(self) -> list[Line]:
        """All the rest."""
        return self.of(*(outcome for outcome in Outcome if outcome != Outcome.ADDED))

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many rows there are of each outcome that occurs."""
        counts = [(str(outcome.label), len(self.of(outcome))) for outcome in Outcome]
        return [(label, count) for label, count in counts if count]

    @property
    def summary(self) -> str:
        """The import in one sentence without addresses, for the admin's log."""
        imported, returned = len(self.of(Outcome.ADDED, Outcome.CONFIRMED)), len(self.of(Outcome.RETURNED))
        return f"Imported {imported:,} address{'' if imported == 1 else 'es'}, {returned:,} returned"


@dataclass(frozen=True)
class _Layout:
    """How lines are cut into cells, and what each cell is: one of COLUMNS, or '' for what is not kept."""

    separator: str
    columns: list[str]
    headings: list[str]  # as they came; empty where there were none

    def cells(self, text: str) -> list[str]:
        return next(csv.reader([text], delimiter=self.separator, strict=True, skipinitialspace=True))


def read_rows(data: bytes) -> Sheet:
    """Return what a file says, each row clean or with its problem; raises NotAList."""
    text = _decoded(data)
    lines = [(number, line) for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line.strip(BLANK)]
    if not lines:
        raise NotAList("The list is empty")
    layout = _layout(lines[0][1], text)
    people = lines[1:] if layout.headings else lines
    if not people:
        raise NotAList("The list has headings and no rows")
    if len(people) > MAX_ROWS:
        raise NotAList(TOO_MANY_ROWS)
    rows = [_row(number, line, layout) for number, line in people]
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
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if data.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotAList(NO_TEXT)


def _layout(first: str, text: str) -> _Layout:
    """Return how the list is laid out, from its first line.

    A separator fits where it cuts the line so that a cell is headed 'email', or that the first is an address and
    nothing but one. A line of one cell fits all three: then the commonest in the whole text is taken.
    """
    fitting = [layout for layout in (_as_cut_by(separator, first) for separator in SEPARATORS) if layout]
    if not fitting:
        raise NotAList(NO_ADDRESSES)
    layout = max(fitting, key=lambda each: text.count(each.separator))
    twice = [name for name in COLUMNS if layout.columns.count(name) > 1]
    if twice:
        raise NotAList(TWO_ALIKE.format(twice[0]))
    return layout


def _as_cut_by(separator: str, first: str) -> _Layout | None:
    """Return the layout that a first line has with a separator, None where it does not fit."""
    try:
        cells = _Layout(separator, [], []).cells(first[: MAX_LINE + 1])
    except csv.Error:
        return None
    names = [HEADINGS.get(re.sub(r"[\W_]", "", cell.lower()), "") for cell in cells]
    if "email" in names:
        return _Layout(separator, names, cells)
    if "@" in cells[0] and not set(cells[0]) & set(SEPARATORS):
        return _Layout(separator, list(COLUMNS), [])
    return None


def _row(number: int, text: str, layout: _Layout) -> Row:
    """Return a line as a row, clean or with all its problems."""
    row = Row(number, text, email=text[:100])
    if len(text) > MAX_LINE:
        return replace(row, problem=LONG_LINE)
    try:
        cells = layout.cells(text)
    except csv.Error:
        return replace(row, problem=ODD_QUOTE)
    if any(cell.strip() for cell in cells[len(layout.columns) :]):
        return replace(row, problem=TOO_MANY_CELLS)
    typed = dict(zip(layout.columns, cells, strict=False))
    values, problems = _clean(typed)
    return replace(row, **{"email": typed.get("email", "")[:100], **values}, problem=". ".join(problems))


def _clean(typed: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return what the cells of a row mean, and what is wrong with those that mean nothing."""
    values, problems = {}, []
    for column, clean in CLEANERS.items():
        try:
            values[column.replace(" ", "_")] = clean(typed.get(column, ""))
        except ValidationError as error:
            problems += error.messages
        except ValueError as error:
            problems.append(str(error))
    return values, problems


WORDS = PlainTextField(name="email address", required=False)


def _address(typed: str) -> str:
    """Return an address in its one form. Marks that nobody sees are taken out: nobody could mend them."""
    return mail_address(WORDS.clean(typed))


def not_to_come(day: date) -> None:
    """Refuse a day in the future: nobody has agreed on it yet."""
    if day > timezone.localdate():
        raise ValidationError(DAY_TO_COME)


# Whatever a cell holds goes through these; what they return goes into the attribute of `Row` that is named the same.
CLEANERS: dict[str, Callable[[str], Any]] = {
    "email": _address,
    "name": PlainTextField(name="name", required=False, max_length=80).clean,
    "organisation": PlainTextField(name="organisation", required=False, max_length=120).clean,
    "agreed on": forms.DateField(
        required=False, input_formats=DAY_FORMATS, validators=[not_to_come], error_messages={"invalid": NO_DAY}
    ).clean,
}


@transaction.atomic
def import_subscribers(*, rows: Sequence[Row], wording: str, agreed_on: date | None, by: User) -> Report:
    """Put people on the list who agreed elsewhere to `wording`, and tell what became of each row.

    They agreed on the day of their row, else on `agreed_on`. Somebody who waits to confirm is confirmed; who is there
    already stays as they are. Rows are inserted first and looked up after: whoever signs up in the same moment is found,
    not failed on.
    """
    kind = ContentType.objects.filter(app_label="newsletters", model="subscriber")
    content_type = kind.select_for_update(no_key=True).get()  # of two imports at once, one waits for the other
    rows = [_dated(row, agreed_on) for row in rows]
    first: dict[str, Row] = {}
    for row in rows:
        if not row.problem:
            first.setdefault(row.key, row)
    blocked = _blocked(first)
    new = {key: _subscriber(row, wording) for key, row in first.items() if key not in blocked}
    Subscriber.objects.bulk_create(new.values(), ignore_conflicts=True)
    became = dict.fromkeys(blocked, Outcome.BLOCKED) | _settled(new)
    report = Report([_line(row, first, became) for row in rows])
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
    """Return the keys of those who asked never to be written to."""
    keys = {address_digest(key): key for key in first}
    asked = (
        SuppressedAddress.objects.filter(digest__in=some).values_list("digest", flat=True) for some in _parts(keys)
    )
    return {keys[digest] for digests in asked for digest in digests}


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


def _settled(new: Mapping[str, Subscriber]) -> dict[str, Outcome]:
    """Confirm those who were there and waited; return what became of each key. Who was inserted has the token given."""
    became, confirmed = {}, []
    for held in _held(new):
        key = held.email.lower()
        if held.token == new[key].token:
            became[key] = Outcome.ADDED
        elif held.state == Subscriber.State.PENDING:
            became[key] = Outcome.CONFIRMED
            for name in CONSENT:
                setattr(held, name, getattr(new[key], name))
            confirmed.append(held)
        else:
            became[key] = Outcome.THERE
    Subscriber.objects.bulk_update(confirmed, CONSENT)
    return became


def _held(keys: Iterable[str]) -> Iterator[Subscriber]:
    """Yield the subscribers with these keys as they are now, locked until the transaction ends."""
    for some in _parts(keys):
        rows = Subscriber.objects.annotate(key=Lower("email")).filter(key__in=some)
        yield from rows.select_for_update().order_by("pk")


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    """Cut keys into lists that one query can take."""
    rest = list(keys)
    for start in range(0, len(rest), VALUES_PER_QUERY):
        yield rest[start : start + VALUES_PER_QUERY]


def _line(row: Row, first: Mapping[str, Row], became: Mapping[str, Outcome]) -> Line:
    if row.problem:
        return Line(row, Outcome.RETURNED)
    if first[row.key] is not row:
        return Line(row, Outcome.TWICE)
    if row.key not in became:
        return Line(replace(row, problem=LEFT_MEANWHILE), Outcome.RETURNED)
    return Line(row, became[row.key])
