"""The data stored about an address: show, change, export, erase."""

import html
import json
import re
from datetime import date

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils.formats import date_format
from django.utils.module_loading import import_string

from events.models import Suggestion
from events.suggestions import suggest, take_up
from mscos.codes import address_digest
from mscos.forms import new_submission_id
from newsletters.models import Enquiry, Subscriber, SuppressedAddress
from newsletters.subscribers import links, subscriptions
from newsletters.subscribers.enquiries import enquire
from tests.events.conftest import make_event
from tests.forums.helpers import kept, problems, title, words
from tests.newsletters.conftest import make_subscriber
from tests.newsletters.subscribers.helpers import last_link, sender, subjects

pytestmark = pytest.mark.django_db

EMAIL = "reader@example.org"
DETAILS = {"act": "details", "name": "Sam", "organisation": "A house", "subject_style": "full"}
RUN_OUT = "This link has run out A link to what we hold lasts 1 day. Ask for a new one. Ask for a link"


@pytest.fixture
def send(client, django_capture_on_commit_callbacks):
    return sender(client, django_capture_on_commit_callbacks)


@pytest.fixture
def link(db):
    """The link to the data stored about the subscriber's address."""
    return links.stored_data_url(EMAIL)


def asked(**typed):
    return {"email": EMAIL, "submission_id": new_submission_id(), **typed}


def wrote(email=EMAIL, **fields):
    return enquire(**{"submission_id": "s", "email": email, "name": "", "organisation": "", "message": "One", **fields})


def facts(page):
    """Return each panel of a page: its heading, and its names and values."""
    panels = re.findall(r'<section class="panel.*?</section>', page.content.decode(), re.DOTALL)
    return [
        (
            re.search(r"<h2[^>]*>(.*?)</h2>", panel).group(1),
            {
                html.unescape(name): html.unescape(said)
                for name, said in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", panel, re.DOTALL)
            },
        )
        for panel in panels
    ]


def acts(page):
    return re.findall(r'name="act" value="(\w+)"', page.content.decode())


def test_the_link_is_mailed_to_the_address_and_opens_the_page(client, send, reader):
    response = send(asked(), to="/subscription/")
    assert title(response) == "Sent – Community of Practice"
    assert subjects() == [([EMAIL], "Your link")]
    page = client.get(last_link())
    assert title(page) == "Email settings – Community of Practice"
    assert words(page).startswith(f"What we hold about your address {EMAIL} ")


def test_the_response_is_the_same_for_every_address(send, reader):
    Subscriber.objects.create(email="pending@example.org")
    wrote("wrote@example.org")
    make_subscriber("never@example.org")
    SuppressedAddress.objects.create(digest=address_digest("never@example.org"))
    names = ("reader", "pending", "wrote", "never", "unknown")
    pages = [send(asked(email=f"{name}@example.org"), to="/subscription/") for name in names]
    assert {page.content for page in pages} == {pages[0].content}
    assert words(pages[0]).startswith(
        "Check your email If we hold anything about that address, a message is on its way."
    )
    assert subjects() == [([f"{name}@example.org"], "Your link") for name in names[:3]]


def test_the_link_is_sent_to_the_address_as_its_owner_wrote_it(send):
    make_subscriber("Reader@example.org")
    send(asked(email="READER@example.org"), to="/subscription/")
    assert subjects() == [(["Reader@example.org"], "Your link")]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"email": ""}, "Enter your email address"),
        ({"email": "reader"}, "Enter an email address in the correct format, like name@example.com"),
        ({"leave_empty": "x"}, "A field that should stay empty was filled in. Nothing was lost. Send again."),
        ({"submission_id": ""}, "This form was open for too long. Nothing was lost. Check and send again."),
    ],
)
def test_a_refused_request_for_a_link_keeps_what_was_typed(send, reader, typed, message):
    response = send(asked(**typed), to="/subscription/")
    assert problems(response) == [message]
    assert kept(response, "email") == asked(**typed)["email"]
    assert subjects() == []


