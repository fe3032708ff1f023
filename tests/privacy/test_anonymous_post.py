"""The most important test: all that is stored, before and after an anonymous post, and nothing of the writer in it.

Rules 1 to 3 of anonymity: a post is stored without account, session, address, email, agent and time of day, also when
the writer is signed in; the code is stored only as an HMAC; no log, cache, mail or file reveals more.
"""

import re

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from forums.models import Forum, Post
from mscos.codes import digest
from mscos.forms import new_submission_id
from tests.privacy.helpers import (
    DAY,
    MOMENT,
    OPENED,
    assert_no_trace,
    code_in,
    send_post,
    take_snapshot,
)

pytestmark = pytest.mark.django_db


def test_a_thread_leaves_one_thread_one_voice_one_post_and_no_trace(writer, forum, log):
    before = take_snapshot(log)
    response = send_post(writer, "/forums/housing/new/", title="A title", content_note="noise")
    after = take_snapshot(log)
    code = code_in(response)
    rows = after.added(before)
    assert {name: len(found) for name, found in rows.items()} == {
        "forums_thread": 1,
        "forums_voice": 1,
        "forums_post": 1,
    }
    assert after.gone(before) == {}
    (thread,), (voice,), (post,) = rows["forums_thread"], rows["forums_voice"], rows["forums_post"]
    assert {name: str(value) for name, value in post.items() if name not in {"id", "form_digest"}} == {
        "number": "None",
        "body": "Some words",
        "body_html": "",
        "content_note": "noise",
        "state": "waiting",
        "day": DAY,
        "reason": "",
        "likely_spam": "False",
        "may_identify": "False",
        "urgent": "False",
        "assigned_to_id": "None",
        "decided_on": "None",
        "author_id": "None",
        "decided_by_id": "None",
        "in_reply_to_id": "None",
        "replaces_id": "None",
        "thread_id": str(thread["id"]),
        "voice_id": str(voice["id"]),
    }
    assert set(voice) == {"id", "thread_id", "code_digest", "name"}
    assert voice["code_digest"] == digest(code)
    assert set(thread) - {"id", "code"} == {
        "forum_id",
        "title",
        "topic_id",
        "pinned",
        "state",
        "reply_count",
        "last_on",
        "opened_on",
        "merged_into_id",
    }
    assert (thread["last_on"], thread["opened_on"]) == (None, None)
    assert_no_trace({**writer.marks, "code": code, "bare code": code.replace("-", "")}, before, after)
    assert list(response.cookies) == []
    assert after.log == before.log
    assert after.mail == before.mail


def test_a_reply_leaves_one_voice_one_post_and_no_trace(writer, thread, log):
    before = take_snapshot(log)
    response = send_post(writer, f"{thread.get_absolute_url()}reply/", to="1")
    after = take_snapshot(log)
    code = code_in(response)
    assert {name: len(found) for name, found in after.added(before).items()} == {"forums_voice": 1, "forums_post": 1}
    assert after.gone(before) == {}
    assert_no_trace({**writer.marks, "code": code}, before, after)


def test_a_reply_by_code_leaves_one_post_and_no_trace(writer, thread, published, log):
    before = take_snapshot(log)
    send_post(writer, f"{thread.get_absolute_url()}reply/", code=published.code)
    after = take_snapshot(log)
    assert {name: len(found) for name, found in after.added(before).items()} == {"forums_post": 1}
    assert_no_trace({**writer.marks, "code": published.code}, before, after)


def test_looking_with_a_code_changes_nothing_and_leaves_no_trace(writer, waiting, log):
    before = take_snapshot(log)
    with time_machine.travel(MOMENT, tick=False):
        assert writer.post("/code/", {"code": waiting.code}).status_code == 200
        assert writer.post("/code/", {"code": "K7QW-3MHT-9XRC-V2PD"}).status_code == 200
    after = take_snapshot(log)
    assert (after.added(before), after.gone(before)) == ({}, {})
    marks = {**writer.marks, "code": waiting.code, "wrong code": "K7QW-3MHT-9XRC-V2PD"}
    assert_no_trace(marks, before, after)


