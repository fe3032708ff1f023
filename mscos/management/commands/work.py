"""`manage.py work`: the work process."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from mscos.work import run_due_jobs

LOOK_EVERY = 10  # seconds between looks for due jobs


class Command(BaseCommand):
    """Runs due jobs until told to stop; a job under way is finished first."""

    help = "Run the work loop: clean-up and other jobs that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --once."""
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look for due jobs every few seconds."""
        stop = threading.Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        while True:
            close_old_connections()
            run_due_jobs()
            if options["once"] or stop.wait(LOOK_EVERY):
                return
