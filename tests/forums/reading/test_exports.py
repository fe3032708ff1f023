"""Exports of the views on a consultation: what is published and nothing else."""

import csv
import json
import tracemalloc
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.http import StreamingHttpResponse
from django.urls import reverse

from forums.exports import BATCH, csv_of, json_of
from forums.models import Consultation, Post, Thread, Topic
from forums.moderation import decisions
from forums.writer_actions import reply, start_thread, withdraw
from mscos.forms import new_submission_id
from mscos.groups import EDITORS
from mscos.models import User
from tests.forums.helpers import published_reply
from tests.forums.reading.helpers import fill_forum
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db

COLUMNS = ["day", "type", "name", "text"]  # nothing that leads back to the page


@pytest.fixture
def eddy(db):
    """An editor, who may change consultations."""
    return make_staff("eddy@example.org", groups=[EDITORS])


def address(consultation, kind="csv"):
    return reverse("admin:forums_consultation_export", args=[consultation.pk, kind])


def read(pieces):
    """Return the rows of a CSV file, with its header."""
    text = b"".join(pieces).decode() if isinstance(pieces, StreamingHttpResponse) else "".join(pieces)
    assert text[0] == "\ufeff"
    return list(csv.reader(StringIO(text[1:], newline="")))


@pytest.fixture
def views(start, consultation, sam):
    """Two threads on two topics, one of them with replies."""
    council, asylum = Topic.objects.order_by("position")
    first = start("Deposits", "Nobody **has** one.", topic=council)
    published_reply(first, sam, "A loan\n\nhelps.")
    second = start("Heating", "It is cold.", topic=asylum, content_note="cold")
    return first, second


def expected(*threads):
    """Return the expected rows of threads, read from the database."""
    return [
        [f"{post.day:%Y-%m-%d}", thread.topic.title, post.voice.name, text]
        for thread, texts in threads
        for post, text in zip(thread.posts.in_order(), texts, strict=True)
    ]


def test_each_published_post_is_a_row_by_type_thread_and_number(views, consultation):
    first, second = views
    assert read(csv_of(consultation)) == [
        COLUMNS,
        *expected(
            (first, ["Deposits\n\nNobody **has** one.", "A loan\n\nhelps."]),
            (second, ["Heating\n\nIt is cold."]),
        ),
    ]


def test_both_files_say_the_same(views, consultation):
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in read(csv_of(consultation))[1:]]
    found = json.loads("".join(json_of(consultation)))
    assert found == rows
    assert len(found) == 3


def test_nothing_is_in_it_but_what_is_published_on_this_call(views, start, consultation, forum, sam):
    first, second = views
    topic = first.topic
    gone = published_reply(first, sam, "withdrawn")
    withdraw(post=gone.post)
    removed = published_reply(first, sam, "removed")
    decisions.remove(post=removed.post, by=sam, reason="person", words="It named somebody.")
    refused = reply(thread=first, submission_id=new_submission_id(), body="refused")
    decisions.refuse(post=refused.post, by=sam, reason="person", words="It names somebody.")
    reply(thread=first, submission_id=new_submission_id(), body="waits")
    start_thread(forum=forum, submission_id=new_submission_id(), title="Waits", body="W", topic=topic)
    start("Answers nothing")
    other = Consultation.objects.create(forum=forum, question="And now?", why="To learn.")
    start("Answers another", topic=Topic.objects.create(consultation=other, code="x", title="X"))
    withdraw(post=start("All gone", topic=topic).posts.get())
    headless = start("Title gone", topic=second.topic)
    published_reply(headless, sam, "An answer")
    withdraw(post=headless.posts.get(number=1))
    rows = read(csv_of(consultation))[1:]
    assert sorted(row[3] for row in rows) == [
        "A loan\n\nhelps.",
        "An answer",
        "Deposits\n\nNobody **has** one.",
        "Heating\n\nIt is cold.",
    ]


def test_a_changed_post_is_there_as_it_was_published(waiting, consultation, sam):
    Thread.objects.update(topic=Topic.objects.get(code="e"))
    decisions.publish_with_changes(post=waiting.post, by=sam, title="T", body="[detail removed to protect privacy]")
    assert [row[3] for row in read(csv_of(consultation))[1:]] == ["T\n\n[detail removed to protect privacy]"]


