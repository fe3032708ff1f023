"""`manage.py run`: the web process and the background worker together, each started again whenever it ends."""

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

# Modules with their arguments. `Procfile` is the same for other supervisors.
PROCESSES = {
    "web": ["manage", "serve"],
    "worker": ["manage", "run_worker"],
}
if settings.DEBUG:
    PROCESSES["web"] = ["manage", "runserver", f"{settings.HOST}:{settings.PORT}"]
STDIN = 0
CHECK_SECONDS = 0.5  # between checks of the processes


class Command(BaseCommand):
    """Starts both processes and restarts them until told to stop; prints the address once the port answers."""

    help = "Run the web process and the background worker together, and start each again if it ends."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --end-with-parent."""
        parser.add_argument(
            "--end-with-parent", action="store_true", help="stop when the process that started this one is gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl+C, SIGTERM or the end of the terminal, then stop both processes."""
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
                signal.signal(number, lambda *_: stop.set())
        launcher = Launcher(end_with_parent=options["end_with_parent"])
        processes = [Process(name, command) for name, command in PROCESSES.items()]
        announced = False
        while not stop.wait(CHECK_SECONDS) and not launcher.is_gone():
            for process in processes:
                process.restart_if_ended()
            if not announced and _port_answers():
                self._print_address()
                announced = True
        stop_all(processes)

    def _print_address(self) -> None:
        self.stdout.write(f"\nThe portal answers at {settings.SITE_URL}/  (stop it with Ctrl+C)")
        if settings.SAMPLE_SITE and sample.notes_path().exists():
            self.stdout.write(f"Sample accounts, to sign in at {settings.SITE_URL}/admin/ :")
            self.stdout.write(sample.notes_path().read_text())
        self.stdout.flush()


class Launcher:
    """The terminal and the parent process. make, which may be in between, does not pass SIGHUP on."""

    def __init__(self, *, end_with_parent: bool) -> None:
        self._parent = os.getppid() if end_with_parent else None
        self._terminal = select.poll()
        if os.isatty(STDIN):
            self._terminal.register(STDIN, select.POLLHUP)

    def is_gone(self) -> bool:
        """Return whether the terminal was closed or the parent process has ended."""
        return bool(self._terminal.poll(0)) or self._parent not in {None, os.getppid()}


def _port_answers() -> bool:
    try:
        socket.create_connection((settings.HOST, int(settings.PORT)), timeout=1).close()
    except OSError:
        return False
    return True
