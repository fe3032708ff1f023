"""Commands of the portal as processes of their own, whose output is awaited line by line."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONG = 90  # seconds in which a busy machine does whatever a test waits for
LEFT_OUT = {"DATABASE_URL", "CACHE_URL", "SITE_URL", "PORT", "PYTHONUNBUFFERED"}


class Running:
    """A command that runs, in a session of its own as in a terminal of its own, and what it and its children print."""

    def __init__(self, *arguments, stdin=subprocess.DEVNULL, **environment):
        kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**kept, "DJANGO_SETTINGS_MODULE": "mscos.settings", **environment},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for_line(self, words, times=1):
        """Wait until it has printed a line with some words, or so many of them."""
        with self._news:
            enough = self._news.wait_for(lambda: sum(words in line for line in self.lines) >= times, LONG)
        assert enough, f"'{words}' was not printed. What was: {self.text()}"

    def stop(self, number=signal.SIGTERM):
        """Send a signal and return the exit code, as `wait_for_end` does."""
        self.process.send_signal(number)
        return self.wait_for_end()

    def wait_for_end(self):
        """Return the exit code, when whatever it had started has ended too: nobody can print any more."""
        code = self.process.wait(LONG)
        self._reader.join(LONG)
        assert not self._reader.is_alive(), f"A process is left. What was printed: {self.text()}"
        return code

    def text(self):
        return "".join(self.lines)

    def _read(self):
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line)
                self._news.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            if self.process.poll() is None:
                self.stop()
        finally:
            self.process.kill()  # where it takes no notice


def wait_until(is_so):
    """Wait until something is so that tells nobody when it becomes so."""
    ends = time.monotonic() + LONG
    while not is_so():
        if time.monotonic() > ends:
            pytest.fail(f"It did not become so within {LONG} seconds.")
        time.sleep(0.1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port):
    """Tell whether a server could listen on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port):
    """Tell whether the portal answers on a port that it is well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False
