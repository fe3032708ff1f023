"""Merging a thread into another."""

import pytest

from forums.models import Post, Thread
from forums.moderation import decisions, thread_moves
from forums.writer_actions import reply, withdraw
from mscos.erasure import overwrite_freed_pages
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from tests.forums.helpers import published_reply
from tests.forums.thread_moves.helpers import moved_bodies, numbered_bodies, post, posts, reload

pytestmark = pytest.mark.django_db


def facts(thread):
    now = reload(thread)
    return (now.state, now.title, now.reply_count, now.last_on, now.merged_into)


def test_posts_are_numbered_on_in_their_old_order(one, two):
    thread_moves.merge(thread=one, into=two)
    assert (numbered_bodies(two), moved_bodies(one), moved_bodies(two)) == ("1u 2v 3w 4a 5b 6c 7d", "1a 2b 3c 4d", "")
    assert facts(one) == ("gone", "", 0, None, two)
    assert facts(two) == ("open", "T", 6, post("d").day, None)


def test_a_reply_points_to_its_post_under_the_new_number(one, two, sam):
    published_reply(one, sam, "e", in_reply_to=post("b"))
    thread_moves.merge(thread=one, into=two)
    assert (post("e").in_reply_to.number, post("e").in_reply_to.thread) == (5, two)


def test_what_waits_was_refused_or_is_gone_goes_along(one, two, sam):
    sent = {
        name: reply(thread=one, submission_id=new_submission_id(), body=name)
        for name in ("waits", "refused", "withdrawn")
    }
    decisions.refuse(post=sent["refused"].post, by=sam, reason="spam", words="No.")
    withdraw(post=sent["withdrawn"].post)
    withdraw(post=post("b"))
    decisions.remove(post=post("c"), by=sam, reason="spam", words="No.")
    thread_moves.merge(thread=one, into=two)
    assert (numbered_bodies(two), one.posts.count()) == ("1u 2v 3w 4a 5- 6- 7d", 0)
    refused = Post.objects.get(pk=sent["refused"].post.pk)
    decisions.publish(post=refused, by=sam, version=decisions.post_version(refused))
    decisions.publish(post=sent["waits"].post, by=sam)
    assert numbered_bodies(two) == "1u 2v 3w 4a 5- 6- 7d 8refused 9waits"
    assert (facts(one)[:2], facts(two)[2]) == (("gone", ""), 6)


def test_a_withdrawn_post_that_was_answered_is_a_gap_that_its_answer_points_to(one, two, sam):
    published_reply(one, sam, "e", in_reply_to=post("b"))
    withdraw(post=post("b"))
    thread_moves.merge(thread=one, into=two)
    assert (post("e").in_reply_to.number, post("e").in_reply_to.state) == (5, "withdrawn")


def test_the_first_post_of_a_merged_thread_starts_nothing_any_more(one, two):
    thread_moves.merge(thread=one, into=two)
    withdraw(post=post("a"))
    assert facts(two)[:2] == ("open", "T")


def test_the_destroyed_title_is_written_over_in_the_database(one, two, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as follows:
        thread_moves.merge(thread=one, into=two)
    assert overwrite_freed_pages in follows


def test_earlier_merged_threads_are_pointed_on(start, one, two):
    three = start("xy")
    thread_moves.merge(thread=one, into=two)
    thread_moves.merge(thread=two, into=three)
    assert (reload(one).merged_into, reload(two).merged_into) == (three, three)
    assert numbered_bodies(three) == "1x 2y 3u 4v 5w 6a 7b 8c 9d"
    assert moved_bodies(two) == "1u 2v 3w 4a 5b 6c 7d"


def test_a_thread_is_not_merged_into_itself(one):
    with pytest.raises(Refused, match=r"^This is the thread itself\. Give the code of another\.$"):
        thread_moves.merge(thread=one, into=one)


def test_of_two_tabs_the_second_merge_does_nothing(start, one, two):
    three = start("xy")
    thread_moves.merge(thread=one, into=two)
    for act in (
        lambda: thread_moves.merge(thread=one, into=two),
        lambda: thread_moves.merge(thread=two, into=one),
        lambda: thread_moves.merge(thread=one, into=three),
    ):
        with pytest.raises(Refused, match=f"Nobody can read thread {one.code} now"):
            act()
    assert (numbered_bodies(two), numbered_bodies(three)) == ("1u 2v 3w 4a 5b 6c 7d", "1x 2y")


def test_a_post_that_a_moderator_has_open_is_decided_in_the_thread_where_it_is_now(one, two, sam):
    opened = Post.objects.get(pk=reply(thread=one, submission_id=new_submission_id(), body="e").post.pk)
    thread_moves.merge(thread=one, into=two)
    decisions.publish(post=opened, by=sam)
    assert (numbered_bodies(two), facts(one)[0], facts(two)[2]) == ("1u 2v 3w 4a 5b 6c 7d 8e", "gone", 7)
    shown = Post.objects.get(body="b")
    shown.thread = one  # as it was when the page was opened
    decisions.remove(post=shown, by=sam, reason="spam", words="No.")
    assert (numbered_bodies(two), facts(one)[0], facts(two)[2]) == ("1u 2v 3w 4a 5- 6c 7d 8e", "gone", 6)


def test_what_was_published_a_moment_ago_can_wait_again_after_a_merge_and_keeps_its_links(one, two, sam):
    thread_moves.merge(thread=one, into=two)
    decisions.undo(post=post("d"))
    assert (numbered_bodies(two), moved_bodies(one)) == ("1u 2v 3w 4a 5b 6c", "1a 2b 3c 4d")
    decisions.publish(post=post("d"), by=sam)
    assert (numbered_bodies(two), one.numbered_post(4)) == ("1u 2v 3w 4a 5b 6c 7d", post("d"))


def test_merging_costs_no_more_statements_for_many_posts(start, django_assert_max_num_queries):
    def count(letters):
        source, target = start(letters), start("x")
        with django_assert_max_num_queries(100) as queries:
            thread_moves.merge(thread=source, into=target)
        renamed = [query for query in queries.captured_queries if '"name" = ' in query["sql"]]
        return len(queries) - 4 * len(renamed)  # two people of one name are rare, and cost four

    Thread.objects.all().delete()
    assert abs(count("abcdefghijk") - count("lm")) <= 3


def test_there_and_back_again(one, two):
    new = thread_moves.split(thread=one, posts=posts("bc"), title="N")
    thread_moves.merge(thread=new, into=one)
    assert (numbered_bodies(one), moved_bodies(one), moved_bodies(new)) == ("1a 4d 5b 6c", "2b 3c", "1b 2c")
    assert [one.numbered_post(2), new.numbered_post(1)] == [post("b"), post("b")]


def test_a_post_whose_title_is_destroyed_is_no_longer_flagged_for_it(start, two):
    one = start("x", title="Ring 07700 900321")
    assert post("x").may_identify
    thread_moves.merge(thread=one, into=two)
    assert not post("x").may_identify