def test_a_request_without_a_csrf_token_or_too_often_keeps_the_address(send, reader):
    response = Client(enforce_csrf_checks=True).post("/subscription/", asked())
    assert (response.status_code, kept(response, "email")) == (403, EMAIL)
    for _ in range(10):
        send(asked(email="unknown@example.org"), to="/subscription/")
    response = send(asked(), to="/subscription/")
    assert (response.status_code, kept(response, "email")) == (429, EMAIL)
    assert subjects() == []


def test_the_page_shows_every_column_of_every_row(client, link, editor):
    reader = make_subscriber(EMAIL, name="Sam <b>", organisation="A house", subject_style="full")
    enquiry = wrote("READER@example.org", message="One\nTwo & three", name="Sam")
    Enquiry.objects.filter(pk=enquiry.pk).update(answered_by=editor, state="in hand")
    SuppressedAddress.objects.create(digest=address_digest(EMAIL))
    wrote("other@example.org", submission_id="other")
    (newsletter, row), (message, asked_us), (never, digest) = facts(client.get(link))
    assert (newsletter, message, never) == ("Newsletter", "Message to us", "Address never to write to")
    assert row == {
        "Number of the row": str(reader.pk),
        "Email address": EMAIL,
        "Name": "Sam <b>",
        "Organisation": "A house",
        "State": "Confirmed",
        "Subject lines": "Full",
        "Word in your unsubscribe link": reader.token,
        "Signed up on": date_format(reader.signed_up_on, "j F Y"),
        "Agreed on": "1 March 2023",
        "Agreed to": "Get the newsletter",
        "Agreed by": "The form on this site",
    }
    assert asked_us == {
        "Number of the row": str(enquiry.pk),
        "Email address": "READER@example.org",
        "Name": "Sam",
        "Organisation": "Nothing",
        "Message": "One<br>Two & three",
        "State": "In hand",
        "Who answers": "somebody of the team",
        "Received on": date_format(enquiry.received_on, "j F Y"),
        "Scrambled form of what you sent, to know it if it is sent twice": enquiry.form_digest,
        "Erased on": date_format(enquiry.erased_on, "j F Y"),
    }
    assert digest["Scrambled form of the address, from which nobody can read it"] == address_digest(EMAIL)
    assert [len(row), len(asked_us) - 1, len(digest)] == [
        len(model._meta.concrete_fields) for model in (Subscriber, Enquiry, SuppressedAddress)
    ]


def test_a_suggestion_is_shown_exported_and_erased(client, send, link):
    suggestion = suggest(
        submission_id="one", title="A talk", organiser="Crisis", stated_time="5pm", email="READER@example.org"
    )
    other = suggest(
        submission_id="two", title="Another", organiser="Crisis", stated_time="5pm", email="other@example.org"
    )
    take_up(suggestion=suggestion, event=make_event("The talk itself"))
    [(what, facts_of_it)] = facts(client.get(link))
    assert (what, len(facts_of_it) - 1) == ("Event that you told us about", len(Suggestion._meta.concrete_fields))
    names = ("Title", "Organiser", "When", "State", "Event made of it", "Email")
    assert [facts_of_it[name] for name in names] == [
        "A talk", "Crisis", "5pm", "Made an event", "The talk itself", "READER@example.org"
    ]  # fmt: skip
    send(asked(), to="/subscription/")
    assert subjects() == [(["READER@example.org"], "Your link")]
    send({"act": "erase"}, to=link)
    assert list(Suggestion.objects.all()) == [other]


@pytest.mark.parametrize("count", [1, 50])
def test_the_page_needs_as_many_queries_for_many_rows_as_for_one(
    client, link, reader, editor, count, django_assert_num_queries
):
    for number in range(count):
        wrote(submission_id=str(number))
    Enquiry.objects.update(answered_by=editor)
    with django_assert_num_queries(5):
        page = client.get(link)
    assert len(facts(page)) == 1 + count


def test_the_page_of_an_unknown_address_says_so(client, link):
    page = client.get(link)
    assert "We hold nothing about this address." in words(page)
    assert acts(page) == []


