"""Fifty thousand threads, and one thread of fifty thousand posts: some are made as moderation leaves them, then copied.

The database copies rows in a second or two, where making each of them here takes half a minute.
"""

from datetime import date, timedelta

from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from taggit.models import Tag

from forums.models import Consultation, Forum, Post, TaggedThread, Thread, Topic
from mscos.groups import MODERATORS
from mscos.models import User
from tests.bulk_rows import analyse, copy, numbers, others, store
from tests.people import make_staff, sign_in

DAY = date(2026, 3, 1)
MODELS = 500  # threads that differ from each other; the others are like them


def settle():
    """Let the database check now what was filled in, not after each test; and note what its housekeeping would have.

    Of these tables alone: the catalogues are shared with the databases of other tests, which would wait for them.
    """
    connection.check_constraints()
    analyse(*apps.get_app_config("forums").get_models())


def fill(*, threads, posts):
    """Make a forum with a call of seven types, a tag, `threads` threads that answer and one thread of `posts` posts."""
    forum = Forum.objects.create(slug="housing", title="Housing forum", purpose="What makes housing safe.")
    consultation = Consultation.objects.create(
        forum=forum, question="What would have to change?", why="To learn.", opens=DAY
    )
    topics = [Topic.objects.create(consultation=consultation, code=code, title=f"Type {code}") for code in "abcdefg"]
    models = min(threads, MODELS)
    rows = [Thread(**facts(number), forum=forum, topic=topics[number % 7]) for number in range(models)]
    long, *_ = store(Thread, rows)
    copy(Thread, numbers(threads // models - 1), code="code || '-' || CAST(n AS TEXT)")
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


def facts(number):
    """Return what differs from thread to thread: a day of a year and a half, and every third without a reply."""
    opened = DAY - timedelta(days=number)
    return {"code": str(number), "title": f"Thread {number}", "state": "open" if number % 9 else "closed",
            "opened_on": opened, "last_on": opened + timedelta(days=number % 50), "reply_count": number % 3}  # fmt: skip


def enter():
    """Return a client that a moderator has signed in with, and the moderator."""
    cache.clear()  # it knows codes of the second step that were used
    sam = make_staff(groups=[MODERATORS])
    client = Client()
    sign_in(client, sam)
    return client, sam
