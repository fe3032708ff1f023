"""Signing up: one row and few mails for an address, and the same response for every address."""

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction

from mscos.codes import address_digest
from mscos.forms import new_submission_id
from newsletters.models import Subscriber, SuppressedAddress
from newsletters.subscribers import subscriptions
from newsletters.subscribers.forms import CONSENT
from tests.concurrency import all_at_once
from tests.newsletters.conftest import make_subscriber
from tests.newsletters.subscribers.helpers import answer, fields, sender, subjects

pytestmark = pytest.mark.django_db

SUBJECT = "Please confirm your email address"


@pytest.fixture
def send(client, django_capture_on_commit_callbacks):
    return sender(client, django_capture_on_commit_callbacks)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("o'hara+x@example.org", "o'hara+x@example.org"),
        ('"john smith"@example.org', '"john smith"@example.org'),
        ("  Reader@Example.ORG \n", "Reader@example.org"),
        ("reader@münchen.de", "reader@xn--mnchen-3ya.de"),
        ("reader@xn--mnchen-3ya.de", "reader@xn--mnchen-3ya.de"),
        ("\u200breader@example.org\ufeff", "reader@example.org"),
        ("a_b%c@example.org", "a_b%c@example.org"),
    ],
)
def test_unusual_valid_addresses_get_mail(send, typed, stored):
    send(fields(email=typed))
    assert Subscriber.objects.get().email == stored
    assert subjects() == [([stored], SUBJECT)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("reader@example.org", "READER@Example.org"),
        ("reader@münchen.de", "Reader@XN--MNCHEN-3YA.DE"),
    ],
)
def test_one_address_in_two_spellings_is_one_row_and_mailed_as_first_written(send, first, second):
    send(fields(email=first))
    send(fields(email=second))
    stored = Subscriber.objects.get().email
    assert subjects() == [([stored], SUBJECT)] * 2


def test_addresses_that_match_as_a_pattern_are_two(send):
    send(fields(email="a_b@example.org"))
    send(fields(email="axb@example.org"))
    assert Subscriber.objects.count() == 2


def test_a_name_of_two_lines_is_joined_and_in_no_mail(send):
    send(fields(name="Sam\r\nBcc: b@example.org"))
    assert Subscriber.objects.get().name == "Sam Bcc: b@example.org"
    assert subjects() == [(["reader@example.org"], SUBJECT)]


def test_the_page_is_the_same_for_every_address(send):
    pending = Subscriber.objects.create(email="pending@example.org")
    make_subscriber("on-the-list@example.org")
    make_subscriber("bounced@example.org", state="bounced")
    SuppressedAddress.objects.create(digest=address_digest("never@example.org"))
    names = ["new", "pending", "on-the-list", "bounced", "never"]
    pages = [send(fields(email=f"{name}@example.org")) for name in names]
    assert {answer(page) for page in pages} == {answer(pages[0])}
    assert {page.status_code for page in pages} == {200}
    assert subjects() == [
        (["new@example.org"], SUBJECT),
        ([pending.email], SUBJECT),
        (["on-the-list@example.org"], "You are already on the list"),
        (["bounced@example.org"], SUBJECT),
    ]
    assert Subscriber.objects.filter(email="never@example.org").count() == 0


def test_a_suppressed_address_is_recognised_in_any_case(send):
    SuppressedAddress.objects.create(digest=address_digest("never@example.org"))
    send(fields(email="NEVER@example.org"))
    assert (subjects(), Subscriber.objects.count()) == ([], 0)


def test_before_confirmation_the_last_form_counts(send):
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        send(fields(name="Smith", subject_style="full"))
    token = Subscriber.objects.get().token
    with time_machine.travel("2026-03-08T10:00:00Z", tick=False):
        send(fields(name="Sam"))
    subscriber = Subscriber.objects.get()
    assert (subscriber.name, subscriber.subject_style, subscriber.token) == ("Sam", "plain", token)
    assert subscriber.signed_up_on == date(2026, 3, 8)


def test_after_confirmation_a_form_changes_nothing(send, reader):
    before = Subscriber.objects.values().get()
    send(fields(email="READER@example.org", name="A stranger", subject_style="full"))
    assert Subscriber.objects.values().get() == before


def test_a_bounced_address_needs_confirmation_again(send):
    make_subscriber("reader@example.org", state="bounced")
    send(fields(name="Sam"))
    subscriber = Subscriber.objects.get()
    assert (subscriber.state, subscriber.consent_on, subscriber.name) == ("pending", None, "Sam")


def test_a_thousand_sign_ups_of_one_address_send_three_mails_and_store_one_row(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(1_000):  # 10,000 take half a minute, and the rule is the same
            writing = "reader@example.org" if number % 2 else "Reader@example.org"
            details = {"name": str(number), "organisation": "", "subject_style": "plain", "wording": CONSENT}
            subscriptions.sign_up(email=writing, **details)
    assert subjects() == [(["Reader@example.org"], SUBJECT)] * 3
    assert Subscriber.objects.count() == 1


def test_at_most_three_mails_a_day_of_all_kinds_are_sent_to_one_address(send, reader):
    for day in ("2026-03-02", "2026-03-03"):
        with time_machine.travel(f"{day}T10:00:00Z", tick=False):
            for _ in range(2):
                send(fields())
                send({"email": "Reader@Example.org", "submission_id": new_submission_id()}, to="/subscription/")
    assert [subject for _, subject in subjects()] == [
        "You are already on the list",
        "Your link",
        "You are already on the list",
    ] * 2


def test_no_more_than_three_mails_in_a_day_are_sent_to_one_address(send):
    for moment in ["00:01", "00:01", "00:01", "23:58"]:
        with time_machine.travel(f"2026-03-02T{moment}:00Z", tick=False):
            send(fields())
    assert len(subjects()) == 3


@pytest.mark.django_db(transaction=True)
def test_many_concurrent_sign_ups_make_one_row_and_three_mails():
    def sign_up():
        subscriptions.sign_up(
            email="reader@example.org", name="", organisation="", subject_style="plain", wording=CONSENT
        )

    all_at_once(*[sign_up] * 6)
    assert Subscriber.objects.count() == 1
    assert subjects() == [(["reader@example.org"], SUBJECT)] * 3


def test_the_database_allows_one_row_for_an_address():
    Subscriber.objects.create(email="reader@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.create(email="READER@example.org")
