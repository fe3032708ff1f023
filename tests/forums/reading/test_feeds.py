"""Feeds of a forum, a thread and a consultation: published posts with their days, under titles that reveal nothing."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.utils import timezone

from forums.models import Consultation, Forum, Post, Thread, Topic
from forums.moderation import decisions
from forums.writer_actions import reply, start_thread, withdraw
from mscos.forms import new_submission_id
from mscos.sensitive_words import SENSITIVE_WORDS
from tests.forums.helpers import published_reply
from tests.forums.reading.helpers import ATOM, entries, feed_of

pytestmark = pytest.mark.django_db

FORUM = "/forums/housing/feed/"
SITE = "http://testserver"


def titles(client, path):
    return [entry["title"].text for entry in entries(feed_of(client, path))]


def feeds(thread, consultation):
    return [FORUM, f"{thread.get_absolute_url()}feed/", f"{consultation.get_absolute_url()}feed/"]


def test_a_thread_in_its_forums_feed(client, thread, published):
    feed = feed_of(client, FORUM)
    (entry,) = entries(feed)
    here, day = f"{SITE}{thread.get_absolute_url()}", f"{timezone.localdate()}T00:00:00+00:00"
    assert {name: part.text for name, part in entry.items() if part.text and part.text.strip()} == {
        "title": f"Thread {thread.code}",
        "id": f"{SITE}/forums/#{thread.code}-1",
        "updated": day,
        "summary": "<p><strong>A quiet room</strong></p>\n<p>Is there one?</p>\n",
    }
    assert (entry["link"].attrib, entry["summary"].attrib) == (
        {"rel": "alternate", "href": f"{here}#post-1"},
        {"type": "html"},
    )
    assert [part.text for part in entry["author"]] == [published.post.voice.name]
    assert feed.findtext(f"{ATOM}updated") == day


def test_the_feeds_say_what_they_are(client, thread, consultation):
    found = [
        (feed.findtext(f"{ATOM}title"), [link.get("href") for link in feed.findall(f"{ATOM}link")])
        for feed in (feed_of(client, path) for path in feeds(thread, consultation))
    ]
    forum, one, views = (
        SITE + "/forums/housing/",
        SITE + thread.get_absolute_url(),
        SITE + consultation.get_absolute_url(),
    )
    assert found == [
        ("Housing forum", [forum, f"{forum}feed/"]),
        (f"Thread {thread.code}", [one, f"{one}feed/"]),
        ("Call for views", [views, f"{views}feed/"]),
    ]


def test_posts_in_a_threads_feed_newest_first_with_who_wrote_them(client, thread, published, sam):
    second = published_reply(thread, sam, "I know **one**.")
    Post.objects.create(thread=thread, author=sam, body="Hi", body_html="<p>Hi</p>", number=3, state="published")
    found = entries(feed_of(client, f"{thread.get_absolute_url()}feed/"))
    assert [(entry["title"].text, entry["summary"].text) for entry in found] == [
        ("#3 by Sam (MSCOS team)", "<p>Hi</p>"),
        (f"#2 by {second.post.voice.name}", "<p>I know <strong>one</strong>.</p>\n"),
        (f"#1 by {published.post.voice.name}", "<p><strong>A quiet room</strong></p>\n<p>Is there one?</p>\n"),
    ]


def test_an_entry_keeps_its_identity_in_every_feed_and_on_every_page(client, thread, sam, consultation):
    Thread.objects.update(topic=Topic.objects.get(code="e"))
    for _ in range(31):
        published_reply(thread, sam)
    here = f"{SITE}{thread.get_absolute_url()}"
    forum, one, views = (entries(feed_of(client, path)) for path in feeds(thread, consultation))
    assert forum[0]["id"].text == views[0]["id"].text == f"{SITE}/forums/#{thread.code}-1"
    assert (one[0]["id"].text, one[0]["link"].get("href")) == (
        f"{SITE}/forums/#{thread.code}-32",
        f"{here}?page=2#post-32",
    )


def test_a_content_note_stands_in_the_place_of_its_text(client, start, thread, sam):
    start("Cold rooms", "Hard words", content_note="threats & more")
    published_reply(thread, sam, "Hard words too", content_note="<b>")
    (noted,) = (entry["summary"].text for entry in entries(feed_of(client, FORUM)) if "Cold" in entry["summary"].text)
    assert noted == (
        "<p><strong>Cold rooms</strong></p>\n<p>Content note: threats &amp; more. Open the page to read this post.</p>"
    )
    last = entries(feed_of(client, f"{thread.get_absolute_url()}feed/"))[0]
    assert last["summary"].text == "<p>Content note: &lt;b&gt;. Open the page to read this post.</p>"


def test_titles_tell_nothing_whatever_threads_are_called(client, start, consultation):
    thread = start("A survivor writes <of> abuse", topic=Topic.objects.get(code="e"))
    Consultation.objects.update(question="What do survivors say?")
    Forum.objects.update(title="Survivors' forum")
    for path in feeds(thread, consultation):
        feed = feed_of(client, path)
        said = [part.text for part in feed.iter(f"{ATOM}title")] + [feed.findtext(f"{ATOM}subtitle")]
        assert [SENSITIVE_WORDS.findall(words) for words in said] == [[]] * len(said)
        assert "A survivor writes &lt;of&gt; abuse" in entries(feed)[0]["summary"].text
    assert feed_of(client, FORUM).findtext(f"{ATOM}title") == "Community of Practice"


def test_what_waits_was_refused_or_taken_down_is_in_no_feed(client, start, forum, consultation, sam):
    topic = Topic.objects.get(code="e")
    thread = start("Stays", topic=topic)
    sent = {name: published_reply(thread, sam, name) for name in ("withdrawn", "removed", "kept")}
    withdraw(post=sent["withdrawn"].post)
    decisions.remove(post=sent["removed"].post, by=sam, reason="person", words="It named somebody.")
    refused = reply(thread=thread, submission_id=new_submission_id(), body="refused")
    decisions.refuse(post=refused.post, by=sam, reason="person", words="It names somebody.")
    reply(thread=thread, submission_id=new_submission_id(), body="waits")
    headless = start("First post gone", topic=topic)
    published_reply(headless, sam, "answer")
    withdraw(post=headless.posts.get(number=1))
    withdraw(post=start("All gone", topic=topic).posts.get())
    start_thread(forum=forum, submission_id=new_submission_id(), title="Waits", body="W", topic=topic)
    assert (
        titles(client, FORUM) == titles(client, f"{consultation.get_absolute_url()}feed/") == [f"Thread {thread.code}"]
    )
    assert [title[:2] for title in titles(client, f"{thread.get_absolute_url()}feed/")] == ["#4", "#1"]


def test_thirty_entries_the_newest_and_within_a_day_in_no_order_of_writing(client, start, sam, consultation):
    topic = Topic.objects.get(code="e")
    for number in range(33):
        start(f"Thread {number}", topic=topic)
    oldest, newest = Thread.objects.order_by("code")[:2]
    Thread.objects.filter(pk=oldest.pk).update(opened_on="2020-01-01", last_on="2999-01-01", pinned=True)
    Thread.objects.filter(pk=newest.pk).update(opened_on="2999-01-01", last_on="2020-01-01")
    expected = [f"Thread {thread.code}" for thread in Thread.objects.order_by("-opened_on", "code")[:30]]
    assert titles(client, FORUM) == titles(client, f"{consultation.get_absolute_url()}feed/") == expected
    for _ in range(40):
        published_reply(newest, sam)
    last = titles(client, f"{newest.get_absolute_url()}feed/")
    assert [int(title.split()[0][1:]) for title in last] == list(range(41, 11, -1))


def test_threads_that_wait_or_lost_their_first_post_take_no_place(client, start, forum, consultation, sam):
    topic = Topic.objects.get(code="e")
    thread = start("Stays", topic=topic)
    Thread.objects.filter(pk=thread.pk).update(opened_on="2020-01-01")
    for number in range(30):
        Thread.objects.create(forum=forum, title=f"Waits {number}", topic=topic, opened_on="2026-01-01")
        Thread.objects.create(forum=forum, title="", topic=topic, state="open", opened_on="2026-01-01")
    for path in feeds(thread, consultation):
        assert len(titles(client, path)) == 1


def test_a_feed_is_as_new_as_its_newest_entry_and_an_empty_one_as_today(client, forum, sam, consultation):
    with time_machine.travel("2026-03-02T23:30:00Z", tick=False):
        assert feed_of(client, FORUM).findtext(f"{ATOM}updated") == "2026-03-02T00:00:00+00:00"
        sent = start_thread(forum=forum, submission_id=new_submission_id(), title="T", body="W")
        decisions.publish(post=sent.post, by=sam)
    with time_machine.travel("2026-03-09T12:00:00Z", tick=False):
        assert feed_of(client, FORUM).findtext(f"{ATOM}updated") == "2026-03-02T00:00:00+00:00"
        empty = f"{consultation.get_absolute_url()}feed/"
        Consultation.objects.update(opens="2026-03-01", closes=None)
        assert feed_of(client, empty).findtext(f"{ATOM}updated") == "2026-03-09T00:00:00+00:00"


def test_what_xml_cannot_hold_ends_no_feed(client, thread, sam):
    Post.objects.update(body_html="<p>\ufffe\uffff and \x0b</p>")
    Thread.objects.update(title="A \x01 title")
    Forum.objects.update(title="Housing\x0c forum")
    for path in (FORUM, f"{thread.get_absolute_url()}feed/"):
        (entry,) = entries(feed_of(client, path))
        assert entry["summary"].text == "<p><strong>A \ufffd title</strong></p>\n<p>\ufffd\ufffd and \ufffd</p>"


def test_addresses_come_from_the_settings_and_never_from_the_request(client, thread, consultation, settings):
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    settings.SITE_URL = "https://community.example.org"
    for path in feeds(thread, consultation):
        text = ET.tostring(feed_of(client, path, host="elsewhere.example"), "unicode")
        assert set(re.findall(r"https?://[^/\"<]+", text)) == {"http://www.w3.org", "https://community.example.org"}


def test_what_is_not_there_has_no_feed(client, forum, consultation, waiting):
    code = Thread.objects.get().code
    Consultation.objects.update(opens=timezone.localdate() + timedelta(days=1))
    for path in (
        "/forums/nowhere/feed/",
        f"/forums/housing/t/{code}/feed/",
        "/forums/housing/t/nothing/feed/",
        f"{consultation.get_absolute_url()}feed/",
        "/views/nothing/feed/",
    ):
        assert client.get(path).status_code == 404


def test_a_thread_has_one_feed_in_its_own_forum_only(client, thread):
    Forum.objects.create(slug="safety", title="Safety forum", purpose="P")
    other = client.get(f"/forums/safety/t/{thread.code}/feed/")
    assert (other.status_code, other["Location"]) == (302, f"{thread.get_absolute_url()}feed/")


def test_the_pages_lead_to_their_feeds(client, thread, consultation):
    for path in feeds(thread, consultation):
        html = client.get(path.removesuffix("feed/")).content.decode()
        assert html.count(f'<a href="{path}">') == 1
        assert 'rel="alternate"' not in html, "a reader's own list of feeds would show it unasked"


def test_a_feed_asks_twice_however_much_there_is(client, thread, consultation, start, sam, django_assert_num_queries):
    topic = Topic.objects.get(code="e")
    for _ in range(3):
        start(topic=topic)
        published_reply(thread, sam)
    for path in feeds(thread, consultation):
        with django_assert_num_queries(2):
            assert len(entries(feed_of(client, path))) > 1
