"""`python -m tests.web_bench`: requests a second of the web process, alone and with many slow visitors.

A load generator in a process of its own sends requests in turn to one server for each number of threads. It prints the
median, minimum and maximum of all rounds. Nothing passes or fails by a time. Another server is measured too with
--also 'gunicorn --threads 8 --bind 127.0.0.1:PORT mscos.wsgi'.
"""

import argparse
import asyncio
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.database_template import put_file
from tests.subprocesses import ROOT
from tests.web_server import environment_for, serving

PAGE = "/forums/housing/"
SLOW = 100  # of each kind
SETTINGS = {"DJANGO_SETTINGS_MODULE": "mscos.settings", "SAMPLE_SITE": "yes", "READ_TIMEOUT": "50"}


async def read_again_and_again(port, end):
    """Ask for the page on one connection until a time, and return how often it was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    while True:
        writer.write(f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise ValueError(head.partition(b"\r\n")[0])
        await reader.readexactly(int(re.search(rb"(?i)\ncontent-length: (\d+)", head)[1]))
        if time.monotonic() > end:
            writer.close()
            return answered
        answered += 1


async def load(port, readers, seconds):
    """Return how many requests a second are answered to so many readers at once."""
    end = time.monotonic() + seconds
    return sum(await asyncio.gather(*(read_again_and_again(port, end) for _ in range(readers)))) / seconds


def rate(port, readers, seconds):
    """Return what `load` counts in a process of its own."""
    command = [sys.executable, "-m", "tests.web_bench", "--load", str(port), str(readers), str(seconds)]
    return float(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=600).stdout)


def seconds_among_slow(server):
    """Return how long an ordinary request takes while many send, read or wait slowly; the median of five."""
    kinds = [
        (b"GET / HTTP/1.1\r\nX: sl", None),
        (b"POST /code/ HTTP/1.1\r\nHOST\r\nContent-Length: 100\r\n\r\nslow", None),
        (b"GET /static/site.css HTTP/1.1\r\nHOST\r\n\r\n", 2048),
        (b"GET /health/ HTTP/1.1\r\nHOST\r\n\r\n", None),
    ]
    with ExitStack() as stack:
        for sent, receives in kinds:
            for _ in range(SLOW):
                stack.enter_context(server.connect(sent, receives=receives))
        server.get(PAGE)  # behind all whose answers are made first
        return statistics.median(_seconds(lambda: server.get(PAGE)) for _ in range(5))


def _seconds(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def sample_site(folder):
    """Make a sample site in a folder."""
    put_file(folder)
    environment = environment_for(folder, 8000, **SETTINGS)
    subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )


def measure(*, threads, readers, rounds, seconds, also):
    """Print a line for each server, with a rate for each number of readers."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        sample_site(folder)
        servers = {}
        for number in threads:
            servers[f"{number} threads"] = stack.enter_context(serving(folder, **SETTINGS, WEB_THREADS=str(number)))
        for command in also:
            servers[command] = stack.enter_context(serving(folder, command=shlex.split(command), **SETTINGS))
        rates = {(server, number): [] for server in servers for number in readers}
        for _ in range(rounds):
            for (server, number), measured in rates.items():
                measured.append(rate(servers[server].port, number, seconds))
        print(f"Requests a second for {PAGE}: median (least to most) of {rounds} rounds, {os.cpu_count()} cores")
        for label, server in servers.items():
            print(f"{label:12}", *(f"{number}: {_told(rates[label, number])} " for number in readers), flush=True)
            if label.endswith("threads"):
                slow = 1000 * seconds_among_slow(server)
                print(f"{'':12} among {4 * SLOW} slow visitors an ordinary request takes {slow:.0f} ms")


def _told(rates):
    return f"{statistics.median(rates):.0f} ({min(rates):.0f} to {max(rates):.0f})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--readers", type=int, nargs="+", default=[1, 8, 32, 100])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--also", action="append", default=[])
    parser.add_argument("--load", nargs=3, metavar=("PORT", "READERS", "SECONDS"))
    options = vars(parser.parse_args())
    if asked := options.pop("load"):
        print(asyncio.run(load(int(asked[0]), int(asked[1]), float(asked[2]))))
    else:
        measure(**options)
