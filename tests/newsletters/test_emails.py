"""The mails about an address, and the notice to editors."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import resolve

from mscos.groups import MODERATORS
from mscos.sensitive_words import sensitive_words_in
from newsletters import emails
from newsletters.models import Enquiry, Subscriber
from newsletters.subscribers.enquiries import enquire
from tests.mailbox import sent_mail
from tests.newsletters.subscribers.helpers import links_in
from tests.people import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(db):
    return Subscriber.objects.create(email="o'hara+x@example.org", name="Sam\nBcc: b@example.org")


@pytest.fixture
def letters(newcomer):
    """One mail of each kind, by name."""
    return {
        "confirm": emails.confirm(newcomer),
        "already_there": emails.already_there(newcomer),
        "your_link": emails.your_link(newcomer.email),
        "change_email": emails.change_email(newcomer, "new@example.org"),
    }


class Words(HTMLParser):
    """The words of a page's body, and its links."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links = [], []
        self.feed(html.split("<body>")[1])

    def handle_data(self, data):
        self.words += data.split()

    def handle_starttag(self, tag, attrs):
        self.links += [dict(attrs)["href"]] if tag == "a" else []


def test_each_mail_says_what_it_is_and_links_to_its_page(letters):
    found = {
        name: (message.to, message.subject, [resolve(link).view_name for link in links_in(message)])
        for name, message in letters.items()
    }
    confirm = "Please confirm your email address"
    old, new = ["o'hara+x@example.org"], ["new@example.org"]
    assert found == {
        "confirm": (old, confirm, ["newsletters:confirm"]),
        "already_there": (
            old,
            "You are already on the list",
            ["newsletters:unsubscribe", "newsletters:subscription_ask"],
        ),
        "your_link": (old, "Your link", ["newsletters:subscription_detail"]),
        "change_email": (new, confirm, ["newsletters:change_email"]),
    }


def test_no_mail_contains_a_sensitive_word_an_address_or_typed_text(letters):
    for name, message in letters.items():
        html = message.alternatives[0][0]
        for text in (message.subject, message.body, html):
            said = re.sub(r"/[\w-]{20,}/", "/word/", text)  # a random word in a link may hold any letters
            assert sensitive_words_in(said) == [], name
            assert re.findall(r"hara|Sam|Bcc|new@", said) == [], name
        headers = message.message().as_string().split("\n\n")[0]
        assert "b@example.org" not in headers, name
        assert "Auto-Submitted: auto-generated" in headers, name


def test_both_parts_have_the_same_links_and_load_nothing(letters):
    for name, message in letters.items():
        html = message.alternatives[0][0]
        assert Words(html).links == [f"http://testserver{link}" for link in links_in(message)], name
        assert re.findall(r"<img|<link|<script|<style|src=|\{\{|\{%", html) == [], name
        assert '<html lang="en-GB">' in html, name
        assert f"<title>{message.subject}</title>" in html, name
        assert max(len(line) for line in message.body.splitlines() if "http" not in line) <= 78, name


def test_the_mail_to_confirm_is_two_lines_and_a_link(letters):
    assert re.sub(r"/confirm/\S+/", "/confirm/x/", letters["confirm"].body) == (
        "Press the button on this page within 7 days to confirm your address.\n"
        "If you did not ask for this, do nothing.\n\n"
        "http://testserver/confirm/x/\n"
    )


@pytest.mark.parametrize("address", ['"john smith"@example.org', "reader@xn--mnchen-3ya.de", "o'hara+x@example.org"])
def test_unusual_addresses_reach_the_envelope_unchanged(address):
    message = emails.your_link(address)
    assert message.recipients() == [address]
    message.send()
    assert address in message.message()["To"]


@pytest.fixture
def waiting(db):
    return enquire(
        submission_id="s",
        email="reader@example.org",
        name="Sam",
        organisation="A house",
        message="Do you know a toolkit?",
    )


def test_editors_are_notified_that_something_waits_without_its_content(waiting, editor):
    make_staff("kim@example.org", groups=["Editors"])
    make_staff("moderator@example.org", groups=[MODERATORS])
    make_staff("gone@example.org", groups=["Editors"], is_active=False)
    emails.notify_editors()
    assert sorted((message.to, message.subject) for message in sent_mail()) == [
        (["kim@example.org"], "Something is waiting"),
        (["robin@example.org"], "Something is waiting"),
    ]
    sent = sent_mail()[0].message().as_string()
    for trace in ("reader@", "Sam", "A house", "toolkit"):
        assert trace not in sent
    assert "http://testserver/admin/newsletters/enquiry/" in sent_mail()[0].body
    assert sensitive_words_in(sent) == []


@pytest.mark.parametrize("state", ["in hand", "done", None])
def test_nobody_is_notified_while_nothing_new_waits(waiting, editor, state):
    if state:
        Enquiry.objects.update(state=state)
    else:
        Enquiry.objects.all().delete()
    emails.notify_editors()
    assert sent_mail() == []
