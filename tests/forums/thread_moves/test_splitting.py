"""Splitting posts off a thread."""

import pytest
from django.utils import timezone

from forums.models import MovedPost, Post, Thread, Topic
from forums.moderation import decisions, thread_moves
from forums.writer_actions import reply, withdraw
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from tests.forums.helpers import published_reply
from tests.forums.thread_moves.helpers import moved_bodies, numbered_bodies, post, posts, reload

pytestmark = pytest.mark.django_db


def split(thread, bodies, title="N"):
    return thread_moves.split(thread=thread, posts=posts(bodies), title=title)


def test_chosen_posts_become_a_thread_numbered_from_one_in_their_old_order(one):
    new = split(one, "db")
    assert (numbered_bodies(new), numbered_bodies(one), moved_bodies(one)) == ("1b 2d", "1a 3c", "2b 4d")
    now = reload(new)
    assert (now.state, now.title, now.forum, now.reply_count) == ("open", "N", one.forum, 1)
    assert (now.opened_on, now.last_on, now.pinned) == (timezone.localdate(), post("d").day, False)
    assert (reload(one).reply_count, reload(one).state) == (1, "open")


def test_type_and_tags_are_copied(start, consultation):
    thread = start("abc", topic=Topic.objects.get(code="e"))
    thread.tags.add("deposits", "repairs")
    new = reload(split(thread, "b"))
    assert (new.topic.code, sorted(new.tags.names())) == ("e", ["deposits", "repairs"])
    assert sorted(thread.tags.names()) == ["deposits", "repairs"]


@pytest.mark.parametrize("title", ["🌱 Plants", "שלום עולם", "“Quotes” & <b>"])
def test_any_title_is_kept_as_it_is(client, one, title):
    new = split(one, "b", title)
    assert (reload(new).title, client.get(reload(new).get_absolute_url()).status_code) == (title, 200)


def test_what_waits_and_answers_a_moved_post_goes_along(one, sam):
    goes = reply(thread=one, submission_id=new_submission_id(), body="goes", in_reply_to=post("b"))
    refused = reply(thread=one, submission_id=new_submission_id(), body="refused", in_reply_to=post("b"))
    decisions.refuse(post=refused.post, by=sam, reason="spam", words="No.")
    stays = reply(thread=one, submission_id=new_submission_id(), body="stays", in_reply_to=post("c"))
    new = split(one, "b")
    for sent in (goes, refused, stays):
        now = Post.objects.get(pk=sent.post.pk)
        decisions.publish(post=now, by=sam, version=decisions.post_version(now))
    assert (numbered_bodies(new), numbered_bodies(one)) == ("1b 2goes 3refused", "1a 3c 4d 5stays")


def test_an_answer_that_is_published_stays_and_points_to_the_other_thread(one, sam):
    published_reply(one, sam, "e", in_reply_to=post("b"))
    new = split(one, "b")
    assert (numbered_bodies(one), post("e").in_reply_to.thread, post("e").in_reply_to.number) == ("1a 3c 4d 5e", new, 1)


def test_a_number_that_was_moved_away_is_not_given_anew(one, sam):
    split(one, "d")
    published_reply(one, sam, "e")
    assert numbered_bodies(one) == "1a 2b 3c 5e"


def test_what_stays_behind_is_undone_only_while_it_is_the_last(one, sam):
    split(one, "d")
    with pytest.raises(Refused, match="Another post was published after it"):
        decisions.undo(post=post("c"))
    assert numbered_bodies(one) == "1a 2b 3c"


def test_the_first_post_of_the_new_thread_takes_its_title_along(one):
    new = split(one, "bc")
    withdraw(post=post("b"))
    assert (reload(new).title, reload(new).state, reload(one).title) == ("", "open", "T")


@pytest.mark.parametrize(
    ("bodies", "message"),
    [
        ("", r"^Choose at least one post\.$"),
        ("ab", r"^The first post stays: the thread begins with it\. To take all along, move or merge\.$"),
        ("u", r"^Not all of these posts can still be read in this thread\. Look again, then choose\.$"),
        ("bu", r"^Not all of these posts can still be read"),
        ("e", r"^Not all of these posts can still be read"),
    ],
)
def test_what_cannot_be_split_off_is_told(one, two, bodies, message):
    reply(thread=one, submission_id=new_submission_id(), body="e")
    with pytest.raises(Refused, match=message):
        split(one, bodies)
    assert (numbered_bodies(one), numbered_bodies(two), Thread.objects.count(), MovedPost.objects.count()) == (
        "1a 2b 3c 4d",
        "1u 2v 3w",
        2,
        0,
    )


def test_a_post_taken_down_meanwhile_is_not_split_off(one):
    chosen = posts("bc")
    withdraw(post=post("b"))
    with pytest.raises(Refused, match="Not all of these posts can still be read"):
        thread_moves.split(thread=one, posts=chosen, title="N")


def test_a_thread_is_not_left_with_nothing_to_read(one):
    withdraw(post=post("a"))
    message = r"^No post would be left to read\. Leave one, or move or merge the whole thread\.$"
    with pytest.raises(Refused, match=message):
        split(one, "bcd")
    assert numbered_bodies(split(one, "bc")) == "1b 2c"


def test_of_two_tabs_the_second_split_does_nothing(one):
    chosen = posts("bc")
    thread_moves.split(thread=one, posts=chosen, title="N")
    with pytest.raises(Refused, match="Not all of these posts can still be read"):
        thread_moves.split(thread=one, posts=chosen, title="N")
    assert Thread.objects.count() == 2


def test_a_title_that_may_point_to_somebody_flags_the_new_thread_s_first_post(one):
    new = split(one, "b", title="Ring 07700 900321")
    assert (new.posts.get().may_identify, post("a").may_identify) == (True, False)
