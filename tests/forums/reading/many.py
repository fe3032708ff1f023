"""Fifty thousand threads, and one thread of fifty thousand posts: made in bulk, in the state that moderation leaves them in."""

from datetime import date, timedelta

from taggit.models import Tag

from forums.models import CallForViews, Forum, Post, Prompt, TaggedThread, Thread
from mscos.models import User

DAY = date(2026, 3, 1)


def fill(*, threads, posts):
    """Make a forum with a call of seven types, a tag, `threads` threads that answer and one thread of `posts` posts."""
    forum = Forum.objects.create(slug="housing", title="Housing forum", purpose="What makes housing safe.")
    call = CallForViews.objects.create(forum=forum, question="What would have to change?", why="To learn.", opens=DAY)
    prompts = [Prompt.objects.create(call=call, code=code, title=f"Type {code}") for code in "abcdefg"]
    tag = Tag.objects.create(name="deposits", slug="deposits")
    member = User.objects.create(email="max@example.org", display_name="Max")
    rows = [Thread(**facts(number), forum=forum, prompt=prompts[number % 7]) for number in range(threads)]
    Thread.objects.bulk_create(rows, batch_size=2000)
    TaggedThread.objects.bulk_create((TaggedThread(content_object=row, tag=tag) for row in rows[::2]), batch_size=5000)
    Post.objects.bulk_create((shown(row, 1, member) for row in rows), batch_size=2000)
    Post.objects.bulk_create((shown(rows[0], number, member) for number in range(2, posts + 1)), batch_size=2000)
    Thread.objects.filter(pk=rows[0].pk).update(reply_count=posts - 1, pinned=True)
    return rows[0]


def facts(number):
    """Return what differs from thread to thread: a day of a year and a half, and every fifth without a reply."""
    opened = DAY - timedelta(days=number % 500)
    return {"code": f"{number:08}", "title": f"Thread {number}", "state": "open" if number % 9 else "closed",
            "opened_on": opened, "last_on": opened + timedelta(days=number % 50), "reply_count": number % 5}  # fmt: skip


def shown(thread, number, member):
    """Return a published post, not yet stored."""
    words = f"Post {number}"
    return Post(thread=thread, number=number, author=member, body=words, body_html=f"<p>{words}</p>",
                state="published", day=thread.opened_on)  # fmt: skip
