"""A picture of how many views each type of a call has: bars, as long as worked out here, that the template draws as SVG.

Widths are shares of the whole, so that the picture fits a phone. The names are ordinary words of the page: they wrap.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from forums.models import Topic


@dataclass(frozen=True)
class Bar:
    """A bar, and the words above it."""

    name: str
    width: str


@dataclass(frozen=True)
class TopicChart:
    """A picture, and the figures that it shows."""

    topics: Sequence[Topic]
    bars: list[Bar]
    views: int
    replies: int


def topic_chart(topics: Sequence[Topic]) -> TopicChart | None:
    """Return the picture of topics `with_view_counts`; None while there is nothing to show."""
    counts = [topic.view_count for topic in topics]  # type: ignore[attr-defined]
    if not any(counts):
        return None
    bars = [
        Bar(f"{topic.title}: {count}", f"{100 * count / max(counts):.4g}%")
        for topic, count in zip(topics, counts, strict=True)
    ]
    replies = sum(topic.reply_count for topic in topics)  # type: ignore[attr-defined]
    return TopicChart(topics, bars, sum(counts), replies)
