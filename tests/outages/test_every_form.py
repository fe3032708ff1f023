"""Every public page while the database is away: status 503, and nothing typed is lost."""

import html
import re
from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.test import Client
from django.urls import resolve

from mscos import unavailable
from mscos.forms import new_submission_id
from newsletters.models import Subscriber
from newsletters.models.people import new_token
from newsletters.subscribers import links
from tests.outages.helpers import WORDS, public_addresses

pytestmark = pytest.mark.django_db
TYPED = dict.fromkeys(
    ("body", "title", "content_note", "words", "message", "summary", "answers", "email", "what"), WORDS
)
NOTHING_TO_TYPE = {
    "leave",  # a link
    "unsubscribe",  # a button, also pressed by mail servers, which have no cookie for a form token
    "own_post_withdraw",  # a button of people who are signed in
}
# `health` checks the services itself (tests/mscos/test_health.py).
TO_READ = {"EventFeed", "ConsultationFeed", "ForumFeed", "ThreadFeed", "IssueFeed", "own_posts"}  # whatever the method
# They work while the database is away, and the cache too.
ALWAYS = {
    "safety": 200,
    "accessibility": 200,
    "about": 200,
    "leave": 303,
    "contact": 200,
    "suggestion_create": 200,
    "subscription_ask": 200,
    "voice_detail": 200,
}


@contextmanager
def database_away(error=OperationalError):
    """No statement reaches the database until the block ends."""

    def gone(*_):
        raise error("connection to 203.0.113.9 failed")

    with connection.execute_wrapper(gone):
        yield


def browser():
    """A browser that sees what people see, also of errors."""
    return Client(raise_request_exception=False)


