"""Fixtures of the tests of thread moves: a second forum, and threads of a few posts."""

import pytest

from forums.models import Forum, Thread, Voice
from forums.moderation import decisions
from forums.writer_actions import start_thread
from mscos.forms import new_submission_id
from tests.forums.helpers import published_reply


@pytest.fixture
def safety(db):
    return Forum.objects.create(slug="safety", title="Safety forum", purpose="What makes people safe.")


@pytest.fixture
def start(forum, sam):
    """A function that creates a published thread of posts 'a', 'b' … by the voices A, B …, with their `codes`."""

    def make(letters="abcd", **fields):
        first, *others = letters
        sent = start_thread(
            **{"forum": forum, "submission_id": new_submission_id(), "title": "T", "body": first, **fields}
        )
        decisions.publish(post=sent.post, by=sam)
        thread = Thread.objects.select_related("forum").get(pk=sent.post.thread_id)
        thread.codes = {first: sent.code}
        for letter in others:
            thread.codes[letter] = published_reply(thread, sam, letter).code
        for row in thread.posts.all():  # a name of no plant or landscape: chosen names never meet it by chance
            Voice.objects.filter(pk=row.voice_id).update(name=row.body.upper())
        return thread

    return make


@pytest.fixture
def one(start):
    return start("abcd")


@pytest.fixture
def two(start):
    return start("uvw")
