"""`python -m tests.mail_bench`: the speed of sending mail, as ratios within one run, on SQLite and PostgreSQL.

A bare smtplib loop and a worker with its ledger send the same bytes to the same server in turn. Nothing passes or fails
by a time: machines are shared and noisy.
"""

import argparse
import itertools
import json
import os
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext

import django

from tests.database_template import new_database
from tests.services import POSTGRES_URL
from tests.smtp_server import smtp_server
from tests.smtp_sink import smtp_sink
from tests.subprocesses import ROOT, wait_until
from tests.worker_faults import WAITING, Crew, begin, is_done, settle_in

PARAGRAPH = "A paragraph of a section, about as long as those that editors write from week to week.\n\n"
REAL, SMALL = 117, 0  # paragraphs: about as many bytes as week 5 of the sample content, and as few as an issue has


def database(url):
    """Make a PostgreSQL database for one measurement; without a URL do nothing."""
    return new_database(url, f"bench_{os.getpid()}") if url else nullcontext()


def rate(url, paragraphs, rounds, a_round):
    """Send rounds of mails both ways; return the ratio of each round, the milliseconds and the bytes of a mail."""
    with tempfile.TemporaryDirectory() as folder, database(url) as own, smtp_sink() as port:
        settle_in(folder, own, port)
        begin(rounds * a_round, body="Words.\n\n" + PARAGRAPH * paragraphs)
        envelope = any_envelope()
        with smtplib.SMTP("127.0.0.1", port) as bare:
            both = [(bare_round(bare, envelope, a_round), our_round(a_round)) for _ in range(rounds)]
    return {
        "ratios": [bare / ours for bare, ours in both],
        "bare": statistics.median(bare for bare, _ in both),
        "ours": statistics.median(ours for _, ours in both),
        "bytes": len(envelope.content),
    }


def any_envelope():
    """Return the mail of one reader."""
    from newsletters.models import Mailing
    from newsletters.sending.messages import MergeTemplate, Recipient

    return MergeTemplate(Mailing.objects.get()).for_recipient(Recipient(1, "r1@example.org", "t" * 22, "plain", 0))


def bare_round(bare, envelope, count):
    """Send one mail that often as smtplib does; return how many milliseconds each took."""
    begun = time.perf_counter()
    for _ in range(count):
        bare.sendmail(envelope.sender, [envelope.recipient], envelope.content)
    return (time.perf_counter() - begun) * 1000 / count


def our_round(count):
    """Send about that many as a worker does; return how many milliseconds each took."""
    from mscos.mail.worker import MailWorker

    asked = itertools.count()  # once before each mail
    worker = MailWorker(stopping=lambda: next(asked) > count)
    begun = time.perf_counter()
    sent = worker.run_slice()
    took = time.perf_counter() - begun
    worker.close()
    return took * 1000 / sent


def crew(url, workers, readers):
    """Return how many mails a second that many workers bring to a server that takes 20 ms a mail."""
    with tempfile.TemporaryDirectory() as folder, database(url) as own, smtp_server(seconds_a_mail=0.02) as server:
        settle_in(folder, own, server.port)
        begin(readers)
        working = Crew(workers)
        try:
            wait_until(lambda: len(server.taken) >= readers // 10, **WAITING)  # all are at work
            begun, had = time.perf_counter(), len(server.taken)
            wait_until(lambda: len(server.taken) >= readers * 9 // 10, **WAITING)
            return (len(server.taken) - had) / (time.perf_counter() - begun)
        finally:
            working.dismiss()


def memory(readers):
    """Return the most memory, in MB, that a worker took to send to that many readers.

    The system counts in what the starting process had, so the readers are made by another one.
    """
    with tempfile.TemporaryDirectory() as folder, smtp_sink() as port:
        settle_in(folder, None, port)
        apart("begin", readers)
        django.setup()
        worker = subprocess.Popen([sys.executable, "manage.py", "run_worker"], cwd=ROOT)
        try:
            wait_until(is_done, **WAITING)
        finally:
            worker.terminate()
            usage = os.wait4(worker.pid, 0)[2]
        return usage.ru_maxrss / 1000


def apart(*call):
    """Run one measurement in a process of its own, with its own database and memory; return its result."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.mail_bench", "--apart", json.dumps(call)],
        stdout=subprocess.PIPE, check=True, timeout=3600,
    )  # fmt: skip
    return json.loads(done.stdout)


def print_rates(name, url, rounds, a_round):
    """Measure a mail as large as a real issue's and a small one."""
    for paragraphs in (REAL, SMALL):
        found = apart("rate", url, paragraphs, rounds, a_round)
        ratios = found["ratios"]
        print(
            f"{name}, {found['bytes'] / 1000:.1f} kB: {statistics.median(ratios):.2f} of a bare smtplib loop"
            f" ({min(ratios):.2f}–{max(ratios):.2f} in {len(ratios)} rounds),"
            f" {found['ours']:.2f} to {found['bare']:.2f} ms a mail",
            flush=True,
        )


def print_crew(url, readers):
    """Measure how much more four workers send than one."""
    one, four = apart("crew", url, 1, readers), apart("crew", url, 4, 4 * readers)
    print(
        f"4 workers, PostgreSQL, 20 ms a mail: {four / one:.2f} times 1 worker ({four:.0f} to {one:.0f} mails a second)"
    )


def print_memory(few, many):
    """Measure what a worker's memory does as readers grow more."""
    small, large = apart("memory", few), apart("memory", many)
    print(f"A worker's memory: {small:.0f} MB for {few:,} readers, {large:.0f} MB for {many:,}", flush=True)


def main(databases, *, short):
    """Measure and print everything; a short run only shows that it works."""
    rounds, a_round = (2, 20) if short else (7, 1000)
    if "sqlite" in databases:
        print_rates("SQLite", None, rounds, a_round)
        print_memory(*((20, 40) if short else (1000, 100_000)))
    if "postgresql" in databases:
        print_rates("PostgreSQL", POSTGRES_URL, rounds, a_round)
        print_crew(POSTGRES_URL, 40 if short else 400)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--on", choices=["sqlite", "postgresql"], action="append", help="one database; else both")
    parser.add_argument("--short", action="store_true", help="a few mails only, to see that it works")
    parser.add_argument("--apart", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.apart:
        name, *arguments = json.loads(given.apart)
        print(json.dumps({"rate": rate, "crew": crew, "memory": memory, "begin": begin}[name](*arguments)))
    else:
        main(given.on or ["sqlite", "postgresql"], short=given.short)
