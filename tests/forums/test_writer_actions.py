from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction

from forums import writer_actions
from forums.models import Forum, ModeratorNote, Post, Thread, Topic, Voice
from forums.moderation import decisions
from forums.voice_names import NAMES, pick_name
from forums.writer_actions import erase_refused_posts, reply, start_thread, withdraw
from mscos.codes import digest, parse_code
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from tests.forums.helpers import published_reply

pytestmark = pytest.mark.django_db


def test_a_new_thread_waits_unseen_under_a_made_up_name(forum):
    sent = start_thread(forum=forum, submission_id=new_submission_id(), title="A quiet room", body="Is there one?")
    thread, voice, post = Thread.objects.get(), Voice.objects.get(), Post.objects.get()
    assert (thread.state, thread.title, thread.reply_count) == ("waiting", "A quiet room", 0)
    assert (post.state, post.number, post.voice, post.author, post.body) == (
        "waiting",
        None,
        voice,
        None,
        "Is there one?",
    )
    assert voice.name in NAMES
    assert voice.code_digest == digest(sent.code)
    assert parse_code(sent.code) == sent.code
    assert list(Thread.objects.visible()) == []


def test_the_same_form_twice_gives_the_same_code_and_one_post(forum):
    submission_id = new_submission_id()
    first = start_thread(forum=forum, submission_id=submission_id, title="One", body="Same words")
    second = start_thread(forum=forum, submission_id=submission_id, title="One", body="Same words")
    assert (second.post, second.code, second.is_repeat, first.is_repeat) == (first.post, first.code, True, False)
    assert Post.objects.count() == 1


def test_sending_again_asks_the_database_and_tries_no_write(forum, thread, django_assert_num_queries):
    """PostgreSQL would log a failed INSERT with its text and its time."""
    submission_id = new_submission_id()
    for send in (
        lambda: start_thread(forum=forum, submission_id=submission_id, title="One", body="Same words"),
        lambda: reply(thread=thread, submission_id=submission_id, body="Same words"),
    ):
        send()
        with django_assert_num_queries(1) as queries:
            send()
        assert queries[0]["sql"].startswith("SELECT")


def test_two_tabs_give_two_codes_and_two_posts(forum):
    first = start_thread(forum=forum, submission_id=new_submission_id(), title="One", body="Same words")
    second = start_thread(forum=forum, submission_id=new_submission_id(), title="One", body="Same words")
    assert first.code != second.code
    assert Post.objects.count() == 2


def test_other_words_from_a_form_that_was_sent_are_not_lost(forum):
    submission_id = new_submission_id()
    first = start_thread(forum=forum, submission_id=submission_id, title="One", body="First words")
    second = start_thread(forum=forum, submission_id=submission_id, title="One", body="Better words")
    assert first.code != second.code
    assert [post.body for post in Post.objects.order_by("pk")] == ["First words", "Better words"]


@pytest.mark.parametrize("change", [{"content_note": "threats"}, {"topic": "e"}, {"title": "Two"}])
def test_no_change_of_a_thread_that_was_sent_is_lost(forum, consultation, change):
    if "topic" in change:
        change = {"topic": Topic.objects.get(code="e")}
    submission_id, sent = new_submission_id(), {"title": "One", "body": "Words"}
    start_thread(forum=forum, submission_id=submission_id, **sent)
    second = start_thread(forum=forum, submission_id=submission_id, **{**sent, **change})
    assert second.is_repeat is False
    assert Post.objects.count() == 2


def test_no_change_of_a_reply_that_was_sent_is_lost_and_its_code_is_the_right_one(thread, published):
    submission_id, first_post = new_submission_id(), thread.posts.get()
    one = reply(thread=thread, submission_id=submission_id, body="Words")
    two = reply(thread=thread, submission_id=submission_id, body="Words", code=published.code)
    three = reply(thread=thread, submission_id=submission_id, body="Words", in_reply_to=first_post)
    assert [sent.is_repeat for sent in (one, two, three)] == [False, False, False]
    for sent in (one, two, three):
        assert Voice.objects.by_code(sent.code).get() == sent.post.voice


def test_a_code_continues_its_voice_and_no_code_makes_a_new_one(thread, published, sam):
    mine = reply(thread=thread, submission_id=new_submission_id(), body="Me again", code=published.code)
    other = reply(thread=thread, submission_id=new_submission_id(), body="Somebody else")
    assert mine.post.voice == published.post.voice
    assert mine.code == published.code
    assert other.post.voice != published.post.voice
    assert other.post.voice.name != published.post.voice.name


