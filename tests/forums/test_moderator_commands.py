"""Commands of moderators: undo, bulk actions, asking the writer, passing on, urgent; and the writer's answers."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from forums import writer_actions
from forums.models import ModeratorNote, Post, SafeguardingProcedure, Thread
from forums.moderation import decisions
from forums.writer_actions import start_thread, withdraw
from forums.writer_posts import HIDDEN_COLUMNS
from mscos.forms import new_submission_id
from mscos.groups import MODERATORS
from mscos.refusals import Refused
from tests.forums.helpers import (
    QUEUE,
    admin_words,
    kept,
    messages_of,
    problems,
    published_reply,
    review_url,
    send_bulk_action,
    send_command,
    words,
)
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, sam):
    sign_in(client, sam)
    return client


def post_of(sent):
    return Post.objects.select_related("thread").get(pk=sent.post.pk)


def facts(post):
    return (post.state, post.number, post.thread.state, post.thread.reply_count, post.decided_by)


# Undoing


def test_a_published_thread_can_wait_again(desk, waiting, sam):
    decisions.publish(post=waiting.post, by=sam)
    assert "Undo this decision" in admin_words(desk.get(review_url(waiting.post)))
    assert messages_of(send_command(desk, waiting.post, "undo")) == ["Undone. It waits again."]
    assert facts(post_of(waiting)) == ("waiting", None, "waiting", 0, None)
    assert (post_of(waiting).body, post_of(waiting).body_html) == ("Is there one?", "")
    assert Client().get(waiting.post.thread.get_absolute_url()).status_code == 404
    decisions.publish(post=waiting.post, by=sam)
    assert facts(post_of(waiting)) == ("published", 1, "open", 0, sam)


def test_a_published_reply_can_wait_again_and_the_thread_stays(desk, thread, sam):
    sent = published_reply(thread, sam)
    send_command(desk, sent.post, "undo")
    assert facts(post_of(sent)) == ("waiting", None, "open", 0, None)


def test_a_refused_post_can_wait_again_without_the_words_about_it(desk, waiting, sam):
    decisions.ask_writer(post=waiting.post, words="Which one?")
    writer_actions.answer_moderators(post=waiting.post, submission_id="s", words="That one.")
    decisions.refuse(post=waiting.post, by=sam, reason="place", words="It names a place.")
    send_command(desk, waiting.post, "undo")
    assert facts(post_of(waiting)) == ("waiting", None, "waiting", 0, None)
    assert post_of(waiting).reason == ""
    assert list(ModeratorNote.objects.values_list("body", flat=True)) == ["Which one?", "That one."]


def test_after_ten_minutes_nothing_is_undone(desk, waiting, sam):
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        sign_in(desk, sam)
        decisions.publish(post=waiting.post, by=sam)
        clock.shift(timedelta(minutes=9, seconds=59))
        assert decisions.can_undo(post=post_of(waiting))
        clock.shift(timedelta(seconds=2))
        assert not decisions.can_undo(post=post_of(waiting))
        with pytest.raises(Refused, match="More than ten minutes are over"):
            decisions.undo(post=waiting.post)
    assert post_of(waiting).state == "published"


def test_what_was_published_after_it_keeps_its_place(desk, published, sam):
    published_reply(published.post.thread, sam)
    assert messages_of(send_command(desk, published.post, "undo")) == [
        "Another post was published after it. Take it down instead."
    ]
    assert post_of(published).number == 1


def test_what_destroyed_words_cannot_be_undone(desk, waiting, sam):
    decisions.publish(post=waiting.post, by=sam)
    version = decisions.post_version(post_of(waiting))
    decisions.publish_with_changes(post=waiting.post, by=sam, title="T", body="Other words", version=version)
    assert "Undo this decision" not in admin_words(desk.get(review_url(waiting.post)))
    assert not decisions.can_undo(post=post_of(waiting))
    decisions.remove(post=waiting.post, by=sam, reason="spam", words="No.")
    assert not decisions.can_undo(post=post_of(waiting))


def test_a_post_that_its_writer_took_down_stays_down(desk, waiting, sam):
    decisions.publish(post=waiting.post, by=sam)
    withdraw(post=waiting.post)
    assert "This is no longer waiting: Taken down by the writer." in messages_of(
        send_command(desk, waiting.post, "undo")
    )
    assert post_of(waiting).state == "withdrawn"


def test_what_waits_again_has_waited_since_it_came_and_where_it_did(forum, sam):
    post = start_thread(forum=forum, submission_id=new_submission_id(), title="T", body="Words", likely_spam=True).post
    Post.objects.update(day="2026-03-01")
    decisions.publish(post=post, by=sam)
    decisions.undo(post=post)
    assert Post.objects.values_list("state", "day", "likely_spam").get() == ("waiting", date(2026, 3, 1), True)


def test_a_page_opened_before_undoes_nothing_that_a_colleague_did_since(desk, waiting, sam, alex):
    decisions.refuse(post=waiting.post, by=sam, reason="spam", words="No.")
    version = decisions.post_version(post_of(waiting))
    decisions.undo(post=waiting.post)
    decisions.publish(post=waiting.post, by=alex)
    page = send_command(desk, waiting.post, "undo", version=version)
    assert [words.startswith("Alex decided on") for words in messages_of(page)] == [True]
    assert post_of(waiting).state == "published"


def test_a_published_new_version_can_be_undone(waiting, sam):
    decisions.refuse(post=waiting.post, by=sam, reason="place", words="No towns.")
    writer_actions.correct(post=waiting.post, code=waiting.code, submission_id="t", title="T", body="Other words")
    new = Post.objects.latest("pk")
    decisions.publish(post=new, by=sam)
    decisions.undo(post=new)
    assert (Post.objects.get(pk=new.pk).state, Thread.objects.get().state) == ("waiting", "waiting")


def test_a_decision_ends_that_it_is_urgent(waiting, sam):
    decisions.mark_urgent(post=waiting.post, urgent=True)
    decisions.publish(post=waiting.post, by=sam)
    assert post_of(waiting).urgent is False


def test_what_was_decided_lately_is_known_to_memory_alone(waiting, sam):
    decisions.publish(post=waiting.post, by=sam)
    assert len([key for key in cache._cache if "undo:" in key]) == 1
    assert post_of(waiting).decided_on == timezone.localdate()


# Several at once


def many(forum, count, **fields):
    return [
        start_thread(forum=forum, submission_id=new_submission_id(), title=f"T{n}", body=f"Words {n}", **fields).post
        for n in range(count)
    ]


def test_several_are_published_at_once_and_those_with_a_note_are_left_to_be_read(desk, forum, sam):
    posts, noted = many(forum, 3), many(forum, 1, content_note="threats")
    assert messages_of(send_bulk_action(desk, "publish_chosen", [*posts, *noted])) == [
        "1 with a content note or a message from the writer was left: open and read each.",
        "3 published. To undo one, open it within ten minutes; of one thread the last comes first.",
    ]
    assert list(Post.objects.order_by("pk").values_list("state", flat=True)) == ["published"] * 3 + ["waiting"]
    assert all(decisions.can_undo(post=Post.objects.get(pk=post.pk)) for post in posts)


def test_those_that_somebody_decided_on_are_left_and_told(desk, forum, sam, alex):
    posts = many(forum, 2)
    decisions.refuse(post=posts[0], by=alex, reason="spam", words="No.")
    done = decisions.publish_many(posts=posts, by=sam)
    assert done == 1
    page = send_bulk_action(desk, "refuse_chosen", posts)
    assert messages_of(page) == ["2 left: somebody had decided already, or they did not wait."]


def test_several_are_refused_as_advertising(desk, forum):
    posts = many(forum, 2)
    send_bulk_action(desk, "refuse_chosen", posts)
    assert set(Post.objects.values_list("state", "reason")) == {("refused", "spam")}
    assert {note.body for note in ModeratorNote.objects.all()} == {decisions.SPAM_WORDS}


def test_posts_of_one_batch_appear_in_an_order_drawn_by_lot(thread, sam):
    """Three batches of twelve: by chance, one comes out in the order of arrival once in 160 million runs."""
    orders = set()
    for _ in range(3):
        sent = [
            writer_actions.reply(thread=thread, submission_id=new_submission_id(), body=f"Words {n}").post
            for n in range(12)
        ]
        decisions.publish_many(posts=sent, by=sam)
        numbers = list(
            Post.objects.filter(pk__in=[post.pk for post in sent]).order_by("pk").values_list("number", flat=True)
        )
        lowest = min(numbers)
        orders.add(tuple(number - lowest for number in numbers))
    assert tuple(range(12)) not in orders
    assert all(sorted(order) == list(range(12)) for order in orders)


# Asking, passing on, urgent


def test_the_writer_is_asked_and_answers_with_the_code(desk, waiting):
    page = send_command(desk, waiting.post, "ask", question="Which town is meant?")
    assert messages_of(page) == ["Sent. Only the writer can read it."]
    assert post_of(waiting).state == "waiting"
    reader = Client()
    assert "From a moderator" in words(reader.post("/code/", {"code": waiting.code}))
    typed = {"code": waiting.code, "n": "1", "submission_id": new_submission_id(), "words": "None in particular."}
    for _ in range(2):
        answer = reader.post("/code/answer/", typed)
    assert "The moderators will read it." in answer.content.decode()
    assert "From you" in words(answer)
    assert list(ModeratorNote.objects.values_list("by_writer", "body")) == [
        (False, "Which town is meant?"),
        (True, "None in particular."),
    ]
    assert "The writer, " in admin_words(desk.get(review_url(waiting.post)))


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ({"words": " "}, ["Enter your message"]),
        ({"words": "x" * 2_001}, ["Message must be 2,000 characters or less"]),
        ({"submission_id": ""}, ["This form was open for too long. Nothing was lost. Check and send again."]),
    ],
)
def test_an_answer_that_is_refused_is_kept(client, waiting, typed, messages):
    sent = {"code": waiting.code, "n": "1", "submission_id": new_submission_id(), "words": "Kept", **typed}
    page = client.post("/code/answer/", sent)
    assert (problems(page), kept(page, "words")) == (messages, sent["words"])
    assert not ModeratorNote.objects.exists()


def test_a_stale_token_and_too_many_codes_keep_the_answer(waiting):
    strict = Client(enforce_csrf_checks=True)
    typed = {"n": "1", "submission_id": new_submission_id(), "words": "Kept"}
    page = strict.post("/code/answer/", {"code": waiting.code, **typed})
    assert (page.status_code, kept(page, "words")) == (403, "Kept")
    for number in range(9):
        strict.post("/code/answer/", {"code": f"K7QW-3MHT-9XRC-V2P{number}", **typed})
    page = strict.post("/code/answer/", {"code": waiting.code, **typed})
    assert (page.status_code, kept(page, "words")) == (429, "Kept")
    assert not ModeratorNote.objects.exists()


@pytest.mark.parametrize("number", ["", "0", "2", "x", "9" * 30])
def test_an_answer_about_no_post_is_kept(client, waiting, number):
    sent = {"code": waiting.code, "n": number, "submission_id": new_submission_id(), "words": "Kept"}
    assert client.post("/code/answer/", sent).status_code == 200
    assert not ModeratorNote.objects.exists()


def test_an_empty_question_is_not_asked(desk, waiting):
    assert "Enter a question" in admin_words(send_command(desk, waiting.post, "ask", question=" "))
    assert not ModeratorNote.objects.exists()


def test_a_post_is_passed_to_a_colleague_who_checks_posts(desk, waiting, alex):
    make_staff("kim@example.org", display_name="Kim")
    assert messages_of(send_command(desk, waiting.post, "pass_on", to=alex.pk)) == ["Passed to Alex."]
    assert "for Alex" in admin_words(desk.get(QUEUE))
    assert "Kim" not in admin_words(desk.get(review_url(waiting.post)))
    assert messages_of(send_command(desk, waiting.post, "pass_on", to="")) == ["It waits for anybody."]
    assert post_of(waiting).assigned_to is None


def test_urgent_comes_first_and_shows_the_steps(desk, forum, waiting):
    second = start_thread(forum=forum, submission_id=new_submission_id(), title="T", body="Second words")
    SafeguardingProcedure.objects.update(body_html="<p>Ring Jo.</p>")
    assert "Do this now:" not in admin_words(desk.get(review_url(second.post)))
    page = admin_words(send_command(desk, second.post, "urgent"))
    assert ("Do this now:" in page, page.count("Ring Jo.")) == (True, 1)
    queue = admin_words(desk.get(QUEUE))
    assert queue.index("Second words") < queue.index("Is there one?")
    send_command(desk, second.post, "not_urgent")
    assert not post_of(second).urgent


@pytest.mark.parametrize("name", ["pass_on", "urgent", "not_urgent"])
def test_what_is_decided_is_passed_on_no_more(desk, published, sam, name):
    page = send_command(desk, published.post, name, to="")
    assert messages_of(page) == [decisions.what_happened(post_of(published))]


def test_nobody_but_moderators_does_any_of_it(client, waiting):
    sign_in(client, make_staff("kim@example.org", groups=["Editors"]))
    for name in ("ask", "pass_on", "urgent", "undo", "keep"):
        assert client.post(review_url(waiting.post), {"act": name, "question": "x"}).status_code == 403
    assert (Thread.objects.get().state, MODERATORS) == ("waiting", "Moderators")


# What is held


def test_the_code_shows_every_column_of_the_post_and_the_voice(client, published):
    page = client.post("/code/", {"code": published.code}).content.decode()
    post, voice = page.split("What we hold about you in this thread")
    of_the_thread = 2  # what its writer gave it: title and type
    assert (
        post.split("What we hold about this post")[1].count("<dt>")
        == len(Post._meta.concrete_fields) - len(HIDDEN_COLUMNS) + of_the_thread
    )
    assert voice.count("<dt>") == len(type(published.post.voice)._meta.concrete_fields) - 1
    assert "Left out is the number of the row in our tables: it would tell how many others wrote." in voice
    assert "Number of the row" not in page
    assert "somebody of the team" in post
    assert "Sam" not in page


def test_a_decision_ends_that_it_was_passed_to_somebody(waiting, sam, alex):
    decisions.hand_over(post=waiting.post, to=alex)
    decisions.publish(post=waiting.post, by=sam)
    assert Post.objects.get().assigned_to is None
