"""People who act in one moment, each on a database connection of their own, as in processes of their own.

Others see only what is committed: such tests are marked `django_db(transaction=True)`. Tables are emptied behind them,
the groups and their rights included, so that whoever acts in them is made a superuser or given no rights at all.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from django.db import connection, transaction


def elsewhere(act):
    """Do something as another process would; return what it gives."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(_there, act).result()


def all_at_once(*acts):
    """Do all acts in one instant; return what each gave, in their order."""
    start = Barrier(len(acts))

    def in_step(act):
        start.wait(60)
        return act()

    with ThreadPoolExecutor(len(acts)) as others:
        begun = [others.submit(_there, partial(in_step, act)) for act in acts]
        return [each.result() for each in begun]


def while_uncommitted(first, second):
    """Do `second` elsewhere while `first` is done but not committed; return what `second` gave."""
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            first()
            waiting = other.submit(_there, second)
            time.sleep(0.5)  # it waits for a row by now
        return waiting.result()


def _there(act):
    try:
        return act()
    finally:
        connection.close()
