"""The portal's commands as processes of a test, the ports that they listen on, and waiting for what they do."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_WAIT = 90  # seconds in which a busy machine does whatever a test waits for
LEFT_OUT = {"DATABASE_URL", "CACHE_URL", "SITE_URL", "PORT", "PYTHONUNBUFFERED"}


class Running:
    """A running command in a session of its own, as in a terminal of its own, and what it and its children print."""

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
        self._line_added = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for_line(self, words, times=1):
        """Wait until it has printed a line that contains some words, or several such lines."""
        with self._line_added:
            enough = self._line_added.wait_for(lambda: sum(words in line for line in self.lines) >= times, MAX_WAIT)
        assert enough, f"'{words}' was not printed. What was: {self.text()}"

    def stop(self, number=signal.SIGTERM):
        """Send a signal and return the exit code, as `wait_for_end` does."""
        self.process.send_signal(number)
        return self.wait_for_end()

    def wait_for_end(self):
        """Return the exit code, once whatever it had started has ended too and can print no more."""
        code = self.process.wait(MAX_WAIT)
        self._reader.join(MAX_WAIT)
        assert not self._reader.is_alive(), f"A process is left. What was printed: {self.text()}"
        return code

    def text(self):
        return "".join(self.lines)

    def _read(self):
        for line in self.process.stdout:
            with self._line_added:
                self.lines.append(line)
                self._line_added.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            if self.process.poll() is None:
                self.stop()
        finally:
            self.process.kill()  # in case it ignored the signal


def wait_until(is_so, seconds=MAX_WAIT, pause=0.05):
    """Ask again and again until something is so. Raises TimeoutError."""
    ends = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends:
            raise TimeoutError(f"It did not become so within {seconds} seconds.")
        time.sleep(pause)


def wait_for_port(port, process):
    """Wait until a process that was started listens on its port; fail where it ends instead."""
    wait_until(lambda: process.poll() is not None or is_listening(port))
    assert process.poll() is None, f"{process.args[0]} ended with {process.returncode}"


def free_port():
    """Return a port of 127.0.0.1 on which nothing listens."""
    return free_ports(1)[0]


def free_ports(count):
    """Return several such ports."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def is_free(port):
    """Return whether a server could listen on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def is_listening(port):
    """Return whether a server listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(port):
    """Return whether the portal on a port says that it is well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False
