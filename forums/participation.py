"""A picture of how many views each type of a call has: bars, worked out here, that the template draws as SVG.

All lengths are in em, and widths in shares of the whole: so the picture grows with the reader's letters, and fits a phone.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from forums.models import Prompt

LETTERS_A_LINE = 34  # what a line of the narrowest phone holds (320px)
LINE = 1.5  # em
BAR = 1.0
GAP = 1.0


@dataclass(frozen=True)
class Line:
    """A line of a bar's name, and where it stands."""

    text: str
    y: str


@dataclass(frozen=True)
class Bar:
    """A bar with its name above it."""

    lines: list[Line]
    y: str
    width: str


@dataclass(frozen=True)
class Participation:
    """A picture, and the figures that it shows."""

    prompts: Sequence[Prompt]
    bars: list[Bar]
    bar_height: str
    height: str
    views: int
    replies: int


def participation_in(prompts: Sequence[Prompt]) -> Participation | None:
    """Return the picture of prompts `with_view_counts`; None while there is nothing to show."""
    counts = [prompt.view_count for prompt in prompts]  # type: ignore[attr-defined]
    if not any(counts):
        return None
    top, bars = 0.0, []
    for prompt, count in zip(prompts, counts, strict=True):
        lines = textwrap.wrap(f"{prompt.title}: {count}", LETTERS_A_LINE)
        named = [Line(text, _em(top + at * LINE + 1)) for at, text in enumerate(lines)]  # y is where letters stand
        top += len(lines) * LINE
        bars.append(Bar(named, _em(top), f"{100 * count / max(counts):.4g}%"))
        top += BAR + GAP
    replies = sum(prompt.reply_count for prompt in prompts)  # type: ignore[attr-defined]
    return Participation(prompts, bars, _em(BAR), _em(top - GAP), sum(counts), replies)


def _em(length: float) -> str:
    return f"{length:g}em"
