"""`manage.py work`: the work process."""

import math
import signal
import threading
import time
from typing import Any

from django.core.management.base import CommandParser
from django.db import close_old_connections

from mscos.management.start_command import StartCommand
from mscos.post_office import PostOffice
from mscos.readiness import check_parts
from mscos.work import run_due_jobs

LOOK_FOR_MAIL = 1.0  # seconds between looks, while nothing is due
LOOK_FOR_JOBS = 10.0


class Command(StartCommand):
    """Sends mail and runs due jobs until told to stop; the mail or job under way is finished first."""

    help = "Run the work loop: mail, clean-up and other jobs that are due. Several may run, on one machine or many."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --once."""
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take turns between jobs and mail."""
        check_parts()
        stop = threading.Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        office, looked = PostOffice(stop.is_set), -math.inf
        while not stop.is_set():
            close_old_connections()
            if time.monotonic() - looked >= LOOK_FOR_JOBS:
                run_due_jobs()
                looked = time.monotonic()
            sent = office.turn()
            if not sent and options["once"]:
                break
            stop.wait(0 if sent else LOOK_FOR_MAIL)
        office.close()
