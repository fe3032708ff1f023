"""Traces of reports, answers to moderators, withdrawals and previews: there are none.

Each is sent signed out and signed in, from the marked device of `writer`.
"""

import pytest
import time_machine
from django.db import connection, transaction

from forums.models import Post, Report, Thread
from forums.moderation import decisions
from mscos.codes import form_digest
from mscos.forms import SUBMISSION_IDS, new_submission_id
from tests.forums.helpers import published_reply
from tests.privacy.helpers import DAY, MOMENT, as_strings, assert_no_trace, changed_columns, take_snapshot

pytestmark = pytest.mark.django_db
TYPED = "Marked words about it"
STAMP = new_submission_id()
UNSIGNED = SUBMISSION_IDS.unsign(STAMP)


def sending(client, address, **typed):
    with time_machine.travel(MOMENT, tick=False):
        return client.post(address, {"submission_id": STAMP, **typed})


def reporting(client, thread, **typed):
    return sending(client, f"{thread.get_absolute_url()}report/", **{"n": "1", "reason": "danger", **typed})


def answering(client, code, **typed):
    return sending(client, "/code/answer/", **{"code": code, "n": "1", "words": TYPED, **typed})


def taking_down(client, code, **typed):
    return sending(client, "/code/take-down/", **{"code": code, "n": "1", "sure": "yes", **typed})


def assert_nothing_else(client, marks, before, after):
    """Fail where there is a new log line, mail or file, or a mark of the writer anywhere."""
    assert (after.log, after.mail, after.files) == (before.log, before.mail, before.files)
    assert_no_trace({**client.marks, **marks}, before, after)


def test_a_report_leaves_one_row_and_no_trace(writer, thread, published, log):
    before = take_snapshot(log)
    page = reporting(writer, thread, words=TYPED)
    after = take_snapshot(log)
    assert {name: len(rows) for name, rows in after.added(before).items()} == {"forums_report": 1}
    assert after.gone(before) == {}
    (row,) = after.added(before)["forums_report"]
    assert as_strings(row, "id") == {
        "post_id": str(published.post.pk),
        "reason": "danger",
        "words": TYPED,
        "day": DAY,
        "form_digest": form_digest(repr((UNSIGNED, published.post.pk, "danger", TYPED))),
        "handled_by_id": "None",
        "handled_on": "None",
    }
    assert list(page.cookies) == []
    assert_nothing_else(writer, {}, before, after)


def test_an_answer_to_the_moderators_leaves_one_row_and_no_trace(writer, waiting, log):
    decisions.ask_writer(post=waiting.post, words="Which one?")
    before = take_snapshot(log)
    answering(writer, waiting.code)
    after = take_snapshot(log)
    assert {name: len(rows) for name, rows in after.added(before).items()} == {"forums_moderatornote": 1}
    assert after.gone(before) == {}
    (row,) = after.added(before)["forums_moderatornote"]
    by_writer = bool(row["by_writer"])
    assert as_strings(row, "id", "by_writer", "unread") == {
        "voice_id": str(waiting.post.voice_id),
        "post_id": str(waiting.post.pk),
        "body": TYPED,
        "day": DAY,
        "form_digest": form_digest(repr((UNSIGNED, waiting.post.pk, TYPED))),
    }
    assert by_writer
    assert_nothing_else(writer, {"code": waiting.code, "bare code": waiting.code.replace("-", "")}, before, after)


def test_a_new_version_leaves_one_post_more_and_the_refused_words_and_the_writer_nowhere(writer, waiting, sam, log):
    Thread.objects.update(title="Refused title")
    Post.objects.update(body="Refused words", content_note="noise")
    decisions.refuse(post=waiting.post, by=sam, reason="place", words="It names your town.")
    Post.objects.update(day="2026-03-01", decided_on="2026-03-01")
    before = take_snapshot(log)
    with time_machine.travel("2026-03-02T03:43:08Z", tick=False):
        submission_id = new_submission_id()
    typed = {
        "code": waiting.code,
        "n": "1",
        "title": "Another title",
        "body": "Other words",
        "submission_id": submission_id,
    }
    sending(writer, "/code/new-version/", **typed)
    after = take_snapshot(log)
    old, new = sorted(after.added(before)["forums_post"], key=lambda row: row["id"])
    assert set(after.added(before)) == {"forums_post", "forums_thread", "mscos_erasure"}
    assert (old["id"], old["state"], old["body"], old["content_note"]) == (waiting.post.pk, "refused", "", "")
    assert as_strings(new, "id", "form_digest") == {
        **as_strings(old, "id", "form_digest", "reason", "state", "body", "day", "decided_by_id", "decided_on"),
        "body": "Other words",
        "replaces_id": str(waiting.post.pk),
        "state": "waiting",
        "reason": "",
        "day": DAY,
        "decided_by_id": "None",
        "decided_on": "None",
    }
    assert changed_columns(before, after, "forums_thread") == {"title": "Another title"}
    assert (after.database.count(b"Refused words"), after.database.count(b"Refused title")) == (0, 0)
    assert_nothing_else(writer, {"code": waiting.code, "bare code": waiting.code.replace("-", "")}, before, after)


