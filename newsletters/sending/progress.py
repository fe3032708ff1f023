"""How a sending stands: its counts, how quick it is, how long it will take, and a picture of it over time."""

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
WIDTH = 600  # of the picture; it is 100 high
TWO_MINUTES = 120
LATELY = timedelta(minutes=1)  # what the rate is worked out from
# In what units the database counts: no more than some hundred rows come of it, however long a sending took.
UNITS = [
    (timedelta(minutes=5), timedelta(seconds=1), TruncSecond),
    (timedelta(hours=5), timedelta(minutes=1), TruncMinute),
    (timedelta.max, timedelta(hours=1), TruncHour),
]
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Bar:
    """How many mails were sent from a moment on, until the next bar; and the bar's place in the picture."""

    begins: datetime
    count: int
    x: float
    height: float

    @property
    def top(self) -> float:
        """Where it begins in a picture that is 100 high."""
        return 100 - self.height


@dataclass(frozen=True)
class Progress:
    """A sending at this moment. Times in seconds, rates in mails a minute."""

    mailing: Mailing
    counts: dict[str, int]  # at one moment, as is all that is worked out from them
    rate: int
    bars: list[Bar]
    step: timedelta

    @property
    def total(self) -> int:
        """All readers; the sum of the counts at every moment."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """How many are still to go; of what has ended, none."""
        doubtful = [State.UNCERTAIN] if settings.RESEND_UNCERTAIN else []
        still = [State.QUEUED, State.SENDING, *doubtful]  # as in `Delivery.objects.open`
        return sum(self.counts[state] for state in still) if self.mailing.finished_at is None else 0

    @property
    def settled(self) -> int:
        """How many need nothing more."""
        return self.total - self.open

    @property
    def percent(self) -> int:
        """The settled share, rounded down: 100 is all."""
        return 100 * self.settled // self.total if self.total else 100

    @property
    def minutes_left(self) -> int | None:
        """How long the rest takes at this rate, rounded up; None where nobody can tell."""
        running = self.mailing.state == Mailing.State.RUNNING
        return math.ceil(self.open / self.rate) if running and self.rate and self.open else None

    @property
    def can_be_steered(self) -> bool:
        """Whether there is anything to pause, to stop or to send again."""
        again = self.counts[State.FAILED] or self.counts[State.UNCERTAIN]
        return self.mailing.finished_at is None or bool(again and self.may_go_again)

    @property
    def may_go_again(self) -> bool:
        """Whether what failed or is uncertain may be sent again."""
        withdrawn = self.mailing.issue.state == Issue.State.WITHDRAWN
        return self.mailing.state != Mailing.State.STOPPED and not withdrawn

    @property
    def bar_width(self) -> float:
        """How wide a bar is in a picture that is WIDTH wide."""
        return round(WIDTH / len(self.bars), 2)

    @property
    def step_in_words(self) -> str:
        """For how long a bar stands."""
        seconds = int(self.step.total_seconds())
        return (
            f"{seconds} second{'s' * (seconds != 1)}" if seconds < TWO_MINUTES else f"{math.ceil(seconds / 60)} minutes"
        )

    def rows(self) -> list[tuple[State, int]]:
        """Return each state with its count."""
        return [(State(name), count) for name, count in self.counts.items()]


def progress_of(mailing: Mailing) -> Progress:
    """Return how a sending stands now; four queries."""
    bars, step = _bars(mailing)
    return Progress(mailing, mailing.deliveries.counts(), _rate(mailing), bars, step)


def _rate(mailing: Mailing) -> int:
    """Return how many mails were sent in the last minute, or since the start where that is less, for a whole minute."""
    now = timezone.now()
    since = max(now - LATELY, mailing.started_at)
    sent = mailing.deliveries.filter(state=State.SENT, changed_at__gte=since).count()
    return round(sent * LATELY / max(now - since, timedelta(seconds=1)))


def _bars(mailing: Mailing) -> tuple[list[Bar], timedelta]:
    """Return the bars of the picture and for how long each stands."""
    sent = mailing.deliveries.filter(state=State.SENT).exclude(changed_at=None)
    last = sent.order_by("-changed_at").values_list("changed_at", flat=True).first()
    if last is None:
        return [], timedelta(0)
    _, unit, trunc = next(row for row in UNITS if last - mailing.started_at <= row[0])
    # Bars begin and end where units do, so that each mail counts in its own bar.
    first = mailing.started_at - (mailing.started_at - EPOCH) % unit
    units = max(last - first, timedelta(0)) // unit + 1
    step = math.ceil(units / MAX_BARS) * unit
    counts = [0] * math.ceil(units * unit / step)
    rows = sent.order_by().annotate(moment=trunc("changed_at", tzinfo=UTC)).values_list("moment").annotate(Count("pk"))
    for moment, count in rows:
        counts[min(max(moment - first, timedelta(0)) // step, len(counts) - 1)] += count
    most = max(counts)
    return [
        Bar(first + at * step, count, round(at * WIDTH / len(counts), 2), round(count * 100 / most, 2))
        for at, count in enumerate(counts)
    ], step
