"""The moderators' queue with 50,000 posts: as few queries as for one, by an index, and late pages cost no more."""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from forums.models import ModeratorNote, Post, Report, Thread
from tests.bulk_rows import store
from tests.forums.helpers import QUEUE
from tests.forums.reading.helpers import DAY, check_and_analyse, fill_forum, signed_in_moderator, work_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("queue of many")]

MANY = 50_000
# The session, the person, what lets them in, their own rights and their groups', the forums of the filter, the counts,
# and the rows.
QUESTIONS = 8
FILTERS = {  # each with what makes a post one that it finds
    "": {},
    "look=urgent&": {"urgent": True},
    "look=reported&state=all&": {"state": "published", "number": 1},
    "look=me&": {},
    "look=anybody&": {},
    "look=answered&state=all&": {},
    "look=points&": {"may_identify": True},
    "kind=thread&": {},
    "kind=reply&": {},
    "note=with&": {"content_note": "threats"},
    "note=without&": {},
    "state=published&": {"state": "published", "number": 1},
    "state=refused&": {"state": "refused", "reason": "spam"},
    "state=all&": {},
    "look=urgent&note=with&": {"urgent": True, "content_note": "threats"},
}


def fill_queue():
    """Fill a queue in which every fourth post is decided and some are flagged; return a moderator's client."""
    fill_forum(threads=MANY, posts=1)
    client, sam = signed_in_moderator()
    Thread.objects.update(state="waiting")
    each(4).exclude(rest=0).update(state="waiting", number=None)
    each(40).filter(rest=0).update(state="refused", number=None, reason="spam")
    for day in range(1, 30):
        each(30).filter(rest=day).update(day=DAY - timedelta(days=day))
    each(7).filter(rest=0, state="waiting").update(assigned_to=sam)
    each(9).filter(rest=0, state="waiting").update(urgent=True)
    each(11).filter(rest=0).update(content_note="threats")
    each(13).filter(rest=0).update(may_identify=True)
    Thread.objects.filter(posts__in=each(10).filter(rest=1)).update(state="open")  # what waits there is a reply
    shown = Post.objects.filter(state="published").order_by("pk")[:3_000]
    store(Report, (Report(post=post, reason="spam", form_digest=str(post.pk)) for post in shown))
    store(ModeratorNote, (unread_note(post) for post in shown))
    return client


def unread_note(post):
    """Return an unread note of a post's writer."""
    return ModeratorNote(voice_id=post.voice_id, post=post, body="Words", by_writer=True, unread=True)


def each(number):
    """Return all posts with the remainder `rest` of their keys divided by a number."""
    return Post.objects.order_by().annotate(rest=F("pk") % number)


@pytest.fixture(scope="module")
def desk(django_db_setup, django_db_blocker):
    """A moderator's client and a full queue, created once for the tests of this file and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        client = fill_queue()
        check_and_analyse()
        yield client
        transaction.set_rollback(True)


def queries_of(client, path):
    """Return the queries of a page, and how many pages its list has."""
    client.get(path)  # kinds of rows are asked for once in a process
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path)
    assert page.status_code == 200
    assert page.context["cl"].result_count, f"{path} finds nothing to tell by"
    return [query["sql"] for query in queries], page.context["cl"].paginator.num_pages


@pytest.mark.parametrize(("query", "fields"), FILTERS.items())
def test_one_post_is_asked_for_in_eight_questions(query, fields):
    fill_forum(threads=1, posts=1)
    client, sam = signed_in_moderator()
    Report.objects.create(post=Post.objects.get(), reason="spam", form_digest="one")
    unread_note(Post.objects.get()).save()
    Thread.objects.update(state="waiting" if "kind=thread" in query else "open")
    mine = {"assigned_to": sam} if "look=me" in query else {}
    Post.objects.update(**{"state": "waiting", "number": None, **fields, **mine})
    assert len(queries_of(client, f"{QUEUE}?{query}")[0]) == QUESTIONS


@pytest.mark.parametrize("query", FILTERS)
def test_fifty_thousand_are_asked_for_in_as_many_on_the_first_page_and_the_last(desk, query):
    assert Post.objects.count() == MANY
    first, last = queries_of(desk, f"{QUEUE}?{query}")
    late, _ = queries_of(desk, f"{QUEUE}?{query}p={last}")
    assert (len(first), len(late)) == (QUESTIONS, QUESTIONS)


@pytest.mark.parametrize(
    "query", ["", "look=reported&state=all&", "look=answered&state=all&", "kind=reply&", "note=with&", "state=all&"]
)
def test_a_late_page_of_the_queue_costs_at_most_twice_the_first(desk, query):
    _, last = queries_of(desk, f"{QUEUE}?{query}")
    costs = {page: work_of(desk, f"{QUEUE}?{query}p={page}") for page in (1, last // 2 or 1, last)}
    assert {page: cost for page, cost in costs.items() if cost > 2 * costs[1]} == {}


@pytest.mark.parametrize("query", [query for query in FILTERS if query != "state=all&"])
def test_posts_are_read_through_an_index(desk, query):
    statements, last = queries_of(desk, f"{QUEUE}?{query}")
    statements += queries_of(desk, f"{QUEUE}?{query}p={last}")[0]
    assert [sql for sql in statements if '"forums_post"' in sql and reads_all_rows(sql)] == []


def reads_all_rows(sql):
    """Return whether a query has to scan the whole table of posts."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return any(re.fullmatch(r"SCAN (forums_post|U\d)", step) for *_, step in cursor.fetchall())
        cursor.execute("SET LOCAL enable_seqscan = off")  # where an index serves at all, it is taken now
        cursor.execute(f"EXPLAIN {sql}")
        return any("Seq Scan on forums_post" in step for (step,) in cursor.fetchall())