def test_named_posts_are_the_teams_or_a_members_whose_name_no_file_holds(views, consultation, sam):
    first, _ = views
    max_ = User.objects.create(email="max@example.org", display_name="Max")
    for number, author in ((3, sam), (4, max_)):
        Post.objects.create(
            thread=first, author=author, body="W", body_html="<p>W</p>", number=number, state="published"
        )
    assert [row[2] for row in read(csv_of(consultation))[3:5]] == ["MSCOS team", "A member"]
    assert [row["name"] for row in json.loads("".join(json_of(consultation)))][2:4] == ["MSCOS team", "A member"]


@pytest.mark.parametrize("body", ["=1+1", "+44", "-1", "@SUM(A1)", '=HYPERLINK("https://example.org","x")'])
def test_no_text_becomes_a_formula_and_the_other_file_keeps_it_as_it_is(thread, consultation, sam, body):
    Thread.objects.update(topic=Topic.objects.get(code="e"))
    published_reply(thread, sam, body)
    assert read(csv_of(consultation))[2][3] == f"'{body}"
    assert json.loads("".join(json_of(consultation)))[1]["text"] == body


def test_a_call_without_views_gives_files_without_rows(consultation):
    assert read(csv_of(consultation)) == [COLUMNS]
    assert "".join(json_of(consultation)) == "[]\n"


# In the admin


def test_an_editor_takes_either_file(client, eddy, views, consultation):
    sign_in(client, eddy)
    page = client.get(reverse("admin:forums_consultation_change", args=[consultation.pk])).content.decode()
    for kind, content_type in (("csv", "text/csv; charset=utf-8"), ("json", "application/json")):
        assert f'href="{address(consultation, kind)}"' in page
        answer = client.get(address(consultation, kind))
        assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
        assert answer["Content-Disposition"] == f'attachment; filename="views-{consultation.code}.{kind}"'
        assert "no-store" in answer["Cache-Control"]
        assert answer.streaming
    assert read(client.get(address(consultation))) == read(csv_of(consultation))
    assert json.loads(b"".join(client.get(address(consultation, "json")))) == json.loads("".join(json_of(consultation)))


def test_that_it_was_taken_is_logged_without_a_word_of_it(client, eddy, views, consultation):
    sign_in(client, eddy)
    client.get(address(consultation))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (
        eddy,
        str(consultation.pk),
        "Views taken along as CSV.",
    )


def test_who_may_not_change_calls_takes_nothing(client, views, consultation):
    assert client.get(address(consultation)).status_code == 302
    sign_in(client, make_staff("nora@example.org", groups=[]))
    assert client.get(address(consultation)).status_code == 403
    assert client.get(address(Consultation(pk=999))).status_code == 403
    assert not LogEntry.objects.exists()


def test_what_is_not_there_cannot_be_taken(client, eddy, consultation):
    sign_in(client, eddy)
    assert client.get(address(Consultation(pk=999))).status_code == 404
    assert client.get(address(consultation, "xlsx")).status_code == 404
    assert client.post(address(consultation)).status_code == 405
    assert not LogEntry.objects.exists()


# Many


def peak_memory(pieces_of, consultation):
    """Return the peak memory, in bytes, while a file is written, and the size of the file."""
    size = 0
    tracemalloc.start()
    for piece in pieces_of(consultation):
        size += len(piece)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most, size


@pytest.mark.slow
@pytest.mark.parametrize("pieces_of", [csv_of, json_of])
def test_a_call_of_any_size_fits_in_memory(pieces_of):
    fill_forum(threads=8 * BATCH, posts=1)
    (consultation,), topic = Consultation.objects.all(), Topic.objects.first()
    few = Thread.objects.order_by("pk").values("pk")[: 2 * BATCH]
    Thread.objects.exclude(pk__in=few).update(topic=None)
    peak_memory(pieces_of, consultation)  # what is loaded once
    least, small = peak_memory(pieces_of, consultation)
    Thread.objects.update(topic=topic)
    most, large = peak_memory(pieces_of, consultation)
    assert large > 3.9 * small
    assert most < 1.2 * least
