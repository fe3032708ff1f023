"""A picture of how many views each type of a call has: bars, as long as worked out here, that the template draws as SVG.

Widths are shares of the whole, so that the picture fits a phone. The names are ordinary words of the page: they wrap.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from forums.models import Prompt


@dataclass(frozen=True)
class Bar:
    """A bar, and the words above it."""

    name: str
    width: str


@dataclass(frozen=True)
class Participation:
    """A picture, and the figures that it shows."""

    prompts: Sequence[Prompt]
    bars: list[Bar]
    views: int
    replies: int


def participation_in(prompts: Sequence[Prompt]) -> Participation | None:
    """Return the picture of prompts `with_view_counts`; None while there is nothing to show."""
    counts = [prompt.view_count for prompt in prompts]  # type: ignore[attr-defined]
    if not any(counts):
        return None
    bars = [
        Bar(f"{prompt.title}: {count}", f"{100 * count / max(counts):.4g}%")
        for prompt, count in zip(prompts, counts, strict=True)
    ]
    replies = sum(prompt.reply_count for prompt in prompts)  # type: ignore[attr-defined]
    return Participation(prompts, bars, sum(counts), replies)
