from datetime import date

import pytest
import time_machine

from forums.models import ModeratorNote, Post, Report, Thread
from forums.moderation import decisions
from forums.moderation.reports import report
from forums.writer_actions import reply, withdraw
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from mscos.stale import Stale
from tests.forums.helpers import published_reply

pytestmark = pytest.mark.django_db


def test_publishing_shows_the_thread_and_gives_the_number(waiting, sam):
    with time_machine.travel(date(2026, 4, 3)):
        decisions.publish(post=waiting.post, by=sam)
    post, thread = Post.objects.get(), Thread.objects.get()
    assert (post.state, post.number, post.body_html) == ("published", 1, "<p>Is there one?</p>\n")
    assert (post.day, post.decided_by, post.decided_on) == (date(2026, 4, 3), sam, date(2026, 4, 3))
    assert (thread.state, thread.reply_count, thread.last_on) == ("open", 0, date(2026, 4, 3))


def test_numbers_tell_the_order_of_release_not_of_writing(thread, sam):
    first = reply(thread=thread, submission_id=new_submission_id(), body="Written first")
    second = reply(thread=thread, submission_id=new_submission_id(), body="Written second")
    decisions.publish(post=second.post, by=sam)
    decisions.publish(post=first.post, by=sam)
    assert [post.body for post in thread.posts.in_order()] == ["Is there one?", "Written second", "Written first"]


def test_publishing_with_changes_destroys_what_was_taken_out(waiting, sam):
    decisions.publish_with_changes(
        post=waiting.post, by=sam, title="A room", body="Is there a quiet one?", words="We took a word out."
    )
    post, thread = Post.objects.get(), Thread.objects.get()
    assert (post.state, post.body, post.body_html) == (
        "changed",
        "Is there a quiet one?",
        "<p>Is there a quiet one?</p>\n",
    )
    assert thread.title == "A room"
    assert [note.body for note in post.voice.notes.all()] == ["We took a word out."]


def test_a_change_of_a_reply_leaves_the_title_alone(thread, sam):
    sent = reply(thread=thread, submission_id=new_submission_id(), body="With a name")
    decisions.publish_with_changes(post=sent.post, by=sam, body="Without", title="Another title")
    assert Thread.objects.get().title == "A quiet room"


def test_refusing_keeps_the_post_unseen_and_tells_the_writer(waiting, sam):
    decisions.refuse(post=waiting.post, by=sam, reason="place", words="It names your town.")
    post = Post.objects.get()
    assert (post.state, post.reason, post.number) == ("refused", "place", None)
    assert [note.body for note in post.notes.all()] == ["It names your town."]
    assert list(Thread.objects.visible()) == []


def test_what_was_refused_can_still_be_published(waiting, sam):
    decisions.refuse(post=waiting.post, by=sam, reason="place", words="It names your town.")
    decisions.publish(post=waiting.post, by=sam, version=decisions.post_version(Post.objects.get()))
    post = Post.objects.get()
    assert (post.state, post.reason, post.number) == ("published", "", 1)


def test_taking_down_destroys_the_words_and_keeps_the_number(thread, sam):
    sent = published_reply(thread, sam)
    decisions.remove(post=sent.post, by=sam, reason="person", words="It named somebody.")
    post = Post.objects.get(pk=sent.post.pk)
    assert (post.state, post.body, post.body_html, post.number, post.reason) == ("removed", "", "", 2, "person")


def test_of_two_moderators_the_second_is_told_who_was_first(waiting, sam, alex):
    with time_machine.travel(date(2026, 4, 3)):
        decisions.publish(post=waiting.post, by=sam)
    with pytest.raises(Refused, match=r"^Sam decided on 3 April 2026: Published\.$"):
        decisions.refuse(post=waiting.post, by=alex, reason="place", words="No")
    assert Post.objects.get().state == "published"
    assert ModeratorNote.objects.count() == 0


def test_what_its_writer_took_down_cannot_be_published(waiting, sam):
    withdraw(post=waiting.post)
    with pytest.raises(Refused, match="Taken down by the writer"):
        decisions.publish(post=waiting.post, by=sam)


def test_a_thread_whose_writer_left_opens_again_with_a_waiting_reply(thread, published, sam):
    sent = reply(thread=thread, submission_id=new_submission_id(), body="Late")
    withdraw(post=published.post)
    assert Thread.objects.get().state == "gone"
    decisions.publish(post=sent.post, by=sam)
    current = Thread.objects.get()
    assert (current.state, current.shown_title) == ("open", "A thread whose title was taken down")


def test_a_closed_thread_stays_closed_when_a_waiting_reply_is_published(thread, sam):
    sent = reply(thread=thread, submission_id=new_submission_id(), body="Late")
    Thread.objects.update(state=Thread.State.CLOSED)
    decisions.publish(post=sent.post, by=sam)
    assert Thread.objects.get().state == "closed"


def test_what_is_published_can_be_changed_in_its_place_and_its_reports_go(thread, sam, alex):
    sent = published_reply(thread, sam, body="Ask Jo Bloggs.")
    published_reply(thread, sam)
    report(post=sent.post, submission_id="s", reason="points", words="Jo Bloggs is a name.")
    before = Post.objects.get(pk=sent.post.pk)
    with time_machine.travel(date(2099, 4, 3)):
        decisions.publish_with_changes(
            post=sent.post, by=alex, body="Ask somebody.", words="A name.", version=decisions.post_version(before)
        )
    post = Post.objects.get(pk=sent.post.pk)
    assert (post.state, post.number, post.day) == ("changed", before.number, before.day)
    assert (post.body, post.body_html, post.decided_by) == ("Ask somebody.", "<p>Ask somebody.</p>\n", alex)
    assert (Report.objects.count(), post.notes.get().body) == (0, "A name.")


def test_of_two_who_change_what_is_published_the_second_puts_nothing_back(thread, sam, alex):
    post = thread.posts.get()
    version = decisions.post_version(post)
    decisions.publish_with_changes(post=post, by=alex, title="T", body="Without the name.", version=version)
    with pytest.raises(Refused, match=r"Alex decided on .*: Published with a change\."):
        decisions.publish_with_changes(post=post, by=sam, title="T", body="With the name.", version=version)
    assert Post.objects.get().body == "Without the name."


def test_a_post_taken_down_takes_the_reports_of_it_along(thread, sam):
    post = thread.posts.get()
    report(post=post, submission_id="s", reason="points", words="It says where.")
    withdraw(post=post)
    assert Report.objects.count() == 0


def test_a_page_that_was_opened_before_its_thread_got_another_title_decides_nothing(waiting, sam):
    version = decisions.post_version(waiting.post)
    Thread.objects.update(title="Another title")
    with pytest.raises(Stale, match="changed while you looked at it"):
        decisions.publish(post=waiting.post, by=sam, version=version)
    assert Post.objects.get().state == "waiting"


def test_the_first_post_waits_no_more_once_somebody_answered(published, thread, sam):
    """The reply would start the thread, and its writer could change the title that another writer gave it."""
    reply(thread=thread, submission_id=new_submission_id(), body="There is.")
    with pytest.raises(Refused, match="Somebody has answered it"):
        decisions.undo(post=published.post)
    assert (Thread.objects.get().state, Post.objects.get(number=1).state) == ("open", "published")