def test_taking_down_what_waits_empties_columns_and_writes_no_day(writer, waiting, log):
    Post.objects.update(content_note="noise")
    decisions.ask_writer(post=waiting.post, words="Which one?")
    before = take_snapshot(log)
    page = taking_down(writer, waiting.code)
    after = take_snapshot(log)
    assert after.gone(before) == {"forums_post": 1, "forums_thread": 1, "forums_moderatornote": 1}
    assert set(after.added(before)) == {"forums_post", "forums_thread", "mscos_erasure"}
    assert changed_columns(before, after, "forums_post") == {"body": "", "content_note": "", "state": "withdrawn"}
    assert changed_columns(before, after, "forums_thread") == {"title": "", "state": "gone"}
    assert list(page.cookies) == []
    assert_nothing_else(writer, {"code": waiting.code, "bare code": waiting.code.replace("-", "")}, before, after)


def test_taking_down_what_is_published_changes_what_readers_see_and_no_more(writer, thread, sam, log):
    sent = published_reply(thread, sam)
    Thread.objects.update(last_on="2026-03-01")
    Post.objects.update(day="2026-03-01")
    before = take_snapshot(log)
    taking_down(writer, sent.code)
    after = take_snapshot(log)
    assert after.gone(before) == {"forums_post": 1, "forums_thread": 1}
    assert changed_columns(before, after, "forums_post") == {"body": "", "body_html": "", "state": "withdrawn"}
    assert changed_columns(before, after, "forums_thread") == {"reply_count": "0"}
    assert_nothing_else(writer, {"code": sent.code}, before, after)


@pytest.mark.parametrize(
    "typed",
    [
        {"preview": "yes"},
        {"body": "My name is Markedleyla, ring 07700 900871"},
        {"body": "My name is Markedleyla, ring 07700 900871", "preview": "yes", "public": "on", "asked": "0123abcd"},
    ],
)
def test_a_reply_by_code_that_is_looked_at_or_asked_about_stores_nothing(writer, thread, published, log, typed):
    address = f"{thread.get_absolute_url()}reply/"
    sending(writer, address, body="Other words", code=published.code, preview="yes")  # draws the limits' key of the day
    before = take_snapshot(log)
    page = sending(writer, address, **{"body": TYPED, "code": published.code, **typed})
    after = take_snapshot(log)
    assert "Send for checking" in page.content.decode()
    assert (after.added(before), after.gone(before)) == ({}, {})
    assert after.counted(before) == ({"limit:preview"} if "preview" in typed else set())
    assert (after.mail, after.files) == (before.mail, before.files)
    marks = {"words": TYPED, "name": "Markedleyla", "number": "07700 900871", "code": published.code}
    assert_no_trace({**writer.marks, **marks}, before, after)


def test_what_is_refused_or_only_looked_at_changes_nothing(writer, thread, published, log):
    wrong = "K7QW-3MHT-9XRC-V2PD"
    before = take_snapshot(log)
    statuses = [
        writer.get(f"{thread.get_absolute_url()}report/?n=1").status_code,
        reporting(writer, thread, reason="", words=TYPED).status_code,
        reporting(writer, thread, submission_id="", words=TYPED).status_code,
        reporting(writer, thread, n="9", words=TYPED).status_code,
        answering(writer, published.code, submission_id="").status_code,
        answering(writer, wrong).status_code,
        taking_down(writer, published.code, sure="").status_code,
        taking_down(writer, wrong).status_code,
    ]
    after = take_snapshot(log)
    assert statuses == [200, 200, 200, 200, 200, 200, 200, 200]
    assert (after.added(before), after.gone(before), after.mail) == ({}, {}, before.mail)
    assert_no_trace({**writer.marks, "words": TYPED, "code": published.code, "wrong code": wrong}, before, after)


def test_sent_twice_a_report_and_an_answer_are_one_row_each(writer, thread, published, log):
    reporting(writer, thread, words=TYPED)
    answering(writer, published.code)
    before = take_snapshot(log)
    reporting(writer, thread, words=TYPED)
    answering(writer, published.code)
    after = take_snapshot(log)
    assert Report.objects.count() == 1
    assert (after.added(before), after.gone(before)) == ({}, {})


@pytest.mark.parametrize("table", ["forums_report", "forums_moderatornote"])
def test_a_fault_logs_its_place_and_nothing_of_what_was_sent(writer, thread, published, log, table):
    writer.raise_request_exception = False
    before = take_snapshot(log)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO forums_away")
    before_the_fault = transaction.savepoint()
    page = reporting(writer, thread, words=TYPED) if table == "forums_report" else answering(writer, published.code)
    transaction.savepoint_rollback(before_the_fault)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE forums_away RENAME TO {table}")
    after = take_snapshot(log)
    assert page.status_code == 500
    assert b"(message left out)" in after.log
    assert_no_trace({**writer.marks, "words": TYPED, "code": published.code}, before, after)


def test_one_form_is_told_from_the_next_by_its_stamp_alone(writer, thread, published):
    """Two people who send the same report are two: their forms differ in nothing but the submission id."""
    for submission_id in (new_submission_id(), new_submission_id()):
        reporting(writer, thread, submission_id=submission_id, words=TYPED)
    assert Report.objects.count() == 2
