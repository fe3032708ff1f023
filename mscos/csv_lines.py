"""CSV files (RFC 4180), line by line: a table of any length is sent without being held in memory."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# What a table program takes for the beginning of a formula (OWASP, CSV injection), in the wide forms of East Asia too.
FORMULAS = tuple("=+-@＝＋－＠")


class Echo:
    """A file that gives each written line back."""

    def write(self, line: str) -> str:
        """Return what a file would have taken."""
        return line


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield each row as a line; a text in which somebody wrote a formula stays a text in every table program."""
    writer = csv.writer(Echo())
    for row in rows:
        yield writer.writerow([as_text(cell) if isinstance(cell, str) else cell for cell in row])


def as_text(words: str) -> str:
    """Return words that no table program takes for a formula: with a quotation mark before them where it would."""
    return f"'{words}" if words.startswith(("\t", "\r")) or words.lstrip().startswith(FORMULAS) else words