def test_a_name_that_another_voice_took_in_the_same_instant_is_chosen_anew(forum, thread, published):
    tries = []

    def store():
        tries.append(1)
        name = published.post.voice.name if len(tries) == 1 else "Cedar 9"
        voice = Voice.objects.create(thread=thread, code_digest=f"digest {len(tries)}", name=name)
        return Post.objects.create(thread=thread, voice=voice, body="Words", form_digest="d")

    sent = writer_actions._store_once("a form", "a code", store, refusal="")
    assert (len(tries), sent.is_repeat, sent.post.voice.name) == (2, False, "Cedar 9")


def test_a_code_of_another_thread_opens_no_voice_here(forum, thread):
    elsewhere = start_thread(forum=forum, submission_id=new_submission_id(), title="Elsewhere", body="Hello")
    with pytest.raises(Refused):
        reply(thread=thread, submission_id=new_submission_id(), body="Hello", code=elsewhere.code)
    assert Post.objects.filter(thread=thread).count() == 1


@pytest.mark.parametrize("state", [Forum.State.PAUSED, Forum.State.CLOSED])
def test_a_forum_that_is_not_open_takes_nothing(forum, thread, state):
    Forum.objects.update(state=state)
    forum.refresh_from_db()
    thread.forum = forum
    with pytest.raises(Refused):
        start_thread(forum=forum, submission_id=new_submission_id(), title="T", body="B")
    with pytest.raises(Refused):
        reply(thread=thread, submission_id=new_submission_id(), body="B")
    assert Post.objects.count() == 1


def test_a_closed_thread_takes_no_reply(thread):
    Thread.objects.update(state=Thread.State.CLOSED)  # after it was fetched: it counts how it is now
    with pytest.raises(Refused, match="This thread is closed"):
        reply(thread=thread, submission_id=new_submission_id(), body="B")


def test_withdrawing_what_waits_destroys_thread_title_and_words(waiting):
    withdraw(post=waiting.post)
    thread, post = Thread.objects.get(), Post.objects.get()
    assert (thread.state, thread.title) == ("gone", "")
    assert (post.state, post.body, post.body_html, post.content_note) == ("withdrawn", "", "", "")


def test_withdrawing_a_reply_keeps_its_number(thread, published, sam):
    second = published_reply(thread, sam)
    third = published_reply(thread, sam)
    withdraw(post=second.post)
    thread.refresh_from_db()
    assert list(thread.posts.in_order().values_list("number", "state")) == [
        (1, "published"),
        (2, "withdrawn"),
        (3, "published"),
    ]
    assert thread.reply_count == 1
    assert Post.objects.get(pk=third.post.pk).body == "There is."


def test_withdrawing_the_first_post_leaves_the_thread_to_those_who_answered(thread, published, sam):
    published_reply(thread, sam)
    withdraw(post=published.post)
    thread.refresh_from_db()
    assert (thread.state, thread.title, thread.reply_count) == ("open", "", 1)


def test_withdrawing_destroys_the_notes_about_the_post_too(waiting, sam):
    decisions.refuse(post=waiting.post, by=sam, reason="place", words="It names your town.")
    withdraw(post=waiting.post)
    assert ModeratorNote.objects.count() == 0


def test_the_writer_can_erase_what_a_moderator_said_of_a_removed_post(thread, published, sam):
    decisions.remove(post=published.post, by=sam, reason="person", words="It named Anna.")
    withdraw(post=published.post)
    assert (Post.objects.get().state, ModeratorNote.objects.count()) == ("removed", 0)


def test_withdrawing_twice_changes_nothing(waiting):
    withdraw(post=waiting.post)
    withdraw(post=waiting.post)
    assert Post.objects.get().state == "withdrawn"


def test_refused_words_are_erased_after_thirty_days_and_not_before(waiting, sam):
    with time_machine.travel(date(2026, 3, 1)):
        decisions.refuse(post=waiting.post, by=sam, reason="place", words="It names a town.")
    with time_machine.travel(date(2026, 3, 31)):
        erase_refused_posts()
        assert Post.objects.get().body == "Is there one?"
    with time_machine.travel(date(2026, 4, 1)):
        erase_refused_posts()
    post = Post.objects.get()
    assert (post.state, post.body, post.thread.title) == ("refused", "", "")
    assert ModeratorNote.objects.count() == 0


def test_a_name_is_new_in_its_thread_and_numbered_once_all_are_taken():
    assert pick_name([name for name in NAMES if name != "Cedar"]) == "Cedar"
    assert pick_name([*NAMES, *(f"{name} 2" for name in NAMES if name != "Moss")]) == "Moss 2"


@pytest.mark.parametrize(
    "broken",
    [
        {"voice": None},
        {"state": "published"},
        {"number": 4},
        {"state": "withdrawn"},
        {"state": "refused"},
    ],
)
def test_the_database_keeps_the_invariants_of_posts(waiting, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=waiting.post.pk).update(**broken)


def test_a_post_has_a_voice_or_an_author_never_both(waiting, sam):
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=waiting.post.pk).update(author=sam)
