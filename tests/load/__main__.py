"""`python -m tests.load`: readers and writers while processes are killed; then a comparison with what the site stored.

It needs nginx, redis-server and, for PostgreSQL, the server of TEST_POSTGRES_URL. It ends with an error where a read
failed, an accepted post is not in the queue exactly once, a subscriber was missed or got a newsletter twice without an
uncertain delivery, or a database was locked.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

from tests.database_template import new_database, put_file
from tests.load import shared_state
from tests.load.crowd import Crowd
from tests.load.layout import WEBS, WORKERS, Layout
from tests.services import POSTGRES_URL
from tests.smtp_server import smtp_server
from tests.subprocesses import wait_until

PAGES = ["/", "/outcomes/housing/", "/forums/", "/forums/housing/", "/events/", "/newsletter/", "/about/", "/safety/"]
FORUMS = ["housing", "safety", "support"]


def main(database, **sizes):
    """Run everything on one kind of database; print the figures and return what went wrong, as sentences."""
    with (
        tempfile.TemporaryDirectory() as folder,
        new_database(POSTGRES_URL, f"load_{os.getpid()}") if database == "postgresql" else nullcontext() as url,
        smtp_server(seconds_a_mail=0.02) as mail,
    ):
        Path(folder).chmod(0o755)  # nginx's workers read files in it
        layout = Layout(folder, url or f"sqlite:///{put_file(folder)}", mail.port)
        try:
            wrong, crowd, kills = run(layout, **sizes)
            kept = json.loads(in_portal_shell(layout, "tell()"))
        finally:
            layout.stop()
        readers = {email for email, _, _ in kept["deliveries"]}
        mails = Counter(taken.recipient for taken in mail.taken if taken.recipient in readers)
        print(figures(database, crowd, kept, kills, mails))
        return [*wrong, *compare(crowd, kept, kills, mails), *locked(layout)]


def run(layout, *, seconds, readers, writers, subscribers, seed):
    """Start the site, check its shared state, and kill processes while it is used; return the results."""
    passwords = layout.prepare()
    for name in (*WEBS, "nginx"):
        layout.start(name)
    wrong = list(shared_state.problems(layout, passwords))
    in_portal_shell(layout, f"send({subscribers})")
    for name in WORKERS:
        layout.start(name)
    crowd = Crowd(layout.ports["nginx"], PAGES, FORUMS)
    crowd.start(readers, writers)
    try:
        kills = kill_for(layout, seconds, random.Random(seed))
    finally:
        crowd.stop()
    wait_until(lambda: in_portal_shell(layout, "is_sent()") == "yes\n", 120)
    return wrong, crowd, kills


def kill_for(layout, seconds, chance):
    """Kill web processes and workers at random for that long, one at a time; return how often each was killed."""
    kills, ends = Counter(), time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(chance.uniform(0.5, 2))
        name = chance.choice([*WEBS, *WORKERS])
        layout.kill(name)
        kills[name] += 1
        time.sleep(chance.uniform(0.2, 1))  # as a service manager does
        layout.start(name)
    return kills


def in_portal_shell(layout, call):
    """Call one of the functions of `portal_shell.py` in the portal's own process; return what it printed."""
    return layout.run(
        "shell", "--verbosity", "0", "--command", f"from tests.load import portal_shell; portal_shell.{call}"
    )


def compare(crowd, kept, kills, mails):
    """Compare what was accepted and sent with what the database says; yield what is wrong as sentences."""
    posts = Counter(kept["posts"])
    lost = [words for words in crowd.accepted if not posts[words]]
    twice = [words for words, times in posts.items() if times > 1]
    doubted = {email: was_doubted for email, _, was_doubted in kept["deliveries"]}
    wrong = {
        "reads failed": crowd.failed,
        "accepted posts are lost": lost,
        "posts are there twice": twice,
        "writers could not get their post accepted": crowd.given_up,
        "readers were missed by the newsletter": [email for email in doubted if not mails[email]],
        "deliveries are not called sent": [row for row in kept["deliveries"] if row[1] != "sent"],
        "newsletters came twice and were never in doubt": [e for e, n in mails.items() if n > 1 and not doubted.get(e)],
        "more newsletters came twice than workers were killed": list(range(extra(mails) - worker_kills(kills))),
    }
    return [f"{len(found)} {what}: {found[:3]}" for what, found in wrong.items() if found]


def locked(layout):
    """Yield a sentence where a log says that a database was locked."""
    if "database is locked" in layout.logs():
        yield "a log says 'database is locked'"


def figures(database, crowd, kept, kills, mails):
    """Return the figures of a run as lines."""
    counts = ", ".join(f"{name} {count}" for name, count in sorted(crowd.counts.items()))
    posts = Counter(kept["posts"])
    return (
        f"{database}: {sum(kills.values())} kills ({', '.join(f'{name} {n}' for name, n in sorted(kills.items()))})\n"
        f"  {counts}, reads failed {len(crowd.failed)}\n"
        f"  posts accepted {len(crowd.accepted)}, in the queue {len(posts)}, doubled {sum(posts.values()) - len(posts)}\n"
        f"  newsletters {len(mails)}, the same mail again {extra(mails)}"
    )


def extra(mails):
    """Return how many mails came to readers who had theirs already."""
    return sum(mails.values()) - len(mails)


def worker_kills(kills):
    """Return how often a worker was killed."""
    return sum(kills[name] for name in WORKERS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--readers", type=int, default=6)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None)
    sizes = vars(parser.parse_args())
    problems = []
    for each in sizes.pop("database") or ["sqlite", "postgresql"]:
        problems += [f"{each}: {problem}" for problem in main(each, **sizes)]
    sys.exit("\n".join(problems) or 0)
