"""`python -m tests.bench`: how quick sending is, as ratios within one run. Needs smtp-sink (Debian: postfix) and PostgreSQL.

A bare loop sends the same bytes with smtplib to the same server over one connection, in turns with a worker that keeps
its ledger. Nothing here passes or fails by a time: machines are shared and noisy.
"""

import argparse
import itertools
import json
import os
import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from tests.faults import Crew, begin, database, is_done, settle_in, wait_until
from tests.smtp_server import smtp_server

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
SINK = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin")
ROUNDS, A_ROUND = 7, 1000


@contextmanager
def sink():
    """Run smtp-sink on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    drop_rights = ["-u", "nobody"] if os.geteuid() == 0 else []
    running = subprocess.Popen([SINK, *drop_rights, f"127.0.0.1:{port}", "200"])
    time.sleep(0.5)
    try:
        yield port
    finally:
        running.terminate()
        running.wait(60)


def rate(url):
    """Send rounds of mails by turns; return the median ratio, and the rates a second."""
    with tempfile.TemporaryDirectory() as folder, database(url) as own, sink() as port:
        settle_in(folder, own, port)
        begin(ROUNDS * A_ROUND)
        from mscos.post_office import PostOffice
        from newsletters.models import Mailing
        from newsletters.sending.delivery import _pattern
        from newsletters.sending.messages import Reader

        mailing = Mailing.objects.get()
        reader = Reader(1, "r1@example.org", "t" * 22, "plain", 0)
        envelope = _pattern(mailing.pk, mailing.started_at).for_reader(reader)
        bare = smtplib.SMTP("127.0.0.1", port)
        rates = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            for _ in range(A_ROUND):
                bare.sendmail(envelope.sender, [envelope.recipient], envelope.content)
            asked = itertools.count()  # once before each mail
            office = PostOffice(stopping=lambda asked=asked: next(asked) > A_ROUND)
            turned = time.perf_counter()
            sent = office.turn()
            ended = time.perf_counter()
            office.close()
            rates.append((A_ROUND / (turned - begun), sent / (ended - turned)))
        bare.quit()
        ratios = [ours / theirs for theirs, ours in rates]
        return {
            "ratio": statistics.median(ratios),
            "bare": statistics.median(r[0] for r in rates),
            "ours": statistics.median(r[1] for r in rates),
        }


def crew(url, workers, readers):
    """Return how many mails a second that many workers bring to a server that takes 20 ms a mail."""
    with tempfile.TemporaryDirectory() as folder, database(url) as own, smtp_server(seconds_a_mail=0.02) as server:
        settle_in(folder, own, server.port)
        begin(readers)
        working = Crew(workers)
        try:
            wait_until(lambda: len(server.taken) >= readers // 10)  # all are at work
            begun, had = time.perf_counter(), len(server.taken)
            wait_until(lambda: len(server.taken) >= readers * 9 // 10)
            return (len(server.taken) - had) / (time.perf_counter() - begun)
        finally:
            working.dismiss()


def memory(readers):
    """Return the most memory, in MB, that a worker took to send to that many readers."""
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        settle_in(folder, None, port)
        begin(readers)
        working = Crew(1)
        try:
            wait_until(is_done)
            status = Path(f"/proc/{working.pids()[0]}/status").read_text()
            return int(status.partition("VmHWM:")[2].split()[0]) / 1000
        finally:
            working.dismiss()


def apart(*call):
    """Run one measurement in a process of its own, which has one database and one history of memory; return its result."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--apart", json.dumps(call)],
        stdout=subprocess.PIPE, check=True, timeout=3600,
    )  # fmt: skip
    return json.loads(done.stdout)


def main(most_readers):
    """Measure all, and tell."""
    if not SINK:
        sys.exit("smtp-sink is missing. Debian, Ubuntu: apt install --no-install-recommends postfix")
    for name, url in (("SQLite", None), ("PostgreSQL", POSTGRES)):
        found = apart("rate", url)
        print(
            f"{name}: {found['ratio']:.2f} of a bare smtplib loop ({found['ours']:.0f} to {found['bare']:.0f} mails a second)"
        )
    one, four = apart("crew", POSTGRES, 1, 400), apart("crew", POSTGRES, 4, 1600)
    print(
        f"4 workers, PostgreSQL, 20 ms a mail: {four / one:.2f} times 1 worker ({four:.0f} to {one:.0f} mails a second)"
    )
    few, many = apart("memory", 1000), apart("memory", most_readers)
    print(f"A worker's memory: {few:.0f} MB for 1,000 readers, {many:.0f} MB for {most_readers:,}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, default=100_000, help="for the measurement of memory")
    parser.add_argument("--apart", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.apart:
        name, *arguments = json.loads(given.apart)
        print(json.dumps({"rate": rate, "crew": crew, "memory": memory}[name](*arguments)))
    else:
        main(given.readers)