def test_the_commands_depend_on_what_is_stored(client, link):
    SuppressedAddress.objects.create(digest=address_digest(EMAIL))
    assert acts(client.get(link)) == ["export"]
    wrote()
    assert acts(client.get(link)) == ["export", "erase"]
    Subscriber.objects.create(email=EMAIL, consent_wording="W")
    assert acts(client.get(link)) == ["details", "export", "erase"]
    Subscriber.objects.update(state="confirmed", consent_on=date(2026, 3, 2))
    assert acts(client.get(link)) == ["details", "address", "export", "erase"]


def test_the_link_expires_after_a_day(client, send, reader):
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        link = links.stored_data_url(EMAIL)
    with time_machine.travel("2026-03-03T10:00:00Z", tick=False):
        assert client.get(link).status_code == 200
    with time_machine.travel("2026-03-03T10:00:01Z", tick=False):
        for response in (client.get(link), send({"act": "erase"}, to=link), send(DETAILS, to=link)):
            assert (response.status_code, words(response)) == (404, RUN_OUT)
    assert Subscriber.objects.get().name == ""


def test_the_links_of_other_pages_are_not_valid(client, reader):
    confirm = links.confirm_url(reader).replace("/confirm/", "/subscription/")
    change = links.change_email_url(reader, EMAIL).replace("/change/", "/subscription/")
    for link in (confirm, change, f"/subscription/{reader.token}/", "/subscription/x/", f"/subscription/{EMAIL}/"):
        response = client.get(link)
        assert (response.status_code, words(response)) == (404, RUN_OUT), link


def test_details_are_changed_and_nothing_else(client, send, link, reader):
    before = Subscriber.objects.values().get()
    page = send(DETAILS, to=link)
    assert 'role="status" class="banner success"><strong>Saved.</strong>' in page.content.decode()
    changed = {name: value for name, value in DETAILS.items() if name != "act"}
    assert Subscriber.objects.values().get() == {**before, **changed}
    assert kept(page, "name") == "Sam"
    assert facts(page)[0][1]["Organisation"] == "A house"


def test_invalid_details_are_reported_and_kept(send, link, reader):
    page = send({**DETAILS, "name": "x" * 81, "subject_style": "x"}, to=link)
    assert problems(page) == ["Name must be 80 characters or less", "Choose plain or full"]
    assert title(page) == "Error: Email settings – Community of Practice"
    assert (kept(page, "name"), kept(page, "organisation")) == ("x" * 81, "A house")
    assert Subscriber.objects.get().name == ""


@pytest.mark.parametrize(
    ("act", "field"),
    [("details", "name"), ("address", "email"), ("export", ""), ("erase", "")],
)
def test_without_a_csrf_token_nothing_is_done_and_what_was_typed_is_kept(link, reader, act, field):
    strict = Client(enforce_csrf_checks=True)
    page = strict.post(link, {**DETAILS, "email": "new@example.org", "act": act})
    assert page.status_code == 403
    assert problems(page) == ["Something went wrong when sending. Nothing was lost. Check and send again."]
    if field:
        assert kept(page, field) == {"name": "Sam", "email": "new@example.org"}[field]
    assert list(Subscriber.objects.values_list("email", "name")) == [(EMAIL, "")]
    assert subjects() == []


@pytest.mark.parametrize("act", ["", "x", "details", "address", "export", "erase"])
def test_without_stored_data_nothing_is_done(send, link, act):
    page = send({**DETAILS, "act": act, "email": "new@example.org"}, to=link)
    assert (page.status_code, "We hold nothing about this address." in words(page)) == (200, True)
    assert (Subscriber.objects.count(), subjects()) == (0, [])


