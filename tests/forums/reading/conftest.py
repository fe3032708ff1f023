"""Fixture of the tests of reading: published threads."""

import pytest

from forums.models import Thread
from forums.moderation import decisions
from forums.writer_actions import start_thread
from mscos.forms import new_submission_id


@pytest.fixture
def start(forum, sam):
    """A function that starts a thread, publishes it and returns it."""

    def start_and_publish(title="A thread", body="Words", *, tags=(), **fields):
        sent = start_thread(
            **{"forum": forum, "submission_id": new_submission_id(), "title": title, "body": body, **fields}
        )
        decisions.publish(post=sent.post, by=sam)
        thread = Thread.objects.select_related("forum").get(pk=sent.post.thread_id)
        thread.tags.add(*tags)
        return thread

    return start_and_publish
