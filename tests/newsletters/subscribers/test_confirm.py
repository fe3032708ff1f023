"""The link that confirms an address: opening it changes nothing, its button does, once and for a week."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from newsletters.models import Issue, Subscriber
from newsletters.subscribers import links
from tests.forums.helpers import problems, title, words
from tests.newsletters.conftest import make_issue, make_subscriber
from tests.newsletters.subscribers.helpers import fields, last_link

pytestmark = pytest.mark.django_db

OVER = "This link has run out Links last 7 days and work once. Sign up again to get a new one."


@pytest.fixture
def newcomer(db):
    return Subscriber.objects.create(email="newcomer@example.org", consent_wording="Get the newsletter")


def state_of(subscriber):
    return Subscriber.objects.values_list("state", "consent_on").get(pk=subscriber.pk)


def test_from_the_form_to_the_list(client, django_capture_on_commit_callbacks):
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False), django_capture_on_commit_callbacks(execute=True):
        client.post("/contact/", fields(email="newcomer@example.org"))
    with time_machine.travel("2026-03-04T10:00:00Z", tick=False):
        page = client.get(last_link())
        assert title(page) == "Confirm – Community of Practice"
        assert words(page).startswith("Confirm your email address n…@example.org ")
        done = client.post(last_link())
    assert words(done).startswith("You are on the list The next issue comes to you as soon as it is out.")
    subscriber = Subscriber.objects.get()
    assert (subscriber.state, subscriber.signed_up_on) == ("confirmed", date(2026, 3, 2))
    assert subscriber.consent_on == date(2026, 3, 4)


def test_the_day_of_the_next_issue_is_shown_if_it_is_scheduled(client, newcomer):
    for number, day in ((6, 16), (5, 9)):
        make_issue(number)
        Issue.objects.filter(number=number).update(state="scheduled", publish_at=datetime(2026, 3, day, 9, tzinfo=UTC))
    page = words(client.post(links.confirm_url(newcomer)))
    assert page.startswith("You are on the list The next issue goes out on Monday 9 March 2026.")


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_program_that_opens_every_link_confirms_nothing(client, newcomer, method):
    for _ in range(3):
        assert getattr(client, method)(links.confirm_url(newcomer)).status_code == 200
    assert state_of(newcomer) == ("pending", None)


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_other_methods_do_nothing(client, newcomer, method):
    assert getattr(client, method)(links.confirm_url(newcomer)).status_code == 405
    assert state_of(newcomer) == ("pending", None)


def test_the_link_expires_after_a_week(client, newcomer):
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        link = links.confirm_url(newcomer)
    with time_machine.travel("2026-03-09T10:00:01Z", tick=False):
        for response in (client.get(link), client.post(link)):
            assert (response.status_code, words(response)) == (404, f"{OVER} Sign up again")
    assert state_of(newcomer) == ("pending", None)
    with time_machine.travel("2026-03-09T09:59:59Z", tick=False):
        assert client.post(link).status_code == 200
    assert state_of(newcomer) == ("confirmed", date(2026, 3, 9))


def test_a_used_link_has_expired_and_a_button_pressed_twice_gets_the_same_response(client, newcomer):
    link = links.confirm_url(newcomer)
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        link = links.confirm_url(newcomer)
        first = client.post(link)
    with time_machine.travel("2026-03-03T10:00:00Z", tick=False):
        assert words(client.post(link)) == words(first)
        response = client.get(link)
    assert (response.status_code, words(response)) == (404, f"{OVER} Sign up again")
    assert state_of(newcomer) == ("confirmed", date(2026, 3, 2))


def test_the_links_of_other_pages_confirm_nothing(client, newcomer):
    bare = f"/confirm/{newcomer.token}/"
    see = links.stored_data_url(newcomer.email).replace("/subscription/", "/confirm/")
    change = links.change_email_url(newcomer, "new@example.org").replace("/change/", "/confirm/")
    cut = links.confirm_url(newcomer)[:-10] + "/"
    for link in (bare, see, change, cut, "/confirm/x/", "/confirm/%00/", "/confirm/é/"):
        response = client.post(link)
        assert (response.status_code, words(response)) == (404, f"{OVER} Sign up again"), link
    assert state_of(newcomer) == ("pending", None)


@pytest.mark.parametrize("state", ["bounced", None])
def test_a_link_is_not_valid_once_its_subscriber_bounced_or_unsubscribed(client, newcomer, state):
    link = links.confirm_url(newcomer)
    if state:
        Subscriber.objects.update(state=state, consent_on=date(2026, 3, 2))
    else:
        newcomer.delete()
        Subscriber.objects.create(email="newcomer@example.org")
    assert client.post(link).status_code == 404
    assert Subscriber.objects.get().state == (state or "pending")


def test_a_missing_csrf_token_shows_the_button_again(newcomer):
    strict = Client(enforce_csrf_checks=True)
    link = links.confirm_url(newcomer)
    response = strict.post(link)
    assert response.status_code == 403
    assert problems(response) == ["Something went wrong when sending. Nothing was lost. Check and send again."]
    assert state_of(newcomer) == ("pending", None)
    token = response.context["csrf_token"]
    assert strict.post(link, {"csrfmiddlewaretoken": str(token)}).status_code == 200
    assert state_of(newcomer)[0] == "confirmed"


def test_the_page_is_not_cached_and_shows_no_address(client, newcomer):
    link = links.confirm_url(newcomer)
    assert "newcomer" not in link
    pages = [client.get(link), client.post(link), client.get(link)]
    for page in pages:
        assert page.headers["Cache-Control"] == "no-store, private"
        assert page.headers["X-Robots-Tag"] == "noindex, noarchive"
        assert "newcomer@" not in page.content.decode()
    assert "data-private" in pages[0].content.decode()
    assert [list(page.cookies) for page in pages] == [["form"], [], []]
    assert Session.objects.count() == 0


def test_confirming_one_does_not_affect_others(client, newcomer):
    other = Subscriber.objects.create(email="other@example.org", consent_wording="Get the newsletter")
    bounced = make_subscriber("bounced@example.org", state="bounced")
    client.post(links.confirm_url(newcomer))
    assert (state_of(other)[0], state_of(bounced)[0]) == ("pending", "bounced")
