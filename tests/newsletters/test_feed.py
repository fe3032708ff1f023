"""The feed of issues."""

from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from newsletters.models import Issue
from tests.newsletters.conftest import make_issue, publish

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def feed_of(client, **headers):
    answer = client.get("/newsletter/feed/", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return ET.fromstring(answer.content)


def entries_of(feed):
    return [{child.tag.removeprefix(ATOM): child for child in entry} for entry in feed.findall(f"{ATOM}entry")]


def test_an_issue_in_the_feed(client, published_issue):
    (entry,) = entries_of(feed_of(client))
    assert entry["title"].text == "Week 5"
    assert entry["link"].get("href") == entry["id"].text == "http://testserver/newsletter/week-5/"
    assert entry["published"].text == entry["updated"].text == "2023-03-20T09:00:00+00:00"
    assert entry["summary"].text == (
        "Welcome; Secure and suitable housing; A handbook; A toolkit; What would have to change?; Another one; A training; "
        "A course"
    )


def test_the_feed_names_the_site(client):
    feed = feed_of(client)
    assert {child.tag.removeprefix(ATOM): child.text for child in feed if child.text} == {
        "title": "Community of Practice",
        "subtitle": "One email a week, on the web too.",
        "id": "http://testserver/newsletter/",
        "updated": feed.find(f"{ATOM}updated").text,
    }
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Community of Practice"
    assert entries_of(feed) == []


def test_the_feed_has_the_twenty_latest_of_the_archive(client):
    for number in range(1, 25):
        publish(make_issue(number), date(2023, 1, 2) + timedelta(weeks=number))
    Issue.objects.filter(number=24).update(state="withdrawn", withdrawn_on=date(2023, 4, 1))
    Issue.objects.filter(number=23).update(state="scheduled")
    make_issue(30)
    assert [entry["title"].text for entry in entries_of(feed_of(client))] == [f"Week {n}" for n in range(22, 2, -1)]


def test_headings_are_escaped_in_the_feed(client, issue):
    issue.sections.filter(kind="text").update(heading="<b>A & B</b>")
    issue.sections.exclude(kind="text").delete()
    publish(issue)
    (entry,) = entries_of(feed_of(client))
    assert (entry["summary"].get("type"), entry["summary"].text) == ("html", "&lt;b&gt;A &amp; B&lt;/b&gt;")


def test_urls_come_from_the_settings_and_never_from_the_request(client, published_issue, settings):
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    settings.SITE_URL = "https://community.example.org"
    feed = feed_of(client, host="elsewhere.example")
    assert {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")} == {
        "alternate": "https://community.example.org/newsletter/",
        "self": "https://community.example.org/newsletter/feed/",
    }
    assert "elsewhere" not in ET.tostring(feed, "unicode")
