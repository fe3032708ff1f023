"""The progress of a sending: counts, rate, time left, and a bar chart over time."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncHour, TruncMinute, TruncSecond
from django.utils import timezone

from newsletters.models import Delivery, Issue, Mailing

State = Delivery.State
MAX_BARS = 60
CHART_WIDTH = 600  # the chart is 100 high
TWO_MINUTES = 120
RATE_PERIOD = timedelta(minutes=1)
# Up to each duration of a sending, the unit by which the database counts: some hundred rows at most come of it.
UNITS = [
    (timedelta(minutes=5), timedelta(seconds=1), TruncSecond),
    (timedelta(hours=5), timedelta(minutes=1), TruncMinute),
    (timedelta.max, timedelta(hours=1), TruncHour),
]
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Bar:
    """One bar of the chart: the number of mails sent from `begins` to the next bar, and its position."""

    begins: datetime
    count: int
    x: float
    height: float

    @property
    def top(self) -> float:
        """Its top edge in the chart, which is 100 high."""
        return 100 - self.height


@dataclass(frozen=True)
class Progress:
    """The progress of a sending as of now. The rate is in mails a minute."""

    mailing: Mailing
    counts: dict[str, int]  # all of one moment
    rate: int
    bars: list[Bar]
    step: timedelta

    @property
    def total(self) -> int:
        """The number of deliveries."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """The number of deliveries still to be sent; 0 for a sending that has ended."""
        doubtful = [State.UNCERTAIN] if settings.RESEND_UNCERTAIN else []
        open_states = [State.QUEUED, State.SENDING, *doubtful]  # as in `Delivery.objects.open`
        return sum(self.counts[state] for state in open_states) if self.mailing.finished_at is None else 0

    @property
    def settled(self) -> int:
        """The number of deliveries that are not open."""
        return self.total - self.open

    @property
    def percent(self) -> int:
        """The share that is settled, rounded down, so that 100 means all."""
        return 100 * self.settled // self.total if self.total else 100

    @property
    def minutes_left(self) -> int | None:
        """The minutes that the rest will take at this rate, rounded up; None where that is unknown."""
        running = self.mailing.state == Mailing.State.RUNNING
        return math.ceil(self.open / self.rate) if running and self.rate and self.open else None

    @property
    def can_be_steered(self) -> bool:
        """Whether there is anything to pause, stop or send again."""
        unsent = self.counts[State.FAILED] or self.counts[State.UNCERTAIN]
        return self.mailing.finished_at is None or bool(unsent and self.may_go_again)

    @property
    def may_go_again(self) -> bool:
        """Whether failed and uncertain deliveries may be sent again."""
        withdrawn = self.mailing.issue.state == Issue.State.WITHDRAWN
        return self.mailing.state != Mailing.State.STOPPED and not withdrawn

    @property
    def bar_width(self) -> float:
        """The width of one bar in the chart."""
        return round(CHART_WIDTH / len(self.bars), 2)

    @property
    def step_in_words(self) -> str:
        """The time that one bar covers, in words."""
        seconds = int(self.step.total_seconds())
        return (
            f"{seconds} second{'s' * (seconds != 1)}" if seconds < TWO_MINUTES else f"{math.ceil(seconds / 60)} minutes"
        )

    def rows(self) -> list[tuple[State, int]]:
        """Return each state with its count."""
        return [(State(name), count) for name, count in self.counts.items()]


def progress_of(mailing: Mailing) -> Progress:
    """Return the progress of a sending as of now; four queries."""
    bars, step = _bars(mailing)
    return Progress(mailing, mailing.deliveries.counts(), _rate(mailing), bars, step)


def _rate(mailing: Mailing) -> int:
    """Return how many mails were sent in the last minute, or since the start where that is less, for a whole minute."""
    now = timezone.now()
    since = max(now - RATE_PERIOD, mailing.started_at)
    sent = mailing.deliveries.filter(state=State.SENT, changed_at__gte=since).count()
    return round(sent * RATE_PERIOD / max(now - since, timedelta(seconds=1)))


def _bars(mailing: Mailing) -> tuple[list[Bar], timedelta]:
    """Return the bars of the chart and the time that each covers."""
    sent = mailing.deliveries.filter(state=State.SENT).exclude(changed_at=None)
    last = sent.order_by("-changed_at").values_list("changed_at", flat=True).first()
    if last is None:
        return [], timedelta(0)
    _, unit, trunc = next(row for row in UNITS if last - mailing.started_at <= row[0])
    # Bars begin and end at whole units, so that each mail counts in one bar.
    first = mailing.started_at - (mailing.started_at - EPOCH) % unit
    units = max(last - first, timedelta(0)) // unit + 1
    step = math.ceil(units / MAX_BARS) * unit
    counts = [0] * math.ceil(units * unit / step)
    rows = sent.order_by().annotate(moment=trunc("changed_at", tzinfo=UTC)).values_list("moment").annotate(Count("pk"))
    for moment, count in rows:
        counts[min(max(moment - first, timedelta(0)) // step, len(counts) - 1)] += count
    highest = max(counts)
    return [
        Bar(first + number * step, count, round(number * CHART_WIDTH / len(counts), 2), round(count * 100 / highest, 2))
        for number, count in enumerate(counts)
    ], step
