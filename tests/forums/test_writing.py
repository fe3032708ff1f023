"""Writing without an account: the form, its refusals, the receipt."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from forums.models import Forum, Post, Thread, Topic, Voice
from forums.moderation import decisions
from forums.writer_actions import withdraw
from mscos.codes import digest, make_code
from mscos.forms import new_submission_id
from tests.forums.helpers import CODE, NEW, kept, post_fields, problems, published_reply, reply_address, title, words

pytestmark = pytest.mark.django_db


def test_a_thread_is_sent_and_waits_and_the_receipt_shows_its_code(client, forum, consultation):
    response = client.post(NEW, post_fields(topic="e"))
    code = CODE.search(response.content.decode()).group(1)
    assert title(response) == "Sent – Community of Practice"
    assert Voice.objects.get().code_digest == digest(code)
    assert (Post.objects.get().body, Thread.objects.get().topic) == ("Is there one?", Topic.objects.get(code="e"))
    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == (
        "no-store, private",
        "noindex, noarchive",
    )


def test_sending_again_shows_the_same_code_for_half_an_hour_then_never(client, forum):
    sent = post_fields()
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        sent["submission_id"] = new_submission_id()
        first = CODE.search(client.post(NEW, sent).content.decode()).group(1)
    with time_machine.travel("2026-03-02T10:29:00Z", tick=False):
        assert CODE.search(client.post(NEW, sent).content.decode()).group(1) == first
    with time_machine.travel("2026-03-02T10:31:00Z", tick=False):
        response = client.post(NEW, sent)
    assert "This page is only shown once" in words(response)
    assert first not in response.content.decode()
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": ""}, "Enter a title"),
        ({"title": " \t\n"}, "Enter a title"),
        ({"body": ""}, "Enter your post"),
        ({"body": "\u200b\u202e"}, "Enter your post"),
        ({"body": "x" * 10_001}, "Post must be 10,000 characters or less"),
        ({"title": "x" * 121}, "Title must be 120 characters or less"),
        ({"content_note": "x" * 101}, "Content note must be 100 characters or less"),
        ({"body": "a\x00b"}, "Post has characters that we cannot store. Type those words again, then send"),
        ({"title": "a\x1bb"}, "Title has characters that we cannot store. Type those words again, then send"),
        ({"leave_empty": "x"}, "A field that should stay empty was filled in. Nothing was lost. Send again."),
        (
            {"body": "My code is k7qw 3mht-9xrc v2pd."},
            "This seems to hold a code. Take it out: whoever has a code can act as its owner",
        ),
        (
            {"title": "K7QW3MHT9XRCV2PD"},
            "This seems to hold a code. Take it out: whoever has a code can act as its owner",
        ),
        ({"topic": "zz"}, "Choose one of the types in the list"),
        ({"submission_id": ""}, "This form was open for too long. Nothing was lost. Check and send again."),
        ({"submission_id": "forged:1:x"}, "This form was open for too long. Nothing was lost. Check and send again."),
    ],
)
def test_what_is_refused_is_told_and_kept_and_not_stored(client, forum, consultation, typed, message):
    sent = post_fields(**typed)
    response = client.post(NEW, sent)
    assert problems(response) == [message]
    assert title(response) == "Error: Write a post – Community of Practice"
    assert response.status_code == 200
    for name in ("title", "body", "content_note"):
        assert kept(response, name) == sent[name].replace("\r", ""), name
    assert (Thread.objects.count(), Post.objects.count(), Voice.objects.count()) == (0, 0, 0)


def test_what_was_refused_can_be_sent_from_the_page_that_said_so(client, forum):
    response = client.post(NEW, post_fields(submission_id="forged:1:x"))
    client.post(NEW, post_fields(submission_id=kept(response, "submission_id")))
    assert Post.objects.get().body == "Is there one?"


def test_a_form_that_lay_open_for_half_a_day_still_sends_and_a_whole_day_does_not(client, forum):
    with time_machine.travel("2026-03-02T07:00:00Z", tick=False):
        submission_id = new_submission_id()
    with time_machine.travel("2026-03-02T20:00:00Z", tick=False):
        assert problems(client.post(NEW, post_fields(submission_id=submission_id))) == [
            "This form was open for too long. Nothing was lost. Check and send again."
        ]
    with time_machine.travel("2026-03-02T18:00:00Z", tick=False):
        client.post(NEW, post_fields(submission_id=submission_id))
    assert Post.objects.count() == 1


def test_a_run_of_ten_thousand_brackets_is_stored_and_shown(client, forum, sam):
    client.post(NEW, post_fields(body="[" * 10_000))
    decisions.publish(post=Post.objects.get(), by=sam)
    assert "[" * 10_000 in client.get(Thread.objects.get().get_absolute_url()).content.decode()


def test_bytes_that_are_no_text_are_told_and_not_stored(client, forum):
    body = f"title=T&body=%ff%fe&submission_id={new_submission_id()}"
    response = client.post(NEW, body, content_type="application/x-www-form-urlencoded")
    assert problems(response) == ["Post has characters that we cannot store. Type those words again, then send"]
    assert Post.objects.count() == 0


def test_line_ends_and_emoji_and_other_scripts_are_kept(client, forum):
    client.post(NEW, post_fields(body="One\r\nTwo\r\n\r\nשלום 👩‍👩‍👧 می‌خواهم"))
    assert Post.objects.get().body == "One\nTwo\n\nשלום 👩‍👩‍👧 می‌خواهم"


@pytest.mark.parametrize("token", [{}, {"csrfmiddlewaretoken": "stale"}])
def test_a_missing_or_stale_form_token_gives_the_form_back_with_the_text(forum, token):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(NEW, {**post_fields(), **token})
    assert response.status_code == 403
    assert problems(response) == ["Something went wrong when sending. Nothing was lost. Check and send again."]
    assert (kept(response, "title"), kept(response, "body")) == ("A quiet room", "Is there one?")
    assert Post.objects.count() == 0
    again = {
        "title": "A quiet room",
        "body": "Is there one?",
        "submission_id": kept(response, "submission_id"),
        "csrfmiddlewaretoken": kept(response, "csrfmiddlewaretoken"),
    }
    strict.post(NEW, again)
    assert Post.objects.count() == 1


def test_after_twenty_posts_in_an_hour_the_text_comes_back_with_429(client, forum):
    for _ in range(20):
        client.post(NEW, post_fields())
    response = client.post(NEW, post_fields())
    assert response.status_code == 429
    assert problems(response) == ["Too many tries. Nothing was lost. Wait 60 minutes, then send again."]
    assert kept(response, "body") == "Is there one?"
    assert Post.objects.count() == 20
    assert client.get(NEW).status_code == 200


def test_at_the_limit_a_post_that_was_sent_still_shows_its_receipt(client, forum):
    sent = post_fields()
    code = CODE.search(client.post(NEW, sent).content.decode()).group(1)
    for _ in range(19):
        client.post(NEW, post_fields())
    assert client.post(NEW, post_fields()).status_code == 429
    assert CODE.search(client.post(NEW, sent).content.decode()).group(1) == code


def test_a_reply_answers_a_post_by_its_number(client, thread):
    page = client.get(f"{reply_address(thread)}?to=1")
    assert kept(page, "to") == "1"
    assert "You are replying to #1 by" in words(page)
    client.post(reply_address(thread), {"body": "Yes.", "submission_id": new_submission_id(), "to": "1"})
    assert Post.objects.get(body="Yes.").in_reply_to == thread.posts.get(number=1)


@pytest.mark.parametrize("number", ["99", "0", "x", "-1", "1.0", "9" * 40, "²"])
def test_a_reply_to_a_number_that_is_not_there_is_told_and_kept(client, thread, number):
    response = client.post(reply_address(thread), {"body": "Yes.", "submission_id": new_submission_id(), "to": number})
    assert problems(response) == [
        "The post that you are answering is not here any more. Send again to answer the whole thread."
    ]
    assert (kept(response, "body"), kept(response, "to")) == ("Yes.", "")
    assert Post.objects.count() == 1
    assert client.get(f"{reply_address(thread)}?to={number}").status_code == 200


def test_a_reply_to_a_post_that_was_taken_down_is_told_and_kept(client, thread, sam):
    sent = published_reply(thread, sam)
    decisions.remove(post=sent.post, by=sam, reason="person", words="W")
    response = client.post(reply_address(thread), {"body": "Yes.", "submission_id": new_submission_id(), "to": "2"})
    assert kept(response, "body") == "Yes."
    assert Post.objects.filter(body="Yes.").count() == 0


def test_a_code_keeps_the_name_in_its_thread(client, thread, published):
    typed = published.code.lower().replace("-", " ")
    response = client.post(
        reply_address(thread), {"body": "Me again.", "submission_id": new_submission_id(), "code": typed}
    )
    assert "Your code is the same as before" in words(response)
    assert (CODE.search(response.content.decode()), published.code in response.content.decode()) == (None, False)
    assert Post.objects.get(body="Me again.").voice == published.post.voice


@pytest.mark.parametrize("code", ["K7QW-3MHT-9XRC-V2PD", "nonsense", "x" * 99])
def test_a_code_that_is_not_of_this_thread_is_told_and_the_text_kept(client, thread, code):
    response = client.post(
        reply_address(thread), {"body": "Me again.", "submission_id": new_submission_id(), "code": code}
    )
    assert problems(response) == ["That code does not belong to this thread. Leave it empty to get a new name"]
    assert kept(response, "body") == "Me again."
    assert Post.objects.count() == 1


def test_the_reply_form_is_no_way_around_the_limit_of_wrong_codes(client, thread, published):
    for _ in range(9):
        client.post(
            reply_address(thread), {"body": "", "submission_id": new_submission_id(), "code": "K7QW-3MHT-9XRC-V2PD"}
        )
    for code in (published.code, "K7QW-3MHT-9XRC-V2PD"):
        response = client.post(
            reply_address(thread), {"body": "Words", "submission_id": new_submission_id(), "code": code}
        )
        assert response.status_code == 429
        assert problems(response) == ["Too many tries. Nothing was lost. Wait 10 minutes, then send again."]
    assert client.post("/code/", {"code": published.code}).status_code == 429
    without = client.post(reply_address(thread), {"body": "Words", "submission_id": new_submission_id()})
    assert title(without) == "Sent – Community of Practice"


def test_a_refused_form_does_not_tell_whether_its_code_was_right(thread, published):
    strict = Client(enforce_csrf_checks=True)
    answers = [
        problems(
            strict.post(reply_address(thread), {"body": "Words", "submission_id": new_submission_id(), "code": code})
        )
        for code in (published.code, "K7QW-3MHT-9XRC-V2PD")
    ]
    assert answers == [["Something went wrong when sending. Nothing was lost. Check and send again."]] * 2


def test_a_post_that_was_taken_down_has_no_receipt_any_more(client, forum):
    sent = post_fields()
    code = CODE.search(client.post(NEW, sent).content.decode()).group(1)
    client.post("/code/take-down/", {"code": code, "n": "1", "sure": "yes"})
    response = client.post(NEW, sent)
    assert "This page is only shown once" in words(response)
    assert code not in response.content.decode()


def test_a_reply_to_a_closed_thread_is_told_and_the_text_kept(client, thread):
    Thread.objects.update(state=Thread.State.CLOSED)
    response = client.post(reply_address(thread), {"body": "Late.", "submission_id": new_submission_id()})
    assert response.status_code == 409
    assert problems(response) == ["This thread is closed. Start a new one."]
    assert kept(response, "body") == "Late."
    assert Post.objects.count() == 1


def test_a_post_to_a_paused_forum_is_told_and_the_text_kept(client, forum):
    Forum.objects.update(state="paused")
    response = client.post(NEW, post_fields())
    assert problems(response) == ["New posts are paused for now. You can still read."]
    assert kept(response, "body") == "Is there one?"
    assert Post.objects.count() == 0


def test_the_receipt_cannot_be_opened_by_an_address(client, forum):
    client.post(NEW, post_fields())
    assert "code" not in client.get(NEW).content.decode().lower().split("before you write")[0]
    assert CODE.search(client.get(NEW).content.decode()) is None


def test_the_form_of_a_signed_in_writer_is_the_same(client, forum, sam):
    client.force_login(sam)
    client.post(NEW, post_fields())
    post = Post.objects.get()
    assert (post.author, post.decided_by) == (None, None)


def test_a_code_page_is_reached_from_the_receipt(client, forum):
    assert f'href="{reverse("forums:voice_detail")}"' in client.post(NEW, post_fields()).content.decode()


def test_the_limiter_and_the_receipt_keep_no_words_in_the_cache(client, forum):
    code = CODE.search(client.post(NEW, post_fields()).content.decode()).group(1)
    held = repr(vars(cache._cache) if hasattr(cache._cache, "__dict__") else cache._cache) + repr(list(cache._cache))
    assert code not in held
    assert make_code("x") != code
    assert "127.0.0.1" not in held


def test_a_thread_taken_down_while_somebody_writes_gives_the_text_back(client, thread, published):
    withdraw(post=published.post)
    response = client.post(reply_address(thread), {"body": "Words worth keeping", "submission_id": new_submission_id()})
    assert response.status_code == 409
    assert problems(response) == ["This thread was taken down. Start a new one."]
    assert kept(response, "body") == "Words worth keeping"
    assert client.get(reply_address(thread)).status_code == 404


def test_a_code_of_blanks_is_none_and_the_new_one_is_shown(client, thread):
    response = client.post(reply_address(thread), post_fields(code="  ", title=""))
    assert CODE.search(response.content.decode())
    assert Voice.objects.count() == 2
