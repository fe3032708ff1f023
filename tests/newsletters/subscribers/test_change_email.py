"""The change of a subscriber's address, which its new owner confirms."""

import re

import pytest
import time_machine
from django.test import Client

from mscos.codes import address_digest
from newsletters.models import Delivery, Subscriber, SuppressedAddress
from newsletters.sending.bounces import record_bounce
from newsletters.subscribers import links, subscriptions
from tests.concurrency import while_uncommitted
from tests.forums.helpers import kept, problems, title, words
from tests.newsletters.conftest import make_subscriber
from tests.newsletters.sending.helpers import begin
from tests.newsletters.subscribers.helpers import last_link, sender, subjects

pytestmark = pytest.mark.django_db

EMAIL = "reader@example.org"
CONFIRM = "Please confirm your email address"


@pytest.fixture
def send(client, django_capture_on_commit_callbacks):
    return sender(client, django_capture_on_commit_callbacks)


@pytest.fixture
def link(db):
    """The link to the data stored about the subscriber's address."""
    return links.stored_data_url(EMAIL)


def request_change(send, link, to="new@example.org"):
    return send({"act": "address", "email": to}, to=link)


def test_an_address_changes_when_the_new_owner_confirms(client, send, link, reader):
    page = request_change(send, link)
    assert 'role="status" class="banner waiting"' in page.content.decode()
    assert "Until its button is pressed, nothing changes." in page.content.decode()
    assert subjects() == [(["new@example.org"], CONFIRM)]
    asked = client.get(last_link())
    assert title(asked) == "Confirm – Community of Practice"
    assert words(asked).startswith("Confirm your new email address n…@example.org ")
    assert client.head(last_link()).status_code == 200
    assert list(Subscriber.objects.values_list("email", "token")) == [(EMAIL, reader.token)]
    assert words(send(to=last_link())).startswith("Your address is changed")
    moved = Subscriber.objects.get()
    assert (moved.pk, moved.email, moved.state, moved.consent_on) == (
        reader.pk,
        "new@example.org",
        "confirmed",
        reader.consent_on,
    )


def test_the_mailbox_of_the_old_address_learns_nothing_of_the_new_one(client, send, link, reader):
    request_change(send, link)
    send(to=last_link())
    assert [to for to, _ in subjects()] == [["new@example.org"]]
    assert client.get(reader.get_unsubscribe_url()).status_code == 404
    assert "We hold nothing about this address." in words(client.get(link))
    assert client.get(Subscriber.objects.get().get_unsubscribe_url()).status_code == 200


def test_two_rows_are_merged_and_the_links_in_the_new_mailbox_keep_working(send, link, client):
    reader = make_subscriber(EMAIL, name="Sam", subject_style="full")
    other = make_subscriber("New@example.org", name="Smith")
    alike = [request_change(send, link, to) for to in ("unknown@example.org", "new@example.org")]
    pages = [re.sub(r'value="\w{64}"', "", page.content.decode()) for page in alike]
    assert pages[0] == pages[1]
    send(to=last_link())
    merged = Subscriber.objects.get()
    assert (merged.pk, merged.name, merged.subject_style, merged.token) == (reader.pk, "Sam", "full", other.token)
    assert merged.email == "new@example.org"


def test_an_unconfirmed_subscriber_at_the_new_address_is_merged_as_well(send, link, reader):
    Subscriber.objects.create(email="new@example.org")
    request_change(send, link)
    send(to=last_link())
    assert list(Subscriber.objects.values_list("email", "state")) == [("new@example.org", "confirmed")]


def test_the_same_address_in_another_case_is_a_change_too(send, link, reader):
    request_change(send, link, "READER@example.org")
    send(to=last_link())
    assert Subscriber.objects.get().email == "READER@example.org"


def test_a_bounced_address_is_replaced_by_a_new_one(send, link):
    make_subscriber(EMAIL, state="bounced")
    request_change(send, link)
    send(to=last_link())
    assert list(Subscriber.objects.values_list("email", "state")) == [("new@example.org", "confirmed")]


