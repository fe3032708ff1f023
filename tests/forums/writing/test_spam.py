"""Posts that wait as likely spam: sent too fast, too often, repeated on one day, or full of links."""

import pytest
import time_machine
from django.test import Client

from forums.models import Forum, Post
from forums.moderation import decisions
from forums.spam import MAX_LINKS, PER_FORUM, PER_SITE, PER_VISITOR
from forums.writer_actions import withdraw
from mscos.forms import SUBMISSION_IDS, TOO_FAST, new_submission_id
from tests.forums.helpers import QUEUE, review_url, words
from tests.forums.writing.helpers import NEW, typed_form
from tests.people import sign_in

pytestmark = pytest.mark.django_db

LONG = "A text of more than forty letters, as one would write."


def send(client, **fields):
    """Send a new thread and return whether its post waits as likely spam."""
    assert "Sent. A moderator will read it" in words(client.post(NEW, typed_form(**fields)))
    return Post.objects.latest("pk").likely_spam


def visitor(number):
    return Client(REMOTE_ADDR=f"203.0.113.{number}")


def test_an_ordinary_post_waits_with_the_others(client, forum):
    assert send(client) is False


@pytest.mark.parametrize(("seconds", "apart"), [(0, True), (TOO_FAST, True), (TOO_FAST + 1, False)])
def test_what_comes_back_at_once_waits_apart_and_its_sender_is_not_told(client, forum, seconds, apart):
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        submission_id = new_submission_id()
        clock.shift(seconds)
        assert send(client, submission_id=submission_id) is apart


def test_a_form_without_a_stamp_is_refused_before_anybody_asks_how_quick_it_was(client, forum):
    response = client.post(NEW, typed_form(submission_id=SUBMISSION_IDS.sign("x") + "x"))
    assert "This form was open for too long" in words(response)
    assert Post.objects.count() == 0


@pytest.mark.parametrize(("links", "apart"), [(MAX_LINKS, False), (MAX_LINKS + 1, True)])
def test_a_post_of_more_than_five_links_waits_apart(client, forum, links, apart):
    body = " ".join(f"HTTPS://www.example.org/{number}" for number in range(links - 1)) + " www.example.org"
    assert send(client, body=body) is apart


def test_the_same_text_on_one_day_waits_apart_whoever_sends_it_and_however_it_is_spaced(forum):
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        assert send(visitor(1), body=LONG) is False
        clock.shift(60 * 60)
        assert send(visitor(2), body=LONG.upper().replace(" ", "\n ")) is True
        assert send(visitor(3), body=f"{LONG} More.") is False
        clock.shift(24 * 60 * 60)
        assert send(visitor(4), body=LONG) is False


def test_a_short_text_may_come_often_on_a_day(client, forum):
    assert [send(client, title="Yes", body="Thank you.") for _ in range(3)] == [False, False, False]


def test_the_eleventh_of_one_visitor_in_ten_minutes_waits_apart(forum):
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        assert [send(visitor(1), body=f"Number {n}") for n in range(PER_VISITOR.times)] == [False] * PER_VISITOR.times
        assert send(visitor(1), body="One more") is True
        assert send(visitor(2), body="Somebody else") is False
        clock.shift(PER_VISITOR.seconds + 1)
        assert send(visitor(1), body="Later") is False


def test_a_flood_in_a_forum_waits_apart_there_and_nowhere_else(forum):
    other = Forum.objects.create(slug="support", title="Support forum", purpose="Support that lasts.")
    for _ in range(PER_FORUM.times):
        PER_FORUM.count_for(f"forum {forum.pk}")
    assert send(visitor(1)) is True
    visitor(2).post(f"/forums/{other.slug}/new/", typed_form())
    assert Post.objects.latest("pk").likely_spam is False


def test_every_post_counts_for_its_forum_and_for_the_site(forum, thread):
    for number in range(3):
        send(visitor(number), body=f"Number {number}")
    visitor(9).post(f"{thread.get_absolute_url()}reply/", typed_form(body="A reply"))
    for limit, whom in ((PER_FORUM, f"forum {forum.pk}"), (PER_SITE, "all")):
        for _ in range(limit.times - 5):
            limit.count_for(whom)
        assert limit.reached_for(whom) is False
        limit.count_for(whom)
        assert limit.reached_for(whom) is True


def test_a_flood_on_the_whole_site_waits_apart(forum):
    for _ in range(PER_SITE.times):
        PER_SITE.count_for("all")
    assert send(visitor(1)) is True


def test_the_same_form_sent_again_counts_once(client, forum):
    sent = typed_form(body=LONG)
    for _ in range(PER_VISITOR.times + 5):
        client.post(NEW, sent)
    assert (Post.objects.count(), Post.objects.get().likely_spam) == (1, False)
    assert send(client, body="Another") is False


def test_the_queue_shows_them_apart_and_how_many_there_are(client, forum, sam):
    send(client, body="An ordinary post")
    send(client, body="A quick one", submission_id=new_submission_id())
    team = Client()
    sign_in(team, sam)
    queue = team.get(QUEUE).content.decode()
    assert ("An ordinary post" in queue, "A quick one" in queue) == (True, False)
    assert "1 post may be advertising or a repeat." in queue
    apart = team.get(f"{QUEUE}?state=spam").content.decode()
    assert ("An ordinary post" in apart, "A quick one" in apart) == (False, True)
    page = team.get(review_url(Post.objects.latest("pk"))).content.decode()
    assert "A person may have written it all the same." in page


def test_they_are_refused_together(client, forum, sam):
    for number in range(3):
        send(client, body=f"Quick {number}", submission_id=new_submission_id())
    team = Client()
    sign_in(team, sam)
    chosen = [post.pk for post in Post.objects.all()]
    team.post(f"{QUEUE}?state=spam", {"action": "refuse_chosen", "_selected_action": chosen})
    assert list(Post.objects.values_list("state", "reason", "likely_spam")) == [("refused", "spam", False)] * 3


@pytest.mark.parametrize("decision", ["publish", "refuse", "withdraw"])
def test_a_decision_takes_the_mark_away(client, forum, sam, decision):
    send(client, submission_id=new_submission_id())
    post = Post.objects.get()
    assert post.likely_spam is True
    act = {
        "publish": lambda: decisions.publish(post=post, by=sam),
        "refuse": lambda: decisions.refuse(post=post, by=sam, reason="spam", words="No."),
        "withdraw": lambda: withdraw(post=post),
    }[decision]
    act()
    post.refresh_from_db()
    assert post.likely_spam is False


def test_whoever_answers_the_question_of_a_flood_waits_with_the_others(forum):
    Forum.objects.update(question="Which day comes after Monday?", answers="tuesday")
    for _ in range(PER_SITE.times):
        PER_SITE.count_for("all")
        PER_FORUM.count_for(f"forum {forum.pk}")
    assert send(visitor(1), answer="Tuesday") is False
    assert send(visitor(1), answer="Tuesday", submission_id=new_submission_id()) is True


def test_the_queue_does_not_say_that_all_is_checked_while_some_wait_apart(client, forum, sam):
    send(client, submission_id=new_submission_id())
    team = Client()
    sign_in(team, sam)
    queue = team.get(QUEUE).content.decode()
    assert ("All checked." in queue, "Nothing else waits." in queue) == (False, True)
