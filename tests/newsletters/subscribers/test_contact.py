"""The contact form: signing up, writing to the team, or both."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from newsletters.models import Enquiry, Subscriber
from newsletters.subscribers import views as reader_views
from newsletters.subscribers.forms import CONSENT, ContactForm
from tests.forums.helpers import kept, problems, title, words
from tests.newsletters.subscribers.helpers import answer, fields, question, sender, subjects
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db

TYPED = ("email", "name", "organisation", "message")
WRONG = "Enter an email address in the correct format, like name@example.com"
SUBJECT = "Please confirm your email address"


@pytest.fixture
def send(client, django_capture_on_commit_callbacks):
    return sender(client, django_capture_on_commit_callbacks)


def chosen(page):
    """Return the choice of 'What would you like to do?'."""
    inputs = re.findall(r'<input[^>]*name="purpose"[^>]*>', page.content.decode())
    return [re.search(r'value="(\w+)"', each).group(1) for each in inputs if "checked" in each]


def test_a_new_subscriber_is_unconfirmed_and_gets_one_mail(send):
    response = send(fields(name="Sam", organisation="A house", subject_style="full"))
    assert title(response) == "Sent – Community of Practice"
    assert words(response).startswith("Check your email If that address can be added, a message is on its way.")
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.name, subscriber.organisation) == ("reader@example.org", "Sam", "A house")
    assert (subscriber.state, subscriber.subject_style) == ("pending", "full")
    assert (subscriber.consent_on, subscriber.consent_wording, subscriber.consent_source) == (None, CONSENT, "form")
    assert subjects() == [(["reader@example.org"], SUBJECT)]
    assert Enquiry.objects.count() == 0


def test_the_stored_consent_is_the_text_of_the_page(client):
    assert CONSENT in words(client.get("/contact/"))


def test_the_form_asks_in_order_and_chooses_plain_and_nothing_else(client):
    page = client.get("/contact/").content.decode()
    names = list(dict.fromkeys(re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"', page)))
    assert names == [
        "csrfmiddlewaretoken",
        "purpose",
        "email",
        "name",
        "organisation",
        "message",
        "subject_style",
        "leave_empty",
        "submission_id",
    ]
    assert re.findall(r'value="(\w+)"[^>]* checked', page) == ["plain"]
    assert re.findall(r'autocomplete="(\w+)"', page) == ["email", "name", "organization", "off", "off"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", []),
        ("?for=newsletter", ["newsletter"]),
        ("?for=message", ["message"]),
        ("?for=both", ["both"]),
        ("?for=x", []),
        ("?for=%00", []),
    ],
)
def test_the_query_string_may_choose_the_purpose(client, query, found):
    assert chosen(client.get(f"/contact/{query}")) == found


def test_a_message_is_stored_and_nobody_is_mailed(send, settings):
    settings.ANSWER_DAYS = 3
    response = send(question(name="Sam", organisation="A house", message="One\r\nTwo"))
    assert title(response) == "Sent – Community of Practice"
    assert words(response).startswith("Thank you We usually answer within 3 working days.")
    enquiry = Enquiry.objects.get()
    assert (enquiry.email, enquiry.name, enquiry.organisation) == ("reader@example.org", "Sam", "A house")
    assert (enquiry.message, enquiry.state) == ("One\nTwo", "new")
    assert "on its way" not in words(response)
    assert (subjects(), Subscriber.objects.count()) == ([], 0)


def test_a_message_without_an_address_is_stored_and_the_page_says_that_nobody_can_answer(send):
    response = send(question(email=""))
    assert words(response).startswith("Thank you We have your message. You gave no address, so nobody can answer.")
    assert (Enquiry.objects.get().email, Enquiry.objects.get().message) == ("", "Do you know a toolkit?")


def test_both_does_both(send):
    page = words(send(question(purpose="both")))
    assert page.startswith("Thank you We usually answer within 5 working days.")
    assert "Check your email. If that address can be added, a message is on its way." in page
    assert (Enquiry.objects.count(), Subscriber.objects.count(), len(subjects())) == (1, 1, 1)


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ({"purpose": ""}, ["Choose what you would like to do"]),
        ({"purpose": "x"}, ["Choose what you would like to do"]),
        ({"email": ""}, ["Enter your email address"]),
        ({"email": " \t"}, ["Enter your email address"]),
        ({"email": "reader"}, [WRONG]),
        ({"email": "reader@localhost"}, [WRONG]),
        ({"email": "Reader <reader@example.org>"}, [WRONG]),
        ({"email": "a@example.org, b@example.org"}, [WRONG]),
        ({"email": "reader@example.org\nBcc: b@example.org"}, [WRONG]),
        ({"email": "reader@example.org\r\n\r\nBuy"}, [WRONG]),
        ({"email": "réader@example.org"}, [WRONG]),
        ({"email": "x" * 250 + "@example.org"}, [WRONG]),
        ({"email": "a\x00@example.org"}, ["Email address has characters that we cannot store. Type those words again, then send"]),
        ({"purpose": "message", "message": ""}, ["Enter your message"]),
        ({"purpose": "both", "message": " \n\u200b"}, ["Enter your message"]),
        ({"purpose": "both", "email": "", "message": ""}, ["Enter your email address", "Enter your message"]),
        ({"message": "A word"}, ["Choose 'Both' to send this message too, or take it out"]),
        ({"purpose": "message", "message": "x" * 5_001}, ["Message must be 5,000 characters or less"]),
        ({"purpose": "message", "message": "a\x00b"}, ["Message has characters that we cannot store. Type those words again, then send"]),
        ({"name": "x" * 81}, ["Name must be 80 characters or less"]),
        ({"name": "x" * 10_000}, ["Name must be 80 characters or less"]),
        ({"name": "a\x00b"}, ["Name has characters that we cannot store. Type those words again, then send"]),
        ({"organisation": "x" * 121}, ["Organisation must be 120 characters or less"]),
        ({"subject_style": ""}, ["Choose plain or full"]),
        ({"subject_style": "x"}, ["Choose plain or full"]),
        ({"submission_id": ""}, ["This form was open for too long. Nothing was lost. Check and send again."]),
        ({"submission_id": "forged:1:x"}, ["This form was open for too long. Nothing was lost. Check and send again."]),
        ({"leave_empty": "x"}, ["A field that should stay empty was filled in. Nothing was lost. Send again."]),
    ],
)  # fmt: skip
def test_a_refused_form_keeps_what_was_typed_and_stores_nothing(send, typed, messages):
    sent = fields(**typed)
    response = send(sent)
    assert problems(response) == messages
    assert title(response) == "Error: Contact – Community of Practice"
    assert response.status_code == 200
    assert {name: kept(response, name) for name in TYPED} == {
        name: sent[name].replace("\r\n", "\n") if name == "message" else sent[name] for name in TYPED
    }
    assert chosen(response) == ([sent["purpose"]] if sent["purpose"] in {"newsletter", "message", "both"} else [])
    assert (Subscriber.objects.count(), Enquiry.objects.count(), subjects()) == (0, 0, [])


def test_the_longest_values_fit_their_columns(send):
    longest = {"name": "é" * 80, "organisation": "é" * 120, "message": "é" * 5_000}
    send(fields(purpose="both", email=f"{'x' * 64}@{'y' * 63}.{'y' * 63}.{'y' * 49}.example.org", **longest))
    enquiry = Enquiry.objects.get()
    assert {name: getattr(enquiry, name) for name in longest} == longest
    assert Subscriber.objects.get().name == "é" * 80
    assert len(CONSENT) <= Subscriber._meta.get_field("consent_wording").max_length


def test_one_form_sent_twice_stores_one_message_and_gets_the_same_page(send):
    sent = question()
    pages = [send(sent), send(sent)]
    assert answer(pages[0]) == answer(pages[1])
    assert Enquiry.objects.count() == 1
    send({**sent, "message": "Another word"})
    assert Enquiry.objects.count() == 2


@pytest.mark.parametrize("token", [{}, {"csrfmiddlewaretoken": "stale"}])
def test_a_missing_or_stale_csrf_token_shows_the_form_again_with_the_text(token):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/contact/", {**question(purpose="both", name="Sam"), **token})
    assert response.status_code == 403
    assert problems(response) == ["Something went wrong when sending. Nothing was lost. Check and send again."]
    assert [kept(response, name) for name in TYPED] == ["reader@example.org", "Sam", "", "Do you know a toolkit?"]
    assert chosen(response) == ["both"]
    assert (Subscriber.objects.count(), Enquiry.objects.count()) == (0, 0)
    names = ("submission_id", "csrfmiddlewaretoken")
    strict.post("/contact/", {**question(purpose="both"), **{name: kept(response, name) for name in names}})
    assert (Subscriber.objects.count(), Enquiry.objects.count()) == (1, 1)


def test_after_ten_forms_in_an_hour_the_text_is_shown_again_with_429(send):
    for _ in range(10):
        assert send(question()).status_code == 200
    response = send(question(name="Sam"))
    assert response.status_code == 429
    assert problems(response) == ["Too many tries. Nothing was lost. Wait 60 minutes, then send again."]
    assert (kept(response, "message"), kept(response, "name")) == ("Do you know a toolkit?", "Sam")
    assert Enquiry.objects.count() == 10
    assert send(question(), REMOTE_ADDR="192.0.2.7").status_code == 200


def test_forms_with_mistakes_do_not_count_towards_the_limit(send):
    for _ in range(11):
        send(question(message=""))
    assert send(question()).status_code == 200
    assert reader_views.CONTACT.times == 10


def test_the_page_says_what_the_team_does_with_an_address(client):
    page = words(client.get("/contact/"))
    for sentence in (
        "Use an address that only you read.",
        "we will send one email to confirm.",
        "Messages you send from your own email stay in its Sent folder; this form leaves none.",
        "A message can go without, but then nobody can answer it.",
        "We usually answer a message within 5 working days.",
    ):
        assert sentence in page


def test_signed_in_or_not_the_form_touches_no_session_and_stores_nothing_of_the_person(client, send, editor):
    sign_in(client, make_staff("kim@example.org", display_name="Kim"))
    before = list(Session.objects.values_list("session_key", "session_data", "expire_date"))
    for sent in (fields(), question()):
        client.get("/contact/")
        send(sent)
    assert list(Session.objects.values_list("session_key", "session_data", "expire_date")) == before
    assert Enquiry.objects.get().answered_by is None


def test_signed_out_the_form_sets_only_the_csrf_cookie(client, send):
    page = client.get("/contact/")
    assert list(page.cookies) == ["form"]
    assert list(send(question()).cookies) == []
    assert Session.objects.count() == 0


def test_every_page_links_to_the_form(client):
    footer = client.get("/").content.decode().split('<nav aria-label="Help">')[1]
    assert re.search(r'href="([^"]*)">Contact<', footer).group(1) == "/contact/"
    about = client.get("/about/").content.decode().split('id="contact"')[1]
    assert 'href="/contact/"' in about
    assert "mscos@kcl.ac.uk" in about


def test_the_form_has_the_arguments_of_the_actions():
    sent = fields(purpose="both", message="A word")
    form = ContactForm(sent)
    assert form.is_valid()
    assert sorted(form.sign_up_arguments()) == ["email", "name", "organisation", "subject_style", "wording"]
    assert sorted(form.enquire_arguments()) == ["email", "message", "name", "organisation", "submission_id"]
