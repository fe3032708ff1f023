"""Functions that run concurrently, each in a thread with a database connection of its own.

The connections see only what is committed: such tests are marked `django_db(transaction=True)`. Afterwards the tables
are emptied, groups and permissions included, so users in such tests are superusers or have no rights at all.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from django.db import connection, transaction


def elsewhere(act):
    """Call a function on another connection; return its result."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(_on_own_connection, act).result()


def all_at_once(*acts):
    """Call all functions at the same moment, each on its own connection; return their results in order."""
    start = Barrier(len(acts))

    def in_step(act):
        start.wait(60)
        return act()

    with ThreadPoolExecutor(len(acts)) as others:
        begun = [others.submit(_on_own_connection, partial(in_step, act)) for act in acts]
        return [each.result() for each in begun]


def while_uncommitted(first, second):
    """Call `second` on another connection while `first` is done but not committed; return the result of `second`."""
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            first()
            waiting = other.submit(_on_own_connection, second)
            time.sleep(0.5)  # by now it waits for a locked row
        return waiting.result()


def _on_own_connection(act):
    try:
        return act()
    finally:
        connection.close()