def test_the_export_has_the_same_data_as_the_page(client, send, link, editor):
    reader = make_subscriber(EMAIL, name="Zoë")
    enquiry = wrote(message="One\nTwo")
    answer = send({"act": "export"}, to=link)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="what-we-hold.json"'
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "Zoë" in answer.content.decode()
    exported = json.loads(answer.content)
    assert exported["email address"] == EMAIL
    newsletter, message = exported["held"]
    assert newsletter == {
        "what": "Newsletter",
        "number of the row": reader.pk,
        "email address": EMAIL,
        "name": "Zoë",
        "organisation": "",
        "state": "Confirmed",
        "subject lines": "Plain",
        "word in your unsubscribe link": reader.token,
        "signed up on": reader.signed_up_on.isoformat(),
        "agreed on": "2023-03-01",
        "agreed to": "Get the newsletter",
        "agreed by": "The form on this site",
    }
    assert (message["message"], message["who answers"]) == ("One\nTwo", "nobody")
    assert message["erased on"] == enquiry.erased_on.isoformat()
    names = [{name.lower() for name in facts} for _, facts in facts(client.get(link))]
    assert names == [{name.lower() for name in row if name != "what"} for row in exported["held"]]


def test_a_get_request_to_the_page_does_nothing(client, link, reader):
    for act in ("export", "erase", "details"):
        page = client.get(f"{link}?act={act}&never_again=on&subject_style=full")
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert Subscriber.objects.get().subject_style == "plain"


@pytest.mark.parametrize(("tick", "kept_digests"), [({}, 0), ({"never_again": "on"}, 1)])
def test_everything_about_an_address_is_erased(send, link, tick, kept_digests):
    make_subscriber("Reader@example.org")
    wrote("READER@example.org")
    other, others = make_subscriber("other@example.org"), wrote("other@example.org", submission_id="other")
    page = send({"act": "erase", **tick}, to=link)
    assert words(page).startswith("Everything is erased We have deleted your address and what came from it.")
    assert (list(Subscriber.objects.all()), list(Enquiry.objects.all())) == ([other], [others])
    assert SuppressedAddress.objects.filter(digest=address_digest(EMAIL)).count() == kept_digests
    assert SuppressedAddress.objects.count() == kept_digests
    assert "We hold" not in words(page)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's files are not the test's to read")
def test_an_erased_address_is_nowhere_in_the_database_file(send, link):
    make_subscriber("marked-reader@example.org", name="Marked Reader")
    wrote("marked-reader@example.org", message="marked words")
    send({"act": "erase", "never_again": "on"}, to=links.stored_data_url("marked-reader@example.org"))
    stored = connection.connection.serialize().lower()
    assert [trace for trace in (b"marked-reader", b"marked reader", b"marked words") if trace in stored] == []


def test_private_pages_are_not_cached_and_touch_no_session(client, link, reader):
    change = links.change_email_url(reader, "new@example.org")
    for address in ("/subscription/", link, change, "/subscription/x/", "/change/x/"):
        page = client.get(address)
        assert page.headers["Cache-Control"] == "no-store, private", address
        assert page.headers["X-Robots-Tag"] == "noindex, noarchive", address
        assert list(page.cookies) in ([], ["form"]), address
    assert Session.objects.count() == 0
    for address in ("/subscription/", link, change):
        assert "data-private" in client.get(address).content.decode()
        assert "example.org" not in address


def test_unconfirmed_subscribers_are_erased_when_their_link_has_expired(reader):
    with time_machine.travel("2026-03-02T23:59:00Z", tick=False):
        newcomer = Subscriber.objects.create(email="newcomer@example.org", consent_wording="W")
        link = links.confirm_url(newcomer)
    with time_machine.travel("2026-03-09T23:58:00Z", tick=False):
        subscriptions.erase_unconfirmed()
        assert links.subscriber_to_confirm(link.split("/")[2]) == newcomer
    with time_machine.travel("2026-03-11T00:01:00Z", tick=False):
        subscriptions.erase_unconfirmed()
    assert list(Subscriber.objects.all()) == [reader]


@pytest.mark.parametrize(
    "name",
    [
        "newsletters.subscribers.subscriptions.erase_unconfirmed",
        "newsletters.subscribers.enquiries.erase_old_enquiries",
        "newsletters.emails.notify_editors",
    ],
)
def test_the_background_worker_does_it_once_a_day(settings, name):
    assert settings.JOBS[name] == 24 * 60 * 60
    import_string(name)()
