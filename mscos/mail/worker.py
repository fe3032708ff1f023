"""The mail worker, which sends from all queues in slices of a few seconds, within the rate limit.

While the mail server is away it waits longer each time.
"""

import logging
import math
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from mscos.mail.transports import Envelope, SendResult, ServerAway, Transport, open_transport
from mscos.models import Job

logger = logging.getLogger(__name__)

# The time after which the worker of a claim counts as killed. Longer than a slice and one mail: a server may delay each
# of its five answers by EMAIL_TIMEOUT.
LEASE = timedelta(seconds=settings.MAIL_LEASE)
SLICE = 5.0  # seconds, so that account mail never waits long behind a newsletter
PAUSES = (5.0, 60.0)  # seconds before a server that was away is tried again: the first time, and at most
RATE = "the rate of mail"  # name of the row of Job whose due time says when the site may send more
PORTIONS = 13  # of MAIL_PER_MINUTE: any 60 seconds contain 12 of them and no more


class MailWorker:
    """Sends what is due in the queues of `settings.MAIL_QUEUES`, the most urgent first. Several workers may run."""

    def __init__(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """Make a worker that ends its slice as soon as `stopping` returns True; it connects when there is mail."""
        self._stopping = stopping
        self._transport: Transport = open_transport()
        self._answered = 0  # in this slice
        self._closed_until = -math.inf
        self._pause = PAUSES[0]
        self._ends = -math.inf
        self._left: float | None = None

    def run_slice(self) -> int:
        """Send for a few seconds, or until nothing is due; return how many mails the server answered."""
        if time.monotonic() < self._closed_until:
            return 0
        self._ends, self._answered = time.monotonic() + SLICE, 0
        try:
            for name in settings.MAIL_QUEUES:
                import_string(name)(self)
        except ServerAway:
            logger.warning("The mail server went away or does not answer. Mail waits.")
            self._wait_for_server()
        except Exception:
            logger.exception("A mail queue failed. It will be tried again.")
            self._closed_until = time.monotonic() + PAUSES[0]
        finally:
            self._return_portion()
        if not self._answered:
            self.close()  # the server would cut an idle connection
        return self._answered

    def may_send(self) -> bool:
        """Return whether one more mail may leave in this slice."""
        if self._stopping() or time.monotonic() >= self._ends:
            return False
        if self._left is None:
            self._left = _portion()
        return self._left > 0

    def connect(self) -> None:
        """Connect, unless connected, before anything is claimed. Raises ServerAway."""
        self._transport.open()

    def send(self, envelope: Envelope) -> SendResult:
        """Hand one mail to the server and return its answer. Raises ServerAway as a transport does."""
        result = self._transport.send(envelope)
        self._answered += 1
        self._pause = PAUSES[0]
        if self._left is not None:
            self._left -= 1
        return result

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def _wait_for_server(self) -> None:
        """Postpone the next slice, longer each time, unless the server answered in this one."""
        if not self._answered:  # some servers close the connection after a few mails
            self._closed_until = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, PAUSES[1])
        self.close()

    def _return_portion(self) -> None:
        """Return the unused part of this slice's portion of the rate limit."""
        if self._left and settings.MAIL_PER_MINUTE:
            unused = timedelta(minutes=self._left / settings.MAIL_PER_MINUTE)
            Job.objects.filter(name=RATE).update(due_at=F("due_at") - unused)
        self._left = None


def _portion() -> float:
    """Return how many mails may leave now, within MAIL_PER_MINUTE for all workers together; 0 is no limit."""
    if not settings.MAIL_PER_MINUTE:
        return math.inf
    now = timezone.now()
    portion = max(1, settings.MAIL_PER_MINUTE // PORTIONS)
    Job.objects.get_or_create(name=RATE, defaults={"due_at": now})
    taken_until = now + timedelta(minutes=portion / settings.MAIL_PER_MINUTE)
    return portion if Job.objects.filter(name=RATE, due_at__lte=now).update(due_at=taken_until) == 1 else 0
