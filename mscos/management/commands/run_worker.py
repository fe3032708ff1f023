"""`manage.py run_worker`: the background worker."""

import logging
import math
import signal
import threading
import time
from typing import Any

from django.core.management.base import CommandParser
from django.db import close_old_connections, connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresConnection

from mscos.jobs import run_due_jobs
from mscos.mail.worker import MailWorker
from mscos.processes.backoff import Backoff
from mscos.startup.command import StartCommand
from mscos.startup.readiness import check_all

logger = logging.getLogger(__name__)

MAIL_CHECK_SECONDS = 1.0  # between checks, while nothing is due
JOB_CHECK_SECONDS = 10.0


class Command(StartCommand):
    """Sends mail and runs due jobs until told to stop; the mail or job under way is finished first."""

    help = "Run the background worker: mail, clean-up and other jobs that are due. Several may run, on one machine or many."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --once."""
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run jobs and send mail in turn."""
        check_all()
        stop = threading.Event()
        worker = Worker(stop)
        if options["once"]:
            while worker.run_slice():
                pass
        else:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, lambda *_: stop.set())
            worker.run()
        worker.close()


class Worker:
    """Runs due jobs and sends mail until `stop` is set. After an error, such as a database that is away, it waits."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._mail_worker = MailWorker(stop.is_set)
        self._jobs_checked_at = -math.inf

    def run(self) -> None:
        """Run slices until told to stop; after errors wait longer each time."""
        backoff = Backoff()
        while not self._stop.is_set():
            try:
                sent = self.run_slice()
            except Exception:
                logger.exception("A turn of work failed. Work goes on after a wait.")
                _close_connections()
                self._stop.wait(backoff.after_failure())
            else:
                backoff.after_success()
                self._stop.wait(0 if sent else MAIL_CHECK_SECONDS)

    def run_slice(self) -> int:
        """Run the jobs that are due and send mail; return how many mails the server gave an answer to."""
        close_old_connections()
        if time.monotonic() - self._jobs_checked_at >= JOB_CHECK_SECONDS:
            run_due_jobs()
            self._jobs_checked_at = time.monotonic()
        return self._mail_worker.run_slice()

    def close(self) -> None:
        """Close the connection to the mail server."""
        self._mail_worker.close()


def _close_connections() -> None:
    """Close every connection to the database, so that the next slice begins with a new one."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, PostgresConnection):
            connection.close_pool()
