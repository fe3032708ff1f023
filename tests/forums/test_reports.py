"""Reports of posts without an account, and what moderators do with them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forums.models import Post, Report
from forums.moderation import decisions, reports
from forums.writer_actions import answer_moderators, withdraw
from mscos.forms import new_submission_id
from mscos.stale import Stale
from tests.forums.helpers import QUEUE, admin_words, kept, problems, published_reply, review_url, title, words
from tests.people import sign_in

pytestmark = pytest.mark.django_db


def path(thread):
    return f"{thread.get_absolute_url()}report/"


def fields(**typed):
    return {
        "n": "1",
        "reason": "points",
        "words": "A name, I think.",
        "submission_id": new_submission_id(),
        "leave_empty": "",
        **typed,
    }


@pytest.fixture
def reported(thread):
    return reports.report(post=Post.objects.get(), submission_id="s", reason="points", words="A name, I think.")


@pytest.fixture
def desk(client, sam):
    sign_in(client, sam)
    return client


def test_each_post_leads_to_its_report(client, thread):
    assert f'href="{path(thread)}?n=1"' in client.get(thread.get_absolute_url()).content.decode()
    page = client.get(f"{path(thread)}?n=1")
    assert "Report number 1 A moderator looks at it within 1 working day." in words(page)
    assert title(page) == "Report a post – Community of Practice"


def test_a_report_is_stored_with_its_words_and_day_and_nothing_else(client, thread, sam):
    sign_in(client, sam)
    before = list(Session.objects.values_list("session_key", "session_data", "expire_date"))
    page = client.post(path(thread), fields())
    assert "A moderator will look within 1 working day." in words(page)
    report = Report.objects.get()
    assert (report.post.number, report.reason, report.words, report.day) == (
        1, "points", "A name, I think.", timezone.localdate()
    )  # fmt: skip
    assert (report.handled_by, report.handled_on) == (None, None)
    assert list(Session.objects.values_list("session_key", "session_data", "expire_date")) == before
    assert list(Client().get(f"{path(thread)}?n=1").cookies) == ["form"]


def test_one_form_sent_twice_is_one_report(client, thread):
    sent = fields()
    assert [client.post(path(thread), sent).status_code for _ in range(2)] == [200, 200]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ({"reason": ""}, ["Choose a reason"]),
        ({"reason": "x"}, ["Choose a reason"]),
        ({"words": "x" * 1_001}, ["Text must be 1,000 characters or less"]),
        (
            {"words": "My code is K7QW-3MHT-9XRC-V2PD."},
            ["This seems to hold a code. Take it out: whoever has a code can act as its owner"],
        ),
        ({"submission_id": ""}, ["This form was open for too long. Nothing was lost. Check and send again."]),
    ],
)
def test_what_is_refused_is_told_and_kept(client, thread, typed, messages):
    sent = fields(**typed)
    page = client.post(path(thread), sent)
    assert (problems(page), kept(page, "words"), kept(page, "n")) == (messages, sent["words"], "1")
    assert not Report.objects.exists()


@pytest.mark.parametrize("number", ["", "0", "2", "x", "9" * 40, "١"])
def test_what_is_no_post_that_can_be_read_cannot_be_reported(client, thread, number):
    assert client.get(path(thread), {"n": number}).status_code == 404
    client.post(path(thread), fields(n=number))
    assert not Report.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "9" * 40, "١"])
def test_what_is_no_number_leads_nowhere(client, thread, number):
    assert client.post(path(thread), fields(n=number)).status_code == 404


def test_a_post_taken_down_or_waiting_cannot_be_reported(client, thread, sam):
    sent = published_reply(thread, sam)
    assert client.get(f"{path(thread)}?n=2").status_code == 200
    decisions.remove(post=sent.post, by=sam, reason="spam", words="No.")
    assert client.get(f"{path(thread)}?n=2").status_code == 404


def test_who_wrote_a_report_while_a_publication_was_undone_is_told_so(client, waiting, sam):
    decisions.publish(post=waiting.post, by=sam)
    decisions.undo(post=waiting.post)
    page = client.post(path(waiting.post.thread), fields())
    assert "There is nothing left to look at." in words(page)
    assert ("To the forum" in words(page), Report.objects.exists()) == (True, False)


@pytest.mark.parametrize(("number", "way_on"), [("2", "Back to the thread"), ("1", "To the forum")])
def test_who_wrote_a_report_while_its_post_was_taken_down_is_told_so(client, thread, sam, number, way_on):
    sent = published_reply(thread, sam).post if number == "2" else Post.objects.get()
    decisions.remove(post=sent, by=sam, reason="spam", words="No.")
    page = client.post(path(thread), fields(n=number))
    assert (page.status_code, title(page)) == (200, "Sent – Community of Practice")
    assert "This post was taken down while you wrote. There is nothing left to look at." in words(page)
    assert way_on in words(page)
    assert not Report.objects.exists()


def test_a_stale_token_and_too_many_give_the_words_back(client, thread):
    strict = Client(enforce_csrf_checks=True)
    page = strict.post(path(thread), fields())
    assert (page.status_code, kept(page, "words")) == (403, "A name, I think.")
    for _ in range(20):
        client.post(path(thread), fields())
    page = client.post(path(thread), fields())
    assert (page.status_code, kept(page, "words"), Report.objects.count()) == (429, "A name, I think.", 20)


def test_moderators_see_what_was_reported_and_say_that_it_stays(desk, reported, sam):
    queue = admin_words(desk.get(QUEUE))
    assert "1 published post was reported by readers." in queue
    listed = admin_words(desk.get(f"{QUEUE}?look=reported&state=all"))
    assert ("Is there one?" in listed, "reported" in listed) == (True, True)
    page = admin_words(desk.get(review_url(reported.post)))
    assert "it could point to someone. “A name, I think.”" in page
    answer = admin_words(desk.post(review_url(reported.post), {"act": "keep"}, follow=True))
    assert ("Reported by readers" in answer, Post.objects.get().state) == (False, "published")
    report = Report.objects.get()
    assert (report.handled_by, report.handled_on) == (sam, timezone.localdate())
    assert "reported by readers" not in admin_words(desk.get(QUEUE))


def test_what_was_reported_or_said_since_a_page_was_opened_is_not_closed_unread(desk, reported, sam):
    post = reported.post
    version = decisions.post_version(post)
    second = reports.report(post=post, submission_id="t", reason="danger", words="He found her.")
    desk.post(review_url(post), {"act": "keep", "version": version})
    assert Report.objects.open().count() == 2
    typed = {"title": "T", "body": "Other words", "version": version}
    with pytest.raises(Stale):
        decisions.publish_with_changes(post=post, by=sam, **typed)
    assert Report.objects.filter(pk=second.pk).exists()
    version = decisions.post_version(post)
    answer_moderators(post=post, submission_id="s", words="It is not her.")
    desk.post(review_url(post), {"act": "keep", "version": version})
    assert Report.objects.open().count() == 2
    desk.post(review_url(post), {"act": "keep", "version": decisions.post_version(post)})
    assert Report.objects.open().count() == 0


def test_a_post_that_is_taken_down_takes_the_reports_of_it_along(reported, sam):
    decisions.remove(post=reported.post, by=sam, reason="person", words="It named somebody.")
    assert not Report.objects.exists()


def test_reports_are_erased_a_month_after_they_were_dealt_with(reported, sam, thread):
    reports.close_reports(post=reported.post, by=sam)
    open_one = reports.report(post=reported.post, submission_id="t", reason="spam", words="")
    for days, left in ((30, 2), (31, 1)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            reports.erase_old_reports()
            assert Report.objects.count() == left
    assert Report.objects.get() == open_one


def test_the_queue_asks_as_often_for_many_reports_as_for_one(desk, thread, sam):
    counts = []
    for number in range(12):
        sent = published_reply(thread, sam, body=f"Reply {number}")
        reports.report(post=sent.post, submission_id=str(number), reason="spam", words="")
        with CaptureQueriesContext(connection) as asked:
            desk.get(f"{QUEUE}?look=reported&state=all")
        counts.append(len(asked))
    assert counts[1:] == counts[1:2] * 11


def test_a_post_taken_down_while_it_is_reported_takes_no_report(thread):
    post = thread.posts.get()
    withdraw(post=post)
    assert reports.report(post=post, submission_id="s", reason="points", words="It says where.") is None
    assert Report.objects.count() == 0


def test_reports_dealt_with_already_are_told(desk, reported, sam):
    reports.close_reports(post=reported.post, by=sam)
    page = desk.post(review_url(reported.post), {"act": "keep"}, follow=True)
    told = [str(message) for message in page.context["messages"]]
    assert told == ["Somebody has dealt with the reports already. The post stays."]