def test_a_suppressed_address_gets_no_mail(send, link, reader):
    SuppressedAddress.objects.create(digest=address_digest("new@example.org"))
    page = request_change(send, link)
    assert "If that address can be used, a message is on its way." in page.content.decode()
    assert subjects() == []


def test_the_link_to_change_works_once_and_for_a_week_and_not_when_things_have_changed(client, send, link, reader):
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        change = links.change_email_url(reader, "new@example.org")
    over = "This link has run out Links last 7 days and work once. Ask for a new one."
    with time_machine.travel("2026-03-09T10:00:01Z", tick=False):
        assert words(send(to=change)).startswith(over)
    with time_machine.travel("2026-03-09T10:00:00Z", tick=False):
        SuppressedAddress.objects.create(digest=address_digest("new@example.org"))
        assert send(to=change).status_code == 404
        SuppressedAddress.objects.all().delete()
        Subscriber.objects.update(state="pending")
        assert send(to=change).status_code == 404
        Subscriber.objects.update(state="confirmed")
        assert client.get(change).status_code == 200
        send(to=change)
        response = send(to=change)
    assert (response.status_code, words(response).startswith(over)) == (404, True)
    assert Subscriber.objects.get().email == "new@example.org"
    for other in (links.stored_data_url(EMAIL), links.confirm_url(reader)):
        assert send(to="/change/" + other.split("/")[2] + "/").status_code == 404


def test_a_change_after_unsubscribing_stores_nothing(reader):
    Subscriber.objects.all().delete()
    subscriptions.change_email(subscriber=reader, to="new@example.org")
    assert Subscriber.objects.count() == 0


def test_a_missing_csrf_token_changes_no_address(reader):
    response = Client(enforce_csrf_checks=True).post(links.change_email_url(reader, "new@example.org"))
    assert response.status_code == 403
    assert problems(response) == ["Something went wrong when sending. Nothing was lost. Check and send again."]
    assert Subscriber.objects.get().email == EMAIL


@pytest.mark.parametrize("typed", ["", "new", "new@example.org\nBcc: b@example.org"])
def test_an_invalid_new_address_is_reported_and_kept(send, link, reader, typed):
    page = request_change(send, link, typed)
    wrong = "Enter an email address in the correct format, like name@example.com"
    assert problems(page) == [wrong if typed else "Enter your email address"]
    assert kept(page, "email") == typed
    assert subjects() == []


def test_one_visitor_cannot_have_mail_sent_to_many_addresses(send, link, reader):
    for number in range(10):
        request_change(send, link, f"{number}@example.org")
    page = request_change(send, link, "eleventh@example.org")
    assert (page.status_code, kept(page, "email")) == (429, "eleventh@example.org")
    assert len(subjects()) == 10
    assert send({"act": "export"}, to=link).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_one_who_signs_up_with_the_new_address_at_the_same_moment_is_merged():
    reader = make_subscriber(EMAIL, name="Sam")
    while_uncommitted(  # the change cannot see the newcomer, and waits for them
        lambda: make_subscriber("New@example.org", token="their-own-word"),
        lambda: subscriptions.change_email(subscriber=reader, to="new@example.org"),
    )
    merged = Subscriber.objects.get()
    assert (merged.pk, merged.name, merged.email, merged.token) == (
        reader.pk,
        "Sam",
        "new@example.org",
        "their-own-word",
    )


def test_bounces_of_the_old_address_do_not_affect_the_new_one(reader, editor):
    mailing = begin(editor)
    [sent] = mailing.deliveries.all()
    Delivery.objects.update(state="sent")
    subscriptions.change_email(subscriber=reader, to="new@example.org")
    record_bounce(delivery=sent.pk, hard=True, code="5.1.1")
    assert Subscriber.objects.get().state == "confirmed"
    assert list(mailing.deliveries.values_list("state", "subscriber")) == [("bounced", None)]
