"""Personal-data matches in the admin: marked on the page of a post, named by kind in the queue, stored nowhere."""

import re
import time
from html import unescape
from pathlib import Path

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forums.admin.post_marks import MAX_RUN, kinds_in
from forums.models import Post
from forums.moderation import decisions
from forums.moderation.reports import report
from forums.personal_data.matches import EXPLANATIONS, IN_A_WORD, Kind
from forums.writer_actions import reply, start_thread
from mscos.forms import new_submission_id
from tests.forums.helpers import QUEUE, published_reply, review_url
from tests.mscos.test_stylesheet import contrast
from tests.people import sign_in

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).resolve().parents[2] / "static"
NAME, PHONE = EXPLANATIONS[Kind.NAME], EXPLANATIONS[Kind.PHONE]


@pytest.fixture
def desk(client, sam):
    sign_in(client, sam)
    return client


def send(forum, **typed):
    return start_thread(
        **{"forum": forum, "submission_id": new_submission_id(), "title": "T", "body": "B", **typed}
    ).post


def html_of(desk, post):
    return desk.get(review_url(post)).content.decode()


def marked_in(html):
    return re.findall(r"<mark>(.*?)</mark>", html, flags=re.DOTALL)


def why_in(html):
    return [
        unescape(" ".join(why.split()))
        for why in re.findall(r'<ul class="findings">\s*<li>(.*?)</ul>', html, flags=re.DOTALL)
    ]


def closed(html):
    """Return what a page shows while no <details> is open."""
    return re.sub(r"</summary>.*?</details>", "</details>", html, flags=re.DOTALL)


def row(desk, query=""):
    """Return the column 'Look at' of each row of the queue."""
    html = desk.get(f"{QUEUE}?{query}").content.decode()
    return [" ".join(cell.split()) for cell in re.findall(r'<td class="field-flags">(.*?)</td>', html, flags=re.DOTALL)]


# One post


def test_title_and_words_are_marked_and_each_is_explained(desk, forum):
    html = html_of(
        desk, send(forum, title="Ring 07700 900871", body="My name is Leyla.\nRing 07700 900872 or 07700 900873.")
    )
    assert marked_in(html) == ["07700 900871", "Leyla", "07700 900872", "07700 900873"]
    assert why_in(html) == [
        f"“07700 900871”: {PHONE}</li>",
        f"“Leyla”: {NAME}</li> <li>“07700 900872”, “07700 900873”: {PHONE}</li>",
    ]


def test_a_post_without_any_shows_its_words_and_no_explanation(desk, waiting):
    html = html_of(desk, waiting.post)
    assert (marked_in(html), why_in(html)) == ([], [])
    assert re.findall(r'<blockquote class="post-words" dir="auto"><p>\s*(.*?)\s*</p>', html) == ["Is there one?"]


def test_a_reply_marks_its_own_words_and_not_its_threads_title(desk, forum, sam):
    first = send(forum, title="Ring 07700 900871")
    decisions.publish(post=first, by=sam)
    html = html_of(desk, reply(thread=first.thread, submission_id=new_submission_id(), body="My name is Leyla.").post)
    assert marked_in(html) == ["Leyla"]


def test_behind_a_content_note_words_and_their_explanations_wait_to_be_opened(desk, forum):
    post = send(forum, body="My name is Leyla.", content_note="threats, ring 07700 900871")
    html = html_of(desk, post)
    assert marked_in(html) == ["07700 900871", "Leyla"]
    assert marked_in(closed(html)) == ["07700 900871"]
    assert why_in(closed(html)) == [f"“07700 900871”: {PHONE}</li>"]
    assert "Leyla" not in closed(html)


def test_what_looks_like_html_is_shown_as_it_was_typed(desk, forum):
    html = html_of(
        desk,
        send(
            forum, title="<script>alert(1)</script>", body="<b>my name is Leyla<script>x</script></b> <mark>no</mark>"
        ),
    )
    assert marked_in(html) == ["Leyla"]
    assert "&lt;b&gt;my name is <mark>Leyla</mark>&lt;script&gt;x&lt;/script&gt;&lt;/b&gt; &lt;mark&gt;no" in html
    assert "<script>alert" not in html


def test_a_marked_part_with_letters_of_html_is_escaped_too(desk, forum):
    html = html_of(desk, send(forum, body="See facebook.com/leyla?a=1&b='2'x there"))
    assert marked_in(html) == ["facebook.com/leyla?a=1&amp;b=&#x27;2&#x27;x"]


def test_looking_stores_nothing(desk, forum):
    post = send(forum, title="Ring 07700 900871", body="My name is Leyla.", content_note="insta: leyla.note")
    desk.get(QUEUE)
    kept = repr(cache._cache)
    with CaptureQueriesContext(connection) as queries:
        assert marked_in(html_of(desk, post)) == ["07700 900871", "leyla.note", "Leyla"]
        assert row(desk) == ["possible phone number, name, social media"]
    assert {query["sql"].split()[0].strip("(") for query in queries} <= {"SELECT", "DECLARE"}  # PostgreSQL's cursors
    assert repr(cache._cache) == kept


