"""The page that a code opens: outcomes of posts, and withdrawing one."""

import re

import pytest
import time_machine

from forums.models import ModeratorNote, Post, Thread
from forums.moderation import decisions
from forums.writer_actions import reply, withdraw
from mscos.forms import new_submission_id
from tests.forums.helpers import problems, published_reply, title, words

pytestmark = pytest.mark.django_db

WRONG = "Check the code. It has 16 letters and numbers"


def open_code(client, code):
    return client.post("/code/", {"code": code})


def test_the_page_asks_for_a_code(client, db):
    response = client.get("/code/")
    assert title(response) == "Use a code – Community of Practice"
    assert "Lost it? We cannot find a post without its code." in words(response)
    assert 'autocomplete="off"' in response.content.decode()


def test_a_code_shows_that_the_post_waits(client, waiting):
    page = words(open_code(client, waiting.code))
    assert f"In this thread you are {waiting.post.voice.name}." in page
    assert "Waiting to be checked" in page
    assert "No message from a moderator." in page
    assert "Is there one?" in page


@pytest.mark.parametrize(
    "write", [str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code.replace('-', ' ')} "]
)
def test_a_code_works_in_any_case_with_or_without_hyphens(client, waiting, write):
    assert "Waiting to be checked" in words(open_code(client, write(waiting.code)))


def test_i_l_and_o_are_read_as_digits(client, waiting):
    typed = waiting.code.replace("1", "l").replace("0", "o")
    assert "Waiting to be checked" in words(open_code(client, typed))


@pytest.mark.parametrize(
    "code", ["K7QW-3MHT-9XRC-V2PD", "short", "K7QW-3MHT-9XRC-V2P!", "\u0660" * 16, "x" * 100, "\x00"]
)
def test_unknown_and_impossible_codes_get_the_same_answer(client, waiting, code):
    response = open_code(client, code)
    assert response.status_code == 200
    assert problems(response)[0].startswith(WRONG) or "\x00" in code


def test_the_tenth_wrong_try_is_refused_and_a_right_one_does_not_count(client, waiting):
    for _ in range(12):
        open_code(client, waiting.code)
    for _ in range(9):
        assert problems(open_code(client, "K7QW-3MHT-9XRC-V2PD")) == [WRONG]
    response = open_code(client, waiting.code)
    assert response.status_code == 429
    assert problems(response) == ["Too many tries. Nothing was lost. Wait 10 minutes, then send again."]


def test_after_ten_minutes_a_code_can_be_tried_again(client, waiting):
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        for _ in range(10):
            open_code(client, "K7QW-3MHT-9XRC-V2PD")
    with time_machine.travel("2026-03-02T10:10:01Z", tick=False):
        assert open_code(client, waiting.code).status_code == 200


def test_a_refused_post_says_why_and_what_to_do_next(client, waiting, sam):
    decisions.refuse(post=waiting.post, by=sam, reason="place", words="It names your town.")
    response = open_code(client, waiting.code)
    page = words(response)
    assert "Not published" in page
    assert "We did not publish this because it names a place. You can send a new version without that." in page
    assert "It names your town." in page
    assert 'action="/code/new-version/"' in response.content.decode()


def test_a_published_post_leads_to_its_thread_and_counts_replies_since(client, thread, published, sam):
    published_reply(thread, sam)
    response = open_code(client, published.code)
    assert "See it in the thread . Replies since: 1." in words(response)
    assert f'href="{thread.get_absolute_url()}#post-1"' in response.content.decode()


def test_a_code_shows_all_posts_of_its_voice_and_no_others(client, thread, published):
    reply(thread=thread, submission_id=new_submission_id(), body="My second", code=published.code)
    reply(thread=thread, submission_id=new_submission_id(), body="Somebody else")
    page = words(open_code(client, published.code))
    assert "What happened to your posts" in page
    assert "My second" in page
    assert "Somebody else" not in page


