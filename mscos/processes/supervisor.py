"""The supervisor of the portal's processes: each is started again whenever it ends."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time

from django.conf import settings

from mscos.processes.backoff import Backoff

logger = logging.getLogger(__name__)

STARTED_AFTER = 60.0  # seconds after which a start counts as a success
GRACE = 30.0  # seconds in which processes may finish their work; the web process takes 20 at most


class Process:
    """One process of the portal, in a session of its own, which signals from the terminal do not reach."""

    def __init__(self, name: str, command: list[str]) -> None:
        self._name, self._command = name, command
        self._running, self._started = start(command), time.monotonic()
        self._due: float | None = None  # when it is started again
        self._backoff = Backoff()

    def restart_if_ended(self) -> None:
        """Start it again if it has ended, after a wait that grows while it ends soon after each start."""
        now = time.monotonic()
        if self._running.poll() is None:
            return
        if self._due is None:
            logger.warning("The %s process ended. It is started again.", self._name)
            self.kill()
            if now - self._started > STARTED_AFTER:
                self._backoff.after_success()
            self._due = now + self._backoff.after_failure()
        elif now >= self._due:
            self._running, self._started, self._due = start(self._command), now, None

    def stop(self) -> None:
        """Ask it to finish its work and end (`mscos/processes/child.py`)."""
        if self._running.stdin:
            self._running.stdin.close()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended; raises TimeoutExpired."""
        self._running.wait(max(seconds, 0))

    def kill(self) -> None:
        """Kill it and what it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._running.pid, signal.SIGKILL)


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a module that stops when the other end of its standard input is closed."""
    return subprocess.Popen(  # noqa: S603  the commands are in run.py
        [sys.executable, "-m", "mscos.processes.child", *command],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def stop_all(processes: list[Process]) -> None:
    """Stop all processes in parallel, and kill what is left after GRACE."""
    for process in processes:
        process.stop()
    ends = time.monotonic() + GRACE
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(ends - time.monotonic())
        process.kill()
