"""A worker's turn at the mail server: what goes first, how much, how long, and what happens while the server is away."""

import logging
import math
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from mscos.carriers import Carrier, Envelope, Receipt, ServerAway, open_carrier
from mscos.models import Job

logger = logging.getLogger(__name__)

# How long a worker may hold what it claimed; after that it counts as killed. Longer than a turn and one mail, at which
# a server may let each of five answers wait for EMAIL_TIMEOUT.
LEASE = timedelta(seconds=settings.MAIL_LEASE)
TURN = 5.0  # seconds, so that a letter never waits long behind a newsletter
PAUSES = (5.0, 60.0)  # seconds before a server that was away is tried again: at first, and at most
RATE = "the rate of mail"  # the job whose due time says when the site may send more
PORTIONS = 13  # in a minute of MAIL_PER_MINUTE: whatever minute is looked at, it holds 12 of them and no more


class PostOffice:
    """Sends what is due. `settings.MAIL_ROUNDS` names who has mail, the pressing first; workers may be many."""

    def __init__(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """Make an office that ends its turn as soon as `stopping` says so; it connects when there is mail."""
        self._stopping = stopping
        self._carrier: Carrier = open_carrier()
        self._answered = 0  # in this turn
        self._closed_until = -math.inf
        self._pause = PAUSES[0]
        self._ends = -math.inf
        self._left: float | None = None

    def turn(self) -> int:
        """Send for a few seconds, or until nothing is due; return how many mails the server gave an answer to."""
        if time.monotonic() < self._closed_until:
            return 0
        self._ends, self._answered = time.monotonic() + TURN, 0
        try:
            for name in settings.MAIL_ROUNDS:
                import_string(name)(self)
        except ServerAway:
            logger.warning("The mail server went away or does not answer. Mail waits.")
            self._away()
        except Exception:
            logger.exception("A round of mail failed. It will be tried again.")
            self._closed_until = time.monotonic() + PAUSES[0]
        finally:
            self._give_back()
        if not self._answered:
            self.close()  # an idle line would be cut by the server
        return self._answered

    def may_send(self) -> bool:
        """Tell whether one more mail may leave in this turn."""
        if self._stopping() or time.monotonic() >= self._ends:
            return False
        if self._left is None:
            self._left = _portion()
        return self._left > 0

    def connect(self) -> None:
        """Connect, unless connected, before anything is claimed. Raises ServerAway."""
        self._carrier.open()

    def send(self, envelope: Envelope) -> Receipt:
        """Hand one mail to the server and return its answer. Raises ServerAway as a carrier does."""
        receipt = self._carrier.send(envelope)
        self._answered += 1
        self._pause = PAUSES[0]
        if self._left is not None:
            self._left -= 1
        return receipt

    def close(self) -> None:
        """Let go of the server."""
        self._carrier.close()

    def _away(self) -> None:
        """Wait longer each time, unless the server took something in this turn: some end each line after a few mails."""
        if not self._answered:
            self._closed_until = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, PAUSES[1])
        self.close()

    def _give_back(self) -> None:
        """Let others have what is left of this turn's portion."""
        if self._left and settings.MAIL_PER_MINUTE:
            unused = timedelta(minutes=self._left / settings.MAIL_PER_MINUTE)
            Job.objects.filter(name=RATE).update(due_at=F("due_at") - unused)
        self._left = None


def _portion() -> float:
    """Return how many mails may leave now: for all workers of the site together at most MAIL_PER_MINUTE, 0 for no limit."""
    if not settings.MAIL_PER_MINUTE:
        return math.inf
    now = timezone.now()
    portion = max(1, settings.MAIL_PER_MINUTE // PORTIONS)
    Job.objects.get_or_create(name=RATE, defaults={"due_at": now})
    taken_until = now + timedelta(minutes=portion / settings.MAIL_PER_MINUTE)
    return portion if Job.objects.filter(name=RATE, due_at__lte=now).update(due_at=taken_until) == 1 else 0