def test_taking_down_asks_once_then_destroys(client, thread, published):
    asked = client.post("/code/take-down/", {"code": published.code, "n": "1"})
    assert "Take this post down? It starts the thread A quiet room , number 1" in words(asked)
    assert "It cannot be put back." in words(asked)
    assert Post.objects.get().state == "published"
    done = client.post("/code/take-down/", {"code": published.code, "n": "1", "sure": "yes"})
    assert "Your post was taken down" in words(done)
    assert (Post.objects.get().state, Post.objects.get().body, Thread.objects.get().title) == ("withdrawn", "", "")
    assert "Taken down by the writer" in words(open_code(client, published.code))


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "", "9" * 30])
def test_a_place_among_the_posts_that_is_none_takes_nothing_down(client, published, number):
    response = client.post("/code/take-down/", {"code": published.code, "n": number, "sure": "yes"})
    assert "There is nothing to take down" in words(response)
    assert Post.objects.get().state == "published"


def test_a_wrong_code_takes_nothing_down(client, published):
    response = client.post("/code/take-down/", {"code": "K7QW-3MHT-9XRC-V2PD", "n": "1", "sure": "yes"})
    assert problems(response) == [WRONG]
    assert Post.objects.get().state == "published"


def test_taking_down_by_opening_an_address_leads_to_the_question(client, db):
    assert client.get("/code/take-down/").headers["Location"] == "/code/"


def test_code_pages_are_not_stored_and_hold_no_code_in_title_or_address(client, waiting):
    response = open_code(client, waiting.code)
    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == (
        "no-store, private",
        "noindex, noarchive",
    )
    html = response.content.decode()
    assert waiting.code not in title(response)
    assert re.findall(rf'(?:href|action|src)="[^"]*{waiting.code}', html) == []


def test_a_code_page_asks_the_database_at_most_eight_times(client, thread, published, django_assert_max_num_queries):
    for _ in range(20):
        reply(thread=thread, submission_id=new_submission_id(), body=new_submission_id(), code=published.code)
    with django_assert_max_num_queries(8):
        open_code(client, published.code)


def test_what_is_held_tells_no_key_and_no_guess_that_would_tell_how_much_others_write(client, thread, sam):
    answered = Post.objects.create(pk=8_675_309, thread=thread, voice=thread.voices.get(), body="Words")
    decisions.publish(post=answered, by=sam)
    sent = reply(thread=thread, submission_id=new_submission_id(), body="Yes.", in_reply_to=answered, likely_spam=True)
    page = open_code(client, sent.code)
    assert "8675309" not in page.content.decode()
    assert f"In reply to post #2 in thread {thread.code}" in words(page)
    assert "advertising or a repeat" not in words(page)
    assert "our guess whether it may be advertising" in words(page)


def test_nothing_is_written_about_a_post_that_is_gone(client, waiting):
    form = {"code": waiting.code, "n": "1", "words": "One more thing.", "submission_id": new_submission_id()}
    withdraw(post=waiting.post)
    response = client.post("/code/answer/", form)
    assert response.status_code == 409
    assert problems(response) == ["This post was taken down. There is nothing left to write about."]
    assert ModeratorNote.objects.count() == 0


def test_words_to_the_moderators_hold_no_code(client, waiting):
    form = {"code": waiting.code, "n": "1", "words": f"It is {waiting.code}.", "submission_id": new_submission_id()}
    assert problems(client.post("/code/answer/", form)) == [
        "This seems to hold a code. Take it out: whoever has a code can act as its owner"
    ]
    assert ModeratorNote.objects.count() == 0


def test_messages_about_a_post_that_a_moderator_took_down_can_be_erased(client, thread, published, sam):
    sent = published_reply(thread, sam)
    decisions.remove(post=sent.post, by=sam, reason="person", words="It named Jo.")
    assert "Erase the messages about it" in words(open_code(client, sent.code))
    form = {"code": sent.code, "n": "1"}
    assert "Erase the messages about this post?" in words(client.post("/code/take-down/", form))
    assert ModeratorNote.objects.count() == 1
    client.post("/code/take-down/", {**form, "sure": "yes"})
    assert (ModeratorNote.objects.count(), Post.objects.get(number=2).state) == (0, "removed")
    assert "Erase the messages about it" not in words(open_code(client, sent.code))


def test_whoever_erases_messages_is_not_told_that_a_post_was_taken_down(client, thread, published, sam):
    sent = published_reply(thread, sam)
    decisions.remove(post=sent.post, by=sam, reason="person", words="It named Jo.")
    page = words(client.post("/code/take-down/", {"code": sent.code, "n": "1", "sure": "yes"}))
    assert ("The messages are erased" in page, "Your post was taken down" in page) == (True, False)
