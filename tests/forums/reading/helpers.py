"""Helpers of the tests of reading: large tables, the work that a page asks of the database, and feeds.

Work is counted and not timed, so that no other program on the machine changes it.
"""

import json
import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from taggit.models import Tag

from forums.models import Consultation, Forum, Post, TaggedThread, Thread, Topic
from mscos.groups import MODERATORS
from mscos.models import User
from tests import time_limits
from tests.bulk_rows import analyse, copy, numbers, others, store
from tests.people import make_staff, sign_in

STEPS = 100  # of SQLite's virtual machine, counted together


def work_of(client, path):
    """Return the work that a page asks of the database; figures of different databases cannot be compared."""
    return {"sqlite": _steps, "postgresql": _rows}[connection.vendor](client, path)


def _steps(client, path):
    """Return how many instructions SQLite executed."""
    counted = []
    connection.connection.set_progress_handler(lambda: counted.append(1), STEPS)
    assert client.get(path).status_code == 200
    connection.connection.set_progress_handler(time_limits.let_signals_through, time_limits.STEPS)
    return len(counted) * STEPS


def _rows(client, path):
    """Return how many rows and index entries PostgreSQL read, in all nodes of its plans."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    total = 0
    for query in list(queries):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            (plan,) = cursor.fetchone()
        total += _rows_of(json.loads(plan)[0]["Plan"] if isinstance(plan, str) else plan[0]["Plan"])
    return total


def _rows_of(node):
    rows = sum(node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter"))
    return node.get("Actual Loops", 1) * rows + sum(_rows_of(child) for child in node.get("Plans", ()))


DAY = date(2026, 3, 1)
MAX_DISTINCT_THREADS = 500  # the others are copies of them
ATOM = "{http://www.w3.org/2005/Atom}"


def check_and_analyse():
    """Check the constraints now, not after each test, and update the planner's statistics.

    Of these tables alone: the catalogues are shared with the databases of other tests, which would wait for them.
    """
    connection.check_constraints()
    analyse(*apps.get_app_config("forums").get_models())


def fill_forum(*, threads, posts):
    """Create a forum, a consultation of seven topics, a tag, `threads` answers and one thread of `posts` posts.

    Some rows are created here, and copied by the database: it takes seconds, where creating each takes half a minute.
    """
    forum = Forum.objects.create(slug="housing", title="Housing forum", purpose="What makes housing safe.")
    consultation = Consultation.objects.create(
        forum=forum, question="What would have to change?", why="To learn.", opens=DAY
    )
    topics = [Topic.objects.create(consultation=consultation, code=code, title=f"Type {code}") for code in "abcdefg"]
    distinct = min(threads, MAX_DISTINCT_THREADS)
    rows = [Thread(**thread_columns(number), forum=forum, topic=topics[number % 7]) for number in range(distinct)]
    long, *_ = store(Thread, rows)
    copy(Thread, numbers(threads // distinct - 1), code="code || '-' || CAST(n AS TEXT)")
    tag = Tag.objects.create(name="deposits", slug="deposits")
    TaggedThread.objects.create(content_object=long, tag=tag)
    copy(TaggedThread, others(Thread, long, "other.reply_count <> 1"), content_object_id="other.id")
    member = User.objects.create(email="max@example.org", display_name="Max")
    first = Post.objects.create(thread=long, number=1, author=member, body="Words", body_html="<p>Words</p>",
                                state="published", day=DAY)  # fmt: skip
    copy(Post, others(Thread, long), thread_id="other.id")
    copy(Post, f"{numbers(posts - 1)} WHERE base.id = {first.pk}", number="n + 1")
    Thread.objects.filter(pk=long.pk).update(reply_count=posts - 1, pinned=True)
    return long


def thread_columns(number):
    """Return the columns that differ from thread to thread: a day in a year and a half, every third without reply."""
    opened = DAY - timedelta(days=number)
    return {"code": str(number), "title": f"Thread {number}", "state": "open" if number % 9 else "closed",
            "opened_on": opened, "last_on": opened + timedelta(days=number % 50), "reply_count": number % 3}  # fmt: skip


def signed_in_moderator():
    """Return a client that is signed in as a moderator, and the moderator."""
    cache.clear()  # it keeps the used codes of the second factor
    sam = make_staff(groups=[MODERATORS])
    client = Client()
    sign_in(client, sam)
    return client, sam


def feed_of(client, path, **headers):
    """Return a feed as a tree, after checking what holds for every feed."""
    answer = client.get(path, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    assert [name for name in ("Last-Modified", "ETag", "Set-Cookie") if name in answer.headers] == []
    assert answer["X-Robots-Tag"] == "noindex, noarchive"
    assert re.findall(r"T(?!00:00:00\+00:00)\d\d:\d\d", answer.content.decode()) == []
    return ET.fromstring(answer.content)


def entries(feed):
    """Return the elements of each entry, by name."""
    return [{part.tag.removeprefix(ATOM): part for part in entry} for entry in feed.findall(f"{ATOM}entry")]
