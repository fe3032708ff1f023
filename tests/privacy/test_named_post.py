"""Traces of a named post: the account and nothing else; of an anonymous post by the same person, nothing."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.models import Post, Thread
from forums.moderation import decisions
from mscos.codes import form_digest
from mscos.forms import SUBMISSION_IDS, new_submission_id
from tests.forums.helpers import kept
from tests.people import make_person, sign_in
from tests.privacy.helpers import (
    ACCOUNT,
    DAY,
    MARKS,
    MOMENT,
    as_strings,
    assert_no_trace,
    changed_columns,
    send_post,
    take_snapshot,
)

pytestmark = pytest.mark.django_db

NEW = "/forums/housing/new/"
TYPED = (b"Marked title", b"Marked words", b"Marked note", b"Marked question?")


@pytest.fixture
def member(client, db):
    """A member with a marked device."""
    client.defaults |= {"REMOTE_ADDR": MARKS["address"], "HTTP_USER_AGENT": MARKS["agent"]}
    client.person = make_person(ACCOUNT, display_name="Marked Writer")
    sign_in(client, client.person)
    return client


def token_on(member):
    """Return the token on the page of the member's first post."""
    return kept(member.get("/my-posts/1/"), "mark")


def send_form(member, address, form):
    """Send a form, open the next page and return the address of the redirect."""
    with time_machine.travel(MOMENT, tick=False):
        ((page, _),) = member.post(address, form, follow=True).redirect_chain
        return page


def assert_nothing_else(member, marks, before, after):
    """Fail where there is a new log line, mail or file, or a mark of the device or the account anywhere."""
    assert (after.log, after.mail, after.files) == (before.log, before.mail, before.files)
    account = {"session": member.session.session_key, "email": ACCOUNT, "name": "Marked Writer"}
    assert_no_trace({**MARKS, **account, **marks}, before, after)


def test_a_named_post_holds_the_account_and_nothing_of_the_device(member, forum, log):
    before = take_snapshot(log)
    send_post(member, f"{NEW}named/", title="T")
    after = take_snapshot(log)
    rows = after.added(before)
    assert {name: len(found) for name, found in rows.items()} == {"forums_thread": 1, "forums_post": 1}
    assert (rows["forums_post"][0]["author_id"], rows["forums_post"][0]["voice_id"]) == (member.person.pk, None)
    assert str(rows["forums_post"][0]["day"]) == "2026-03-02"
    assert after.gone(before) == {}
    assert_no_trace({**MARKS, "session": member.session.session_key, "email": ACCOUNT}, before, after)


def test_a_named_reply_leaves_one_post_with_the_account_and_nothing_of_the_device(member, thread, published, log):
    before = take_snapshot(log)
    page = send_post(member, f"{thread.get_absolute_url()}reply/named/", to="1", code=published.code)
    after = take_snapshot(log)
    assert {name: len(found) for name, found in after.added(before).items()} == {"forums_post": 1}
    assert after.gone(before) == {}
    (post,) = after.added(before)["forums_post"]
    assert as_strings(post, "id", "form_digest") == {
        "number": "None",
        "body": "Some words",
        "body_html": "",
        "content_note": "",
        "state": "waiting",
        "day": DAY,
        "reason": "",
        "likely_spam": "False",
        "may_identify": "False",
        "urgent": "False",
        "assigned_to_id": "None",
        "decided_on": "None",
        "author_id": str(member.person.pk),
        "decided_by_id": "None",
        "in_reply_to_id": str(published.post.pk),
        "replaces_id": "None",
        "thread_id": str(thread.pk),
        "voice_id": "None",
    }
    assert list(page.cookies) == []
    assert_nothing_else(member, {"code": published.code, "bare code": published.code.replace("-", "")}, before, after)


def test_an_answer_about_a_named_post_leaves_one_note_that_names_nobody(member, forum, log):
    send_post(member, f"{NEW}named/", title="T")
    decisions.ask_writer(post=Post.objects.get(), words="Which one?")
    form = {"mark": token_on(member), "submission_id": new_submission_id(), "words": "Marked words about it"}
    before = take_snapshot(log)
    assert send_form(member, "/my-posts/1/", form) == "/my-posts/1/?done=1"
    after = take_snapshot(log)
    added = {name: len(found) for name, found in after.added(before).items()}
    assert (added, after.gone(before)) == ({"forums_moderatornote": 1}, {})
    (note,) = after.added(before)["forums_moderatornote"]
    post = Post.objects.get()
    assert bool(note["by_writer"])
    assert as_strings(note, "id", "by_writer", "unread") == {
        "voice_id": "None",
        "post_id": str(post.pk),
        "body": "Marked words about it",
        "day": DAY,
        "form_digest": form_digest(
            repr((SUBMISSION_IDS.unsign(form["submission_id"]), post.pk, "Marked words about it"))
        ),
    }
    assert_nothing_else(member, {"mark": form["mark"]}, before, after)


def test_taking_a_named_post_down_clears_words_and_account_from_its_row(member, forum, sam, log):
    send_post(member, f"{NEW}named/", title="Marked title", body="Marked words", content_note="Marked note")
    post = Post.objects.get()
    decisions.ask_writer(post=post, words="Marked question?")
    decisions.publish(post=post, by=sam)
    Thread.objects.update(last_on="2026-03-01")
    Post.objects.update(day="2026-03-01")
    form = {"mark": token_on(member)}
    before = take_snapshot(log)
    assert send_form(member, "/my-posts/1/take-down/", form) == "/my-posts/?done=1"
    after = take_snapshot(log)
    gone, added = after.gone(before), after.added(before)
    assert gone == {"forums_post": 1, "forums_thread": 1, "forums_moderatornote": 1}
    assert set(added) == {"forums_post", "forums_thread", "mscos_erasure"}  # the last for a backup that is restored
    emptied = {"body": "", "body_html": "", "content_note": "", "state": "withdrawn", "author_id": "None"}
    assert changed_columns(before, after, "forums_post") == emptied
    assert changed_columns(before, after, "forums_thread") == {"title": "", "state": "gone", "last_on": "None"}
    assert [(words in before.database, words in after.database) for words in TYPED] == [(True, False)] * 4
    assert_nothing_else(member, {"mark": form["mark"]}, before, after)


@pytest.mark.parametrize("order", [("", "named/"), ("named/", "")])
def test_a_post_without_a_name_beside_one_with_it_has_nothing_of_the_account(member, forum, log, order):
    for way in order:
        before = take_snapshot(log)
        member.get(f"{NEW}{way}")
        send_post(member, f"{NEW}{way}", title=f"T{way}")
        after = take_snapshot(log)
        if not way:
            (post,) = after.added(before)["forums_post"]
            assert post["author_id"] is None
            assert set(after.added(before)) == {"forums_thread", "forums_voice", "forums_post"}
            assert after.gone(before) == {}
            marks = {**MARKS, "session": member.session.session_key, "email": ACCOUNT, "name": "Marked Writer"}
            assert_no_trace(marks, before, after)
    assert Post.objects.filter(author=None).count() == 1


def test_no_anonymous_page_asks_whose_session_it_is(member, forum, thread):
    reply = f"{thread.get_absolute_url()}reply/"
    for address in (NEW, reply, forum.get_absolute_url(), thread.get_absolute_url(), "/code/", "/call/"):
        with CaptureQueriesContext(connection) as asked:
            member.get(address)
        assert [each["sql"] for each in asked if "django_session" in each["sql"]] == [], address
    with CaptureQueriesContext(connection) as asked:
        member.get(f"{reply}named/")
    assert "django_session" in asked[0]["sql"]