# The queue


def test_every_kind_has_its_short_words():
    assert list(IN_A_WORD) == list(EXPLANATIONS) == list(Kind)
    assert len(set(IN_A_WORD.values())) == len(Kind)


def test_the_queue_names_kinds_and_none_of_the_words(desk, forum, sam):
    post = send(
        forum,
        title="My name is Leyla",
        body="Ring 07700 900871 or 07700 900872",
        content_note="insta: leyla.note",
    )
    assert row(desk) == ["possible name, phone number, social media"]
    decisions.hand_over(post=post, to=sam)
    decisions.mark_urgent(post=post, urgent=True)
    assert row(desk) == ["urgent, for Sam; possible name, phone number, social media"]


def test_the_queue_says_nothing_of_a_plain_post(desk, waiting):
    assert row(desk) == [""]


def test_a_long_text_is_to_be_opened(forum):
    post = send(forum, title="", body="Ring 07700 900871 ".ljust(MAX_RUN, "x"))
    assert kinds_in(post) == "possible phone number"
    post.body += "x"
    assert kinds_in(post) == "long: open to see"


def test_fifty_hostile_posts_are_listed_soon(desk, forum):
    """A few times as long as fifty plain ones. On a quiet machine 1.3 s; searched to their ends, 5 s."""

    def seconds(body):
        Post.objects.all().delete()
        for number in range(50):
            send(forum, body=f"{number} {body}")
        start = time.process_time()
        assert len(row(desk)) == 50
        return time.process_time() - start

    plain = seconds("Words " * 400)
    assert {size: took for size in (2_900, 9_900) if (took := seconds(("0.7." * 9_900)[:size])) > 5 * plain} == {}


# The filter


def test_the_queue_is_narrowed_to_what_wants_looking_at(desk, forum, thread, sam, alex):
    names = ("urgent", "mine", "theirs", "anybodys")
    posts = {name: send(forum, title=name, body=name) for name in names}
    decisions.mark_urgent(post=posts["urgent"], urgent=True)
    decisions.hand_over(post=posts["mine"], to=sam)
    decisions.hand_over(post=posts["theirs"], to=alex)
    reported = published_reply(thread, sam, "reported").post
    report(post=reported, submission_id="s", reason="spam", words="")
    found = {
        version_shown: {post.body for post in listed(desk, f"look={version_shown}")}
        for version_shown in ("urgent", "me", "anybody", "reported")
    }
    assert found == {"urgent": {"urgent"}, "me": {"mine"}, "anybody": {"urgent", "anybodys"}, "reported": set()}
    assert {post.body for post in listed(desk, "look=reported&state=all")} == {"reported"}
    assert {post.body for post in listed(desk, "look=nonsense")} == set(names)


def listed(desk, query):
    return list(desk.get(f"{QUEUE}?{query}").context["cl"].result_list)


def test_reports_and_answers_are_looked_for_in_every_state(desk, waiting):
    html = desk.get(QUEUE).content.decode()
    assert re.findall(r'href="(\?[^"]*look=[^"]*)"', html) == [
        "?look=urgent",
        "?look=reported&amp;state=all",
        "?look=answered&amp;state=all",
        "?look=points",
        "?look=me",
        "?look=anybody",
    ]


def test_waiting_for_anybody_waits_whatever_state_is_asked_for(desk, published):
    assert listed(desk, "look=anybody&state=all") == []
    assert len(listed(desk, "state=all")) == 1


# Colours


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marked_words_stand_out_from_what_they_stand_on(scheme):
    folder = Path(admin.__file__).parent / "static" / "admin" / "css"
    name = {"light": "base.css", "dark": "dark_mode.css"}[scheme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-fA-F]{3,6});", (folder / name).read_text()))
    rule = re.search(r"^mark \{(.*?)\}", (STATIC / "admin-extra.css").read_text(), flags=re.DOTALL | re.MULTILINE)[1]
    used = dict(re.findall(r"([a-z-]+): (?:2px solid )?var\(--([a-z-]+)\)", rule))
    assert set(used) == {"border-block-end", "background", "color"}
    assert contrast(full(colours[used["color"]]), full(colours[used["background"]])) >= 4.5
    assert contrast(full(colours[used["border-block-end"]]), full(colours["body-bg"])) >= 3


def full(colour):
    return colour if len(colour) == 7 else "#" + "".join(letter * 2 for letter in colour[1:])


def test_nobody_else_sees_marks(forum):
    assert Client().get(review_url(send(forum))).status_code == 302