def test_taking_down_destroys_words_and_leaves_no_trace(writer, waiting, log):
    before = take_snapshot(log)
    assert before.database.count(b"Is there one?") == 1
    with time_machine.travel(MOMENT, tick=False):
        writer.post("/code/take-down/", {"code": waiting.code, "n": "1", "sure": "yes"})
    after = take_snapshot(log)
    added = after.added(before)
    noted = added.pop("mscos_erasure")  # for a backup that is restored
    assert sorted((row["table"], row["became"]) for row in noted) == [
        ("forums_post", "withdrawn"),
        ("forums_thread", "changed"),
    ]
    assert {name: len(found) for name, found in added.items()} == {"forums_post": 1, "forums_thread": 1}
    assert (after.database.count(b"Is there one?"), after.database.count(b"A quiet room")) == (0, 0)
    assert_no_trace({**writer.marks, "code": waiting.code}, before, after)


def test_what_is_refused_changes_nothing_and_leaves_no_trace(writer, forum, log):
    before = take_snapshot(log)
    send_post(writer, "/forums/housing/new/", title="", body="Words that are not kept")
    send_post(writer, "/forums/housing/new/", title="T", body="Words that are not kept", leave_empty="x")
    after = take_snapshot(log)
    assert (after.added(before), after.gone(before)) == ({}, {})
    assert_no_trace({**writer.marks, "text": "Words that are not kept"}, before, after)


@pytest.mark.parametrize("way", ["asked about", "asked about again", "looked at", "asked about while looked at"])
def test_what_is_asked_about_or_looked_at_changes_nothing_and_leaves_no_trace(writer, forum, thread, log, way):
    told = {
        "title": "Marked title 07700 900871",
        "body": "Marked words, I live in DN55 1PT, my name is Markedleyla",
        "content_note": "insta: marked.note",
    }
    if way == "looked at":
        told = {"title": "Marked title", "body": "Marked words", "content_note": "Marked note"}
    more = {"asked about again": {"public": "on", "asked": "0123abcd"}, "asked about": {}}.get(way, {"preview": "yes"})
    before = take_snapshot(log)
    for address in ("/forums/housing/new/", f"{thread.get_absolute_url()}reply/"):
        response = send_post(writer, address, **told, **more)
        assert (response.status_code, "Send for checking" in response.content.decode()) == (200, True)
        assert ("How it will look" in response.content.decode()) == (way == "looked at")
    after = take_snapshot(log)
    assert (after.added(before), after.gone(before)) == ({}, {})
    assert after.counted(before) == ({"limit-key", "limit:preview"} if "preview" in more else set())
    assert (after.mail, after.files) == (before.mail, before.files)
    # At the level of debugging the parser of Markdown names its rules, and nothing of the text.
    assert [line for line in log.lines if " markdown_it." not in line] == before.log.decode().splitlines()
    marks = re.findall(r'name="asked" value="([^"]*)"', response.content.decode())
    pointing = {"number": "07700 900871", "postcode": "DN55 1PT", "name": "Markedleyla", "handle": "marked.note"}
    assert_no_trace({**writer.marks, **told, **pointing, **dict(enumerate(" ".join(marks).split()))}, before, after)
    assert list(response.cookies) == ["form"]  # the form token's, as on every page with a form


def test_what_a_writer_says_is_public_is_stored_without_what_was_asked(writer, forum, log):
    asked = send_post(writer, "/forums/housing/new/", title="T", body="Ring 07700 900871")
    marks = re.search(r'name="asked" value="([^"]*)"', asked.content.decode()).group(1)
    before = take_snapshot(log)
    send_post(writer, "/forums/housing/new/", title="T", body="Ring 07700 900871", public="on", asked=marks)
    after = take_snapshot(log)
    rows = after.added(before)
    assert {name: len(found) for name, found in rows.items()} == {
        "forums_thread": 1,
        "forums_voice": 1,
        "forums_post": 1,
    }
    assert rows["forums_post"][0]["body"] == "Ring 07700 900871"
    assert_no_trace({**writer.marks, "what was asked": marks}, before, after)


