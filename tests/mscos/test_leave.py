import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db


def forgotten(answer):
    """Return the cookies that an answer tells the browser to delete."""
    return sorted(name for name, cookie in answer.cookies.items() if cookie["max-age"] == 0)


def test_leaving_goes_to_the_neutral_site_and_deletes_our_cookies(client, settings):
    answer = client.get("/leave/")
    assert (answer.status_code, answer["Location"]) == (303, settings.LEAVE_URL)
    assert "no-store" in answer["Cache-Control"].split(", ")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "Clear-Site-Data" not in answer  # it holds some browsers up for seconds
    assert forgotten(answer) == ["form", "session"]
    assert answer.content == b""


@pytest.mark.parametrize("method", ["get", "post"])
def test_leaving_ends_the_session(client, method):
    sign_in(client, make_person())
    assert Session.objects.count() == 1
    answer = getattr(client, method)("/leave/")
    assert forgotten(answer) == ["form", "session"]
    assert Session.objects.count() == 0


def test_the_beacon_needs_no_form_token_and_goes_nowhere():
    answer = Client(enforce_csrf_checks=True).post("/leave/")
    assert (answer.status_code, answer.content, "Location" in answer) == (204, b"", False)


def test_leaving_without_a_session_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/leave/")


def test_a_made_up_session_is_no_trouble(client):
    client.cookies["session"] = "made-up"
    assert client.get("/leave/").status_code == 303


def test_leaving_counts_and_logs_nothing(client, caplog):
    with caplog.at_level("DEBUG", logger="django.request"):
        client.get("/leave/")
    assert caplog.records == []


def test_behind_tls_the_cookies_of_that_site_are_deleted(client, settings):
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-form"
    answer = client.get("/leave/")
    assert forgotten(answer) == ["__Host-form", "__Host-session"]
    # A browser takes an answer about a __Host- cookie only with these.
    assert {(cookie["secure"], cookie["path"], cookie["domain"]) for cookie in answer.cookies.values()} == {
        (True, "/", "")
    }
