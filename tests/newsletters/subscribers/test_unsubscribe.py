"""Unsubscribing by the link in an issue, without sign-in or cookie, and by one click (RFC 8058)."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from mscos.codes import address_digest
from newsletters.models import Subscriber, SuppressedAddress
from newsletters.subscribers import subscriptions
from tests.forums.helpers import title, words
from tests.newsletters.conftest import make_subscriber
from tests.newsletters.subscribers.helpers import fields, subjects

pytestmark = pytest.mark.django_db

ONE_CLICK = "List-Unsubscribe=One-Click"
UNKNOWN = "We could not find this address It may already be off the list."


@pytest.fixture
def strict():
    """A client without cookies, with CSRF checks."""
    return Client(enforce_csrf_checks=True)


def test_the_page_asks_for_confirmation_and_explains_forwarded_issues(strict, reader):
    page = strict.get(reader.get_unsubscribe_url())
    assert title(page) == "Email settings – Community of Practice"
    assert words(page).startswith(
        "Stop the newsletter? It goes to r…@example.org. If that is not your address, somebody forwarded an issue to "
        "you: leave this page, and nothing changes."
    )
    assert (
        "Never write to this address again You then cannot sign up with it again. We keep a scrambled form of it, which "
        "nobody can read. Unsubscribe"
    ) in words(page)
    assert "reader@" not in page.content.decode()
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_page_changes_nothing(strict, reader, method):
    for address in (reader.get_unsubscribe_url(), f"{reader.get_unsubscribe_url()}?{ONE_CLICK}&subject_style=full"):
        assert getattr(strict, method)(address).status_code == 200
    assert list(Subscriber.objects.values_list("email", "subject_style")) == [("reader@example.org", "plain")]


def test_the_button_deletes_the_row_without_a_cookie(strict, reader):
    other = make_subscriber("other@example.org")
    done = strict.post(reader.get_unsubscribe_url())
    assert words(done).startswith("You will get no more newsletters We have deleted your address. Pressed by mistake?")
    assert 'href="/contact/?for=newsletter">Sign up again</a>' in done.content.decode()
    assert list(Subscriber.objects.all()) == [other]
    assert SuppressedAddress.objects.count() == 0
    assert dict(strict.cookies) == {}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ONE_CLICK, "application/x-www-form-urlencoded"),
        (
            '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
    ],
)
def test_one_click_of_a_mail_program_unsubscribes_at_once(strict, reader, body, content_type):
    """RFC 8058: POST without cookie, CSRF token or page before, in one of two encodings."""
    answer = strict.generic("POST", reader.get_unsubscribe_url(), body, content_type=content_type)
    assert answer.status_code == 200
    assert Subscriber.objects.count() == 0
    assert (list(answer.cookies), dict(strict.cookies), Session.objects.count()) == ([], {}, 0)


def test_never_again_stores_a_digest_and_stops_all_mail(strict, reader, client, django_capture_on_commit_callbacks):
    done = strict.post(reader.get_unsubscribe_url(), {"never_again": "on"})
    assert "Changed your mind? Write to us ." in words(done)
    assert "Sign up again" not in words(done)
    assert list(SuppressedAddress.objects.values_list("digest", flat=True)) == [address_digest("READER@example.org")]
    assert Subscriber.objects.count() == 0
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/contact/", fields(email="Reader@example.org"))
        subscriptions.unsubscribe(subscriber=reader, never_again=True)  # again: nothing breaks
    assert (subjects(), Subscriber.objects.count(), SuppressedAddress.objects.count()) == ([], 0, 1)


@pytest.mark.parametrize(("now", "other"), [("plain", "full"), ("full", "plain")])
def test_the_second_button_changes_subject_lines_and_stays(strict, now, other):
    reader = make_subscriber("reader@example.org", subject_style=now)
    page = strict.get(reader.get_unsubscribe_url()).content.decode()
    assert re.findall(r'name="subject_style" value="(\w+)">(.*?)</button>', page) == [
        (other, f"Change to {other} subject lines instead")
    ]
    changed = strict.post(reader.get_unsubscribe_url(), {"subject_style": other})
    assert Subscriber.objects.get().subject_style == other
    assert f'role="status" class="banner success">Subject lines are now <strong>{other}</strong>.' in (
        changed.content.decode()
    )
    assert f"Change to {now} subject lines instead" in words(changed)
    assert dict(strict.cookies) == {}


@pytest.mark.parametrize("token", ["x", "A" * 22, "A" * 5_000, "%00", "é", "..%2f"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_token_finds_nobody(strict, reader, token, method):
    answer = getattr(strict, method)(f"/unsubscribe/{token}/")
    if token != "..%2f":  # a slash makes another address, which is nobody's either
        assert words(answer).startswith(UNKNOWN)
    assert answer.status_code == 404
    assert Subscriber.objects.count() == 1


def test_a_token_in_another_case_finds_nobody(strict, reader):
    assert strict.post(f"/unsubscribe/{reader.token.swapcase()}/").status_code == 404
    assert Subscriber.objects.count() == 1


def test_unsubscribing_twice_finds_nobody_the_second_time(strict, reader):
    strict.post(reader.get_unsubscribe_url())
    again = strict.post(reader.get_unsubscribe_url())
    assert (again.status_code, words(again).startswith(UNKNOWN)) == (404, True)


@pytest.mark.parametrize("state", ["pending", "bounced"])
def test_unconfirmed_and_bounced_subscribers_can_unsubscribe_too(strict, state):
    reader = make_subscriber("reader@example.org", state=state)
    strict.post(reader.get_unsubscribe_url())
    assert Subscriber.objects.count() == 0


def test_caches_and_search_engines_store_nothing(strict, reader):
    for answer in (strict.get(reader.get_unsubscribe_url()), strict.get("/unsubscribe/x/")):
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"
        assert "data-private" in answer.content.decode()
        assert list(answer.cookies) == []


def test_other_methods_do_nothing(strict, reader):
    assert strict.put(reader.get_unsubscribe_url(), ONE_CLICK).status_code == 405
    assert Subscriber.objects.count() == 1