def typed_in(page, name):
    """Return what a browser would send of a field of a page when its form is sent as it is; None where it has none."""
    area = re.search(rf'<textarea name="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    hidden = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    found = area or hidden
    return html.unescape(found[1]) if found else None


def takes_posts():
    """Return the names and addresses of the public pages that take a form."""
    with database_away():
        return [
            (name, address)
            for name, address in public_addresses()
            if name not in TO_READ and browser().post(address, TYPED).status_code != 405
        ]


def test_every_page_that_takes_a_form_says_that_it_keeps_what_was_typed():
    taking = takes_posts()
    assert len(taking) > 15
    without = {name for name, address in taking if not getattr(resolve(address).func, "keeps_text", False)}
    assert without == NOTHING_TO_TYPE


def test_what_was_typed_comes_back_from_every_page_that_takes_a_form():
    lost = []
    for name, address in takes_posts():
        cache.clear()  # of wrong codes
        with database_away():
            response = browser().post(address, {**TYPED, "submission_id": new_submission_id()})
        kept = html.escape("my passport & my <b>phone</b>") in response.content.decode()
        if response.status_code == 500 or not (kept or name in NOTHING_TO_TYPE or response.status_code == 404):
            lost.append((name, response.status_code))
    assert lost == []


def test_every_public_page_answers_503_or_works():
    wrong = []
    for name, address in public_addresses():
        if name == "health":
            continue
        with database_away():
            response = browser().get(address)
        if response.status_code != 503 and not (name in ALWAYS or response.status_code in {302, 404}):
            wrong.append((name, response.status_code))
        if name in ALWAYS and response.status_code != ALWAYS[name]:
            wrong.append((name, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("act", ["details", "address", "erase"])
def test_the_pages_behind_mailed_links_keep_what_was_typed(act):
    person = Subscriber.objects.create(email="kim@example.org", token=new_token(), consent_wording="Yes")
    for address in (
        links.stored_data_url(person.email),
        links.confirm_url(person),
        links.change_email_url(person, "new@example.org"),
    ):
        with database_away():
            response = browser().post(address, {"act": act, "name": "Kim Lee"})
        assert (response.status_code, typed_in(response.content.decode(), "name")) == (503, "Kim Lee")


def test_a_form_comes_back_as_it_was_sent_to_be_sent_again(forum):
    sent = {
        "title": "Help",
        "body": WORDS,
        "submission_id": new_submission_id(),
        "leave_empty": "",
        "content_note": "",
        "password": "x y",
    }
    writer = browser()
    address = f"/forums/{forum.slug}/new/"
    with database_away():
        response = writer.post(f"{address}?type=3", sent)
    page = response.content.decode()
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert "We have not saved this yet. Nothing that you wrote is lost" in page
    assert "data-private" in page
    assert '<form method="post" autocomplete="off">' in page  # without an address: the one of the page
    again = {name: typed_in(page, name) for name in sent}
    assert again == {**sent, "password": None}
    assert typed_in(page, "csrfmiddlewaretoken") is not None
    assert response.cookies.keys() == {"form"}


def test_what_comes_back_is_taken_with_its_form_token_when_the_database_is_there_again(forum):
    writer = Client(enforce_csrf_checks=True, raise_request_exception=False)
    address = f"/forums/{forum.slug}/new/"
    token = typed_in(writer.get(address).content.decode(), "csrfmiddlewaretoken")
    sent = {"title": "A title", "body": WORDS, "submission_id": new_submission_id(), "csrfmiddlewaretoken": token}
    with database_away():
        page = writer.post(address, sent).content.decode()
    again = {name: typed_in(page, name) for name in sent}
    assert "Your code" in writer.post(address, again).content.decode()
    assert list(forum.threads.values_list("title", "posts__body")) == [("A title", WORDS.replace("\r\n", "\n"))]


def test_a_form_without_a_token_comes_back_too(forum):
    writer = Client(enforce_csrf_checks=True, raise_request_exception=False)
    with database_away():
        response = writer.post(f"/forums/{forum.slug}/new/", {"body": WORDS})
    assert (response.status_code, typed_in(response.content.decode(), "body")) == (503, WORDS)


def test_a_missing_table_is_a_fault_of_ours_and_no_part_that_is_away(client, db):
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE forums_forum RENAME TO elsewhere")
    assert client.get("/forums/").status_code == 500


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, InternalError])
def test_whatever_the_driver_calls_it_the_page_is_the_same(error):
    with database_away(error):
        response = browser().get("/forums/")
    assert response.status_code == 503
    assert "<h1>This does not work just now</h1>" in response.content.decode()
    assert response.cookies == {}


def test_a_fault_of_ours_gives_the_text_back_as_well_and_is_a_500(forum):
    with database_away(ValueError):
        response = browser().post(f"/forums/{forum.slug}/new/", {"body": WORDS})
    assert (response.status_code, typed_in(response.content.decode(), "body")) == (500, WORDS)
    assert response.headers["Cache-Control"] == "no-store, private"


def test_a_form_of_the_admin_comes_back_without_passwords():
    User = get_user_model()  # noqa: N806
    editor = browser()
    editor.force_login(User.objects.create_superuser("editor@example.org", display_name="Editor"))
    with database_away():
        response = editor.post("/admin/outcomes/outcome/add/", {"summary": WORDS, "password1": "correct horse"})
    page = response.content.decode()
    assert (response.status_code, typed_in(page, "summary"), "correct horse" in page) == (503, WORDS, False)


def test_the_account_pages_give_nothing_back():
    with database_away():
        response = browser().post("/accounts/login/", {"login": "kim@example.org", "password": "correct horse battery"})
    page = response.content.decode()
    assert response.status_code == 503
    assert [word for word in ("kim@example.org", "correct horse") if word in page] == []


@pytest.mark.parametrize("address", sorted(ALWAYS))
def test_who_is_signed_in_can_open_what_always_works(address):
    User = get_user_model()  # noqa: N806
    somebody = browser()
    somebody.force_login(User.objects.create_user("kim@example.org", display_name="Kim"))
    path = dict(public_addresses())[address]
    with database_away():
        response = somebody.get(path)
    assert response.status_code == ALWAYS[address]
    if address == "leave":
        assert response.cookies["session"].value == ""
    assert somebody.get("/nothing/here/").status_code == 404


def test_an_outage_is_one_line_of_the_log_and_names_nobody(caplog, forum):
    unavailable._LastLogged.line = None  # another test may have had the same in this hour
    with caplog.at_level("WARNING"), database_away():
        for _ in range(5):
            browser().get("/forums/")
            browser().post(f"/forums/{forum.slug}/new/", {"body": WORDS})
    logged = [(record.name, record.getMessage()) for record in caplog.records]
    assert logged == [("mscos.unavailable", "A part of the site is not available. Pages that need it answer 503.")]
    assert "passport" not in caplog.text