def test_nothing_of_the_answer_to_the_question_in_a_flood_is_kept(writer, forum, log):
    Forum.objects.update(question="Which day comes after Monday?", answers="tuesday, marked answer")
    sent = "/forums/housing/new/"
    with time_machine.travel(OPENED, tick=False):
        submission_id = new_submission_id()
    send_post(writer, sent, title="T", body="Draws the limits' key of the day", answer="tuesday")
    before = take_snapshot(log)
    send_post(writer, sent, title="T", submission_id=submission_id, answer="marked mistake")
    between = take_snapshot(log)
    assert (between.added(before), between.gone(before), between.cache) == ({}, {}, before.cache)
    send_post(writer, sent, title="T", submission_id=submission_id, answer="Marked Answer!")
    after = take_snapshot(log)
    counts = {name: len(found) for name, found in after.added(before).items()}
    assert (counts, after.gone(before)) == ({"forums_thread": 1, "forums_voice": 1, "forums_post": 1}, {})
    typed = {"wrong": "marked mistake", "right": "Marked Answer!", "bare": "Marked Answer", "known": "marked answer"}
    assert_no_trace({**writer.marks, **typed}, before, after)
    assert (after.log, after.mail, after.files) == (before.log, before.mail, before.files)
    # By no digest either: the same form with another right answer is still the same form.
    send_post(writer, sent, title="T", submission_id=submission_id, answer="tuesday")
    again = take_snapshot(log)
    assert (again.added(after), again.gone(after), again.cache) == ({}, {}, after.cache)


def test_a_fault_while_posting_logs_its_place_and_nothing_of_the_post(writer, forum, log):
    writer.raise_request_exception = False
    before = take_snapshot(log)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE forums_voice RENAME TO forums_voice_away")
    response = send_post(writer, "/forums/housing/new/", title="A title that broke", body="Words that broke it")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE forums_voice_away RENAME TO forums_voice")
    after = take_snapshot(log)
    assert response.status_code == 500
    assert b"(message left out)" in after.log
    marks = {**writer.marks, "title": "A title that broke", "text": "Words that broke it"}
    assert_no_trace(marks, before, after)


def test_nothing_in_the_cache_joins_with_a_row_of_the_database(writer, forum):
    """Entries expire at a time that tells when they were stored: their keys must not contain a stored digest."""
    send_post(writer, "/forums/housing/new/", title="T")
    post = Post.objects.select_related("voice", "thread").get()
    held = repr(cache._cache)
    assert len([key for key in cache._cache if "receipt:" in key]) == 1
    for stored in (post.form_digest, post.voice.code_digest, post.thread.code):
        assert stored not in held


def test_the_limiter_keeps_digests_whose_key_is_in_memory_and_new_each_day(writer, forum):
    def counted():
        return {key for key in cache._cache if "limit:" in key or "today:" in key}

    send_post(writer, "/forums/housing/new/", title="T")
    first = counted()
    cache.delete_many([key.split(":", 2)[2] for key in first])
    send_post(writer, "/forums/housing/new/", title="T")
    again = counted()
    cache.delete_many([key.split(":", 2)[2] for key in again])
    with time_machine.travel("2026-03-03T03:47:19Z", tick=False):
        writer.post("/forums/housing/new/", {"title": "T", "body": "Some words", "submission_id": new_submission_id()})
    # One for the visitor in an hour, one in ten minutes, one for the forum, one for the site, one for the text.
    assert len(first) == 5
    assert again == first
    assert first & counted() == set()


def test_a_text_is_remembered_until_midnight_so_that_the_end_tells_no_beginning(writer, forum):
    ends = []
    for moment in ("2026-03-02T03:47:19Z", "2026-03-02T19:12:40Z"):
        with time_machine.travel(moment, tick=False):
            writer.post("/forums/housing/new/", {"title": moment, "body": "B", "submission_id": new_submission_id()})
    ends = {round(cache._expire_info[key]) for key in cache._cache if "today:" in key}
    assert ends == {1772496000}  # 3 March 2026, 00:00 in London
