"""`manage.py run`: the web and work processes together, each started again whenever it ends."""

import os
import select
import signal
import socket
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from mscos import sample
from mscos.processes.supervisor import Process, stop_all

# Each is a module with its arguments. `Procfile` says the same to other programs that start processes.
PROCESSES = {
    "web": ["manage", "serve"],
    "worker": ["manage", "run_worker"],
}
if settings.DEBUG:
    PROCESSES["web"] = ["manage", "runserver", f"{settings.HOST}:{settings.PORT}"]
STDIN = 0
LOOK = 0.5  # seconds between looks at the processes


class Command(BaseCommand):
    """Starts both processes and looks after them until told to stop; says what to open once the port answers."""

    help = "Run the web and work processes together, and start each again if it ends."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --end-with-parent."""
        parser.add_argument(
            "--end-with-parent", action="store_true", help="stop when the process that started this one is gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Return after Ctrl+C, SIGTERM or the end of the terminal, when both processes have ended."""
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
                signal.signal(number, lambda *_: stop.set())
        starter = Starter(end_with_parent=options["end_with_parent"])
        processes = [Process(name, command) for name, command in PROCESSES.items()]
        told = False
        while not stop.wait(LOOK) and not starter.is_gone():
            for process in processes:
                process.look_after()
            if not told and _port_answers():
                self._say_what_to_open()
                told = True
        stop_all(processes)

    def _say_what_to_open(self) -> None:
        self.stdout.write(f"\nThe portal answers at {settings.SITE_URL}/  (stop it with Ctrl+C)")
        if settings.SAMPLE_SITE and sample.notes_path().exists():
            self.stdout.write(f"Sample accounts, to sign in at {settings.SITE_URL}/admin/ :")
            self.stdout.write(sample.notes_path().read_text())
        self.stdout.flush()


class Starter:
    """The terminal and the process from which this one was started. make, between them, passes no SIGHUP on."""

    def __init__(self, *, end_with_parent: bool) -> None:
        self._parent = os.getppid() if end_with_parent else None
        self._terminal = select.poll()
        if os.isatty(STDIN):
            self._terminal.register(STDIN, select.POLLHUP)

    def is_gone(self) -> bool:
        """Tell whether the terminal was closed, or the process ended."""
        return bool(self._terminal.poll(0)) or self._parent not in {None, os.getppid()}


def _port_answers() -> bool:
    try:
        socket.create_connection((settings.HOST, int(settings.PORT)), timeout=1).close()
    except OSError:
        return False
    return True
