"""Helpers of the tests of thread moves: posts and their numbers."""

import re

from forums.models import Post


def reload(row):
    return type(row).objects.get(pk=row.pk)


def post(body):
    return Post.objects.select_related("thread__forum", "voice").get(body=body)


def posts(bodies):
    return [post(body) for body in bodies]


def numbered_bodies(thread):
    """Return a thread's numbered posts: '1a 2b', and '3-' for one without text."""
    return " ".join(f"{row.number}{row.body or '-'}" for row in thread.posts.in_order())


def moved_bodies(thread):
    """Return the posts that were moved away from a thread, by their old numbers: '2b'."""
    return " ".join(f"{row.number}{row.post.body or '-'}" for row in thread.moved.order_by("number"))


def notices_on(response):
    """Return the notices in place of moved posts on a page, by number."""
    gone = re.findall(r'<p class="gone" id="post-(\d+)">(.*?)</p>', response.content.decode())
    return {int(number): re.sub(r"<[^>]+>", "", words) for number, words in gone}
