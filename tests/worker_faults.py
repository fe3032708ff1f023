"""`python -m tests.worker_faults`: kills workers at random while they send an issue, then compares ledger and server.

Real processes, a real database (SQLite in a file, or the PostgreSQL server of DATABASE_URL) and a real mail server on
this machine. It ends with an error where a subscriber was missed, or got a mail twice that the ledger never called
uncertain.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import nullcontext

from tests.database_template import new_database, put_file
from tests.smtp_server import smtp_server
from tests.subprocesses import ROOT, wait_until

LEASE = 3  # seconds until another worker takes over the batch of a killed one
WAITING = {"seconds": 600, "pause": 0.001}  # an issue must have been sent by then; a mail takes four milliseconds


def main(readers, kills, workers, seed):
    """Send an issue to that many readers, kill workers that often, and return the figures."""
    chance = random.Random(seed)
    postgres = os.environ.get("DATABASE_URL")
    with (
        tempfile.TemporaryDirectory() as folder,
        new_database(postgres, f"faults_{os.getpid()}") if postgres else nullcontext() as url,
        smtp_server(seconds_a_mail=0.004) as server,
    ):
        settle_in(folder, url, server.port)
        begin(readers)
        crew = Crew(workers)
        try:
            for count in sorted(chance.sample(range(1, readers), kills)):
                wait_until(lambda count=count: len(server.taken) >= count, **WAITING)
                crew.kill(chance.randrange(workers))
            wait_until(is_done, **WAITING)
        finally:
            crew.dismiss()
        return compare(server, readers, kills)


def settle_in(folder, url, port):
    """Set the environment of a site, for this process and its workers; its mail goes to a port of this machine."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "mscos.settings",
        "VAR_DIR": folder,
        "SITE_URL": "http://127.0.0.1:8000",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_LEASE": str(LEASE),
        "DATABASE_URL": url or f"sqlite:///{put_file(folder)}",
    }


def begin(readers, **draft):
    """Make the tables and the subscribers, and publish an issue to them."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from mscos.models import User
    from newsletters.models import Subscriber
    from newsletters.models.people import new_token
    from tests.bulk_rows import store
    from tests.newsletters.sending import helpers as sending

    call_command("migrate", verbosity=0)
    agreed = {"state": "confirmed", "consent_on": timezone.localdate(), "consent_wording": "Yes"}
    rows = (Subscriber(email=f"r{n}@example.org", token=new_token(), **agreed) for n in range(readers))
    store(Subscriber, rows)
    sending.begin(User.objects.create_superuser("editor@example.org", display_name="Editor"), **draft)


class Crew:
    """Background workers; one that is killed is replaced."""

    def __init__(self, size):
        self._workers = [self._start() for _ in range(size)]

    def _start(self):
        return subprocess.Popen([sys.executable, "manage.py", "run_worker"], cwd=ROOT, stderr=subprocess.DEVNULL)

    def kill(self, number):
        """Kill a worker and start another."""
        self._workers[number].send_signal(signal.SIGKILL)
        self._workers[number].wait(60)
        self._workers[number] = self._start()

    def dismiss(self):
        """Stop all workers and wait for their end."""
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.wait(60)


def is_done():
    """Return whether the mailing is done."""
    from newsletters.models import Mailing

    time.sleep(0.2)
    return Mailing.objects.get().state == "done"


def compare(server, readers, kills):
    """Compare the ledger with what the server took; return the figures, or end with what is wrong."""
    from newsletters.models import Delivery

    got = defaultdict(list)
    for taken in server.taken:
        got[taken.recipient].append(taken)
    ledger = {
        email: (state, doubted)
        for email, state, doubted in Delivery.objects.values_list("subscriber__email", "state", "doubted")
    }
    twice = {email for email, mails in got.items() if len(mails) > 1}
    wrong = {
        "missed": [email for email in ledger if email not in got],
        "not called sent": [email for email, (state, _) in ledger.items() if state != "sent"],
        "strangers": [email for email in got if email not in ledger],
        "twice, and never in doubt": [email for email in twice if not ledger[email][1]],
        "twice, and not the same mail": [email for email in twice if len(set(got[email])) > 1],
        "more than one in doubt for each kill": sorted(twice) if len(server.taken) - readers > kills else [],
        "ledger of another length": [] if len(ledger) == readers else [len(ledger)],
    }
    found = {name: rows[:3] for name, rows in wrong.items() if rows}
    if found:
        sys.exit(f"The ledger and the server disagree: {found}")
    doubted = sum(in_doubt for _, in_doubt in ledger.values())
    return f"{readers} readers, {kills} kills: nobody missed, {doubted} in doubt, {len(twice)} got the same mail twice."


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=None, help="to repeat a run as nearly as clocks allow")
    print(main(**vars(parser.parse_args())))
