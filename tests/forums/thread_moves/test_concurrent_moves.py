"""Moves and replies at the same time: the second waits, and acts on the outcome of the first."""

import threading
import time

import pytest
from django.db import connection, transaction

from forums.models import Post, Thread
from forums.moderation import thread_moves
from forums.writer_actions import reply
from mscos.forms import new_submission_id
from mscos.models import User
from mscos.refusals import Refused
from tests.concurrency import while_uncommitted
from tests.forums.thread_moves.helpers import numbered_bodies, post, posts, reload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sam(db):
    return User.objects.create(email="sam@example.org", display_name="Sam", is_staff=True)


def test_a_reply_that_waited_for_a_merge_is_where_the_posts_are(one, two):
    sent = lambda: reply(thread=one, submission_id=new_submission_id(), body="e")  # noqa: E731
    while_uncommitted(lambda: thread_moves.merge(thread=one, into=two), sent)
    assert Post.objects.get(body="e").thread == two


def test_an_answer_that_waited_for_a_split_goes_along(one):
    sent = lambda: reply(thread=one, submission_id=new_submission_id(), body="e", in_reply_to=post("c"))  # noqa: E731
    while_uncommitted(lambda: thread_moves.split(thread=one, posts=posts("c"), title="N"), sent)
    assert Post.objects.get(body="e").thread == post("c").thread != one


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite holds no single row")
def test_a_reply_that_waited_for_a_merge_gives_the_old_thread_back_before_it_waits_for_the_new(one, two):
    free = []

    def hold_the_new_one():
        """Keep the thread that takes the other over, and look whether that other one can be held too."""
        try:
            with transaction.atomic():
                Thread.objects.select_for_update().get(pk=two.pk)
                time.sleep(1)  # the reply waits for it by now
                free.extend(Thread.objects.select_for_update(skip_locked=True).filter(pk=one.pk))
        finally:
            connection.close()

    holder = threading.Thread(target=hold_the_new_one)

    def merge():
        thread_moves.merge(thread=one, into=two)
        holder.start()

    while_uncommitted(merge, lambda: reply(thread=one, submission_id=new_submission_id(), body="e"))
    holder.join(timeout=20)
    assert (free, Post.objects.get(body="e").thread) == ([one], two)


def test_of_two_merges_against_each_other_one_is_done(one, two):
    with pytest.raises(Refused, match=f"Nobody can read thread {one.code} now. Choose one that is open"):
        while_uncommitted(
            lambda: thread_moves.merge(thread=one, into=two), lambda: thread_moves.merge(thread=two, into=one)
        )
    assert (numbered_bodies(two), reload(one).merged_into) == ("1u 2v 3w 4a 5b 6c 7d", two)
