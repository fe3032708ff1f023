"""Moving a thread to another forum."""

import pytest

from forums.models import Consultation, Thread, Topic
from forums.moderation import decisions, thread_moves
from forums.writer_actions import reply, start_thread
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from tests.forums.thread_moves.helpers import numbered_bodies, reload

pytestmark = pytest.mark.django_db


def test_a_moved_thread_keeps_its_code_and_numbers_and_loses_its_type(start, consultation, safety):
    thread = start("abc", topic=Topic.objects.get(code="e"))
    thread_moves.move(thread=thread, to=safety)
    now = reload(thread)
    assert (now.forum, now.topic, now.code, numbered_bodies(now), now.reply_count) == (
        safety,
        None,
        thread.code,
        "1a 2b 3c",
        2,
    )


def test_its_old_forum_and_the_call_count_it_no_more(start, consultation, forum, safety):
    thread = start("abc", topic=Topic.objects.get(code="e"))
    counted = lambda: [  # noqa: E731
        (topic.view_count, topic.reply_count) for topic in Consultation.objects.get().topics.with_view_counts()
    ]
    assert counted() == [(1, 2), (0, 0)]
    thread_moves.move(thread=thread, to=safety)
    assert counted() == [(0, 0), (0, 0)]
    assert [row.thread_count for row in type(forum).objects.with_activity().order_by("slug")] == [0, 1]


def test_a_forum_that_is_closed_takes_a_moved_thread(one, safety):
    type(safety).objects.filter(pk=safety.pk).update(state="closed")
    thread_moves.move(thread=one, to=safety)
    assert reload(one).closed_because == "This forum is closed. You can still read."


def test_a_thread_is_not_moved_to_where_it_is(one, forum):
    with pytest.raises(Refused, match=r"^The thread is in this forum already\. Choose another\.$"):
        thread_moves.move(thread=one, to=forum)


@pytest.mark.parametrize("state", ["waiting", "gone"])
def test_a_thread_that_nobody_can_read_is_not_rearranged(one, two, safety, state):
    Thread.objects.filter(pk=one.pk).update(state=state, title="")
    message = rf"^Nobody can read thread {one.code} now\. Choose one that is open or closed\.$"
    for act in (
        lambda: thread_moves.move(thread=one, to=safety),
        lambda: thread_moves.merge(thread=one, into=two),
        lambda: thread_moves.merge(thread=two, into=one),
        lambda: thread_moves.split(thread=one, posts=[one.posts.get(number=2)], title="N"),
    ):
        with pytest.raises(Refused, match=message):
            act()
    assert (numbered_bodies(one), numbered_bodies(two), Thread.objects.count()) == ("1a 2b 3c 4d", "1u 2v 3w", 2)


def test_what_waits_in_a_moved_thread_is_published_in_it(one, safety, sam):
    sent = reply(thread=one, submission_id=new_submission_id(), body="e")
    thread_moves.move(thread=one, to=safety)
    decisions.publish(post=sent.post, by=sam)
    assert numbered_bodies(reload(one)) == "1a 2b 3c 4d 5e"


def test_the_type_of_a_new_view_is_not_touched(consultation, forum, safety, one):
    other = start_thread(
        forum=forum, submission_id=new_submission_id(), title="T", body="B", topic=Topic.objects.get(code="e")
    )
    thread_moves.move(thread=one, to=safety)
    assert reload(other.post.thread).topic.code == "e"
