"""A bar chart of the views on each topic of a consultation, which the template draws as SVG.

Widths are percentages, so that it fits a phone. The names are text of the page, so that they wrap.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from forums.models import Topic


@dataclass(frozen=True)
class Bar:
    """A bar and the text above it."""

    name: str
    width: str


@dataclass(frozen=True)
class TopicChart:
    """The bars, and the figures of the table beside them."""

    topics: Sequence[Topic]
    bars: list[Bar]
    views: int
    replies: int


def topic_chart(topics: Sequence[Topic]) -> TopicChart | None:
    """Return the chart of topics `with_view_counts`; None while none has a view."""
    counts = [topic.view_count for topic in topics]  # type: ignore[attr-defined]
    if not any(counts):
        return None
    bars = [
        Bar(f"{topic.title}: {count}", f"{100 * count / max(counts):.4g}%")
        for topic, count in zip(topics, counts, strict=True)
    ]
    replies = sum(topic.reply_count for topic in topics)  # type: ignore[attr-defined]
    return TopicChart(topics, bars, sum(counts), replies)
