"""CSV files (RFC 4180), line by line: a table of any length is streamed, not collected in memory."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# What spreadsheet programs take for the beginning of a formula (OWASP, CSV injection), with the full-width forms.
FORMULAS = tuple("=+-@＝＋－＠")


class Echo:
    """A file object whose `write` returns the line."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield each row as a line, in which no spreadsheet program finds a formula."""
    writer = csv.writer(Echo())
    for row in rows:
        yield writer.writerow([as_text(cell) if isinstance(cell, str) else cell for cell in row])


def as_text(words: str) -> str:
    """Return a text that no spreadsheet program takes for a formula: with an apostrophe before it where one would."""
    return f"'{words}" if words.startswith(("\t", "\r")) or words.lstrip().startswith(FORMULAS) else words
