"""The output of the portal from start to stop: it reveals no visitor, and no time finer than the hour."""

import http.client
import os
import re
import signal
import socket
import sqlite3

from tests.recorded_processes import started
from tests.subprocesses import Running, answers, free_port, wait_until

VISITOR = "127.0.0.2"  # another address of this machine than the portal's own, which it prints
FORWARDED, MARK = "203.0.113.9", "marked-agent"
BROKEN = (
    b"\x16\x03\x01 hello\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /" + b"x" * 70_000,
    b"POST /code/ HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf",
)


def test_no_time_finer_than_the_hour_and_no_address_from_start_to_stop(tmp_path):
    port = free_port()
    environment = {"VAR_DIR": str(tmp_path), "PORT": str(port), "SAMPLE_SITE": "yes"}
    with Running("manage.py", "prepare", "--to-serve", **environment) as prepared:
        assert prepared.wait_for_end() == 0
    with Running("-m", "tests.recorded_processes", "run", **environment) as portal:
        portal.wait_for_line("The portal answers at ")
        wait_until(lambda: answers(port))
        requests = [("GET", "/"), ("HEAD", "/"), ("GET", "/no/such/page/"), ("POST", "/code/"), ("DELETE", "/")]
        assert [ask(port, *request) for request in requests] == [200, 200, 404, 403, 403]
        for request in BROKEN:
            send(port, request)
        change(tmp_path, "ALTER TABLE outcomes_outcome RENAME TO away")
        assert ask(port, "GET", "/") == 500
        portal.wait_for_line("A request failed")
        os.kill(started(tmp_path)["run_worker"], signal.SIGKILL)
        portal.wait_for_line("The worker process ended.")
        assert portal.stop(signal.SIGINT) == 0
    printed = prepared.text() + portal.text()
    assert re.findall(r"\d\d:\d\d", printed) == []
    assert [mark for mark in (VISITOR, FORWARDED, MARK, "/no/such", "hello") if mark in printed] == []
    assert re.findall(r"^\S+ \d\dh (.+)", printed, re.MULTILINE) == [
        "ERROR django.request A request failed: home",
        "WARNING mscos.processes.supervisor The worker process ended. It is started again.",
    ]


def change(folder, statement):
    with sqlite3.connect(folder / "portal.sqlite3", timeout=60) as database:
        database.execute(statement)


def ask(port, method, path):
    """Send a request from the visitor's address and return the status of the response."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(VISITOR, 0))
    line.request(method, path, headers={"X-Forwarded-For": FORWARDED, "User-Agent": MARK})
    status = line.getresponse().status
    line.close()
    return status


def send(port, request):
    """Send an invalid or incomplete request and read the response, if any."""
    with socket.create_connection(("127.0.0.1", port), timeout=60, source_address=(VISITOR, 0)) as line:
        try:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            while line.recv(1000):
                pass
        except OSError:
            pass  # the portal has hung up
