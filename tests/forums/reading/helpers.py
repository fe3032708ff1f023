"""What a page costs the database, counted and not timed: no other program on the machine changes it."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import limits

STEPS = 100  # of SQLite's virtual machine, counted together


def work_of(client, path):
    """Return the work that a page asks of the database; only what one database says of two pages can be compared."""
    return {"sqlite": _steps, "postgresql": _rows}[connection.vendor](client, path)


def _steps(client, path):
    """Return how many instructions SQLite carried out."""
    counted = []
    connection.connection.set_progress_handler(lambda: counted.append(1), STEPS)
    assert client.get(path).status_code == 200
    connection.connection.set_progress_handler(limits.look_up, limits.STEPS)
    return len(counted) * STEPS


def _rows(client, path):
    """Return how many rows and index entries PostgreSQL had in hand, in all steps of its plans."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    total = 0
    for query in list(queries):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            (plan,) = cursor.fetchone()
        total += _in(json.loads(plan)[0]["Plan"] if isinstance(plan, str) else plan[0]["Plan"])
    return total


def _in(node):
    rows = sum(node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter"))
    return node.get("Actual Loops", 1) * rows + sum(_in(child) for child in node.get("Plans", ()))
