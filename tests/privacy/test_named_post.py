"""Of a post under a name the account is kept and nothing else; of one without a name, by the same person, nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.models import Post
from tests.people import make_person, sign_in
from tests.privacy.snapshot import take
from tests.privacy.test_anonymous_post import ACCOUNT, MARKS, assert_no_trace, posting, writer  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db

NEW = "/forums/housing/new/"


@pytest.fixture
def member(client, db):
    """A member whose device is marked, and who has looked at the form for a post under a name."""
    client.defaults |= {"REMOTE_ADDR": MARKS["address"], "HTTP_USER_AGENT": MARKS["agent"]}
    client.person = make_person(ACCOUNT, display_name="Marked Writer")
    sign_in(client, client.person)
    return client


def test_a_named_post_holds_the_account_and_nothing_of_the_device(member, forum, log):
    before = take(log)
    posting(member, f"{NEW}named/", title="T")
    after = take(log)
    rows = after.added(before)
    assert {name: len(found) for name, found in rows.items()} == {"forums_thread": 1, "forums_post": 1}
    assert (rows["forums_post"][0]["author_id"], rows["forums_post"][0]["voice_id"]) == (member.person.pk, None)
    assert str(rows["forums_post"][0]["day"]) == "2026-03-02"
    assert after.gone(before) == {}
    assert_no_trace({**MARKS, "session": member.session.session_key, "email": ACCOUNT}, before, after)


@pytest.mark.parametrize("order", [("", "named/"), ("named/", "")])
def test_a_post_without_a_name_beside_one_with_it_has_nothing_of_the_account(member, forum, log, order):
    for way in order:
        before = take(log)
        member.get(f"{NEW}{way}")
        posting(member, f"{NEW}{way}", title=f"T{way}")
        after = take(log)
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
