"""Replies and reports whose forms were opened before a move: nothing typed is lost."""

import pytest
from django.test import Client

from forums.models import Post, Report, Thread
from forums.moderation import decisions, thread_moves
from forums.writer_actions import reply, withdraw
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from tests.forums.helpers import kept, problems, words
from tests.forums.thread_moves.helpers import post, posts, reload

pytestmark = pytest.mark.django_db


def send(client, thread, body="e", **typed):
    """Send a reply to the address of a thread as it was when the form was opened."""
    return client.post(
        f"{thread.get_absolute_url()}reply/", {"submission_id": new_submission_id(), "body": body, **typed}
    )


def stored_reply(body="e"):
    """Return the thread of a reply, the post that it answers, and the thread of that post."""
    found = Post.objects.get(body=body)
    answered = found.in_reply_to
    return (found.thread, answered and (answered.body, answered.thread))


def test_a_reply_in_a_thread_that_was_moved_is_taken(client, one, safety):
    thread_moves.move(thread=one, to=safety)
    page = send(client, one, to="2")
    assert ("Sent. A moderator will read it" in words(page), stored_reply()) == (True, (one, ("b", one)))
    assert 'href="/forums/safety/"' in page.content.decode()


def test_a_reply_in_a_thread_that_was_merged_is_taken_where_it_is_now(client, one, two):
    thread_moves.merge(thread=one, into=two)
    send(client, one)
    assert stored_reply() == (two, None)
    send(client, one, "f", to="2")
    assert stored_reply("f") == (two, ("b", two))


def test_a_reply_to_a_post_that_was_split_off_goes_where_that_is(client, one):
    new = thread_moves.split(thread=one, posts=posts("c"), title="N")
    send(client, one, to="3")
    assert stored_reply() == (new, ("c", new))
    send(client, one, "f", to="2")
    assert stored_reply("f") == (one, ("b", one))


def test_the_form_of_an_old_address_is_that_of_the_thread_where_things_are_now(client, one, two):
    thread_moves.merge(thread=one, into=two)
    page = client.get(f"{one.get_absolute_url()}reply/?to=2")
    assert (page.status_code, "You are replying to #5 by B" in words(page)) == (200, True)
    assert f'<a href="{two.get_absolute_url()}">Back to the thread</a>' in page.content.decode()


def test_a_form_that_comes_back_means_the_same_post_when_it_is_sent_again(client, one, two):
    thread_moves.merge(thread=one, into=two)
    page = send(client, one, "", to="2")
    assert (problems(page), kept(page, "to")) == (["Enter your post"], "2")
    send(client, one, to=kept(page, "to"))
    assert stored_reply() == (two, ("b", two))


def test_one_form_sent_before_and_after_a_merge_is_one_post(client, one, two):
    typed = {"submission_id": new_submission_id(), "to": "2"}
    first = send(client, one, **typed)
    thread_moves.merge(thread=one, into=two)
    again = send(client, one, **typed)
    assert Post.objects.filter(body="e").count() == 1
    assert words(first).split("What happens next")[0] == words(again).split("What happens next")[0]


@pytest.mark.parametrize("number", ["2", "9", "0", "x", "9" * 30])
def test_a_number_of_nothing_that_can_be_answered_keeps_the_text(client, one, two, number):
    withdraw(post=post("b"))
    thread_moves.merge(thread=one, into=two)
    page = send(client, one, to=number)
    message = "The post that you are answering is not here any more. Send again to answer the whole thread."
    assert (problems(page), kept(page, "body"), kept(page, "to")) == ([message], "e", "")


def test_a_number_of_the_new_thread_is_none_of_the_old_one(client, one, two):
    thread_moves.merge(thread=one, into=two)
    assert "is not here any more" in words(send(client, one, to="5"))


def test_a_closed_place_keeps_the_text(client, one, two):
    thread_moves.merge(thread=one, into=two)
    Thread.objects.filter(pk=two.pk).update(state="closed")
    page = send(client, one)
    assert (page.status_code, problems(page)) == (409, ["This thread is closed. Start a new one."])
    assert kept(page, "body") == "e"


def test_a_post_split_off_a_closed_thread_can_be_answered(client, one):
    Thread.objects.filter(pk=one.pk).update(state="closed")
    new = thread_moves.split(thread=one, posts=posts("c"), title="N")
    send(client, one, to="3")
    assert stored_reply() == (new, ("c", new))


def test_a_code_of_the_merged_thread_works_by_its_old_address(client, one, two):
    thread_moves.merge(thread=one, into=two)
    send(client, one, code=one.codes["c"])
    assert (Post.objects.get(body="e").voice, stored_reply()) == (post("c").voice, (two, None))


def test_a_stale_token_keeps_the_text_in_the_old_address_too(one, two):
    thread_moves.merge(thread=one, into=two)
    page = send(Client(enforce_csrf_checks=True), one, to="2")
    assert (page.status_code, kept(page, "body"), kept(page, "to")) == (403, "e", "2")


def test_the_action_itself_goes_where_things_are(one, two):
    """Between the view's query and the INSERT a merge may come: the action queries again, with the row locked."""
    stale = Thread.objects.select_related("forum").get(pk=one.pk)
    thread_moves.merge(thread=one, into=two)
    assert reply(thread=stale, submission_id=new_submission_id(), body="e").post.thread == two
    Thread.objects.filter(pk=two.pk).update(state="closed")
    with pytest.raises(Refused, match="This thread is closed"):
        reply(thread=stale, submission_id=new_submission_id(), body="f")


def report(client, thread, **typed):
    return client.post(
        f"{thread.get_absolute_url()}report/", {"submission_id": new_submission_id(), "reason": "unkind", **typed}
    )


def test_a_report_means_the_post_that_had_the_number(client, one, two, safety):
    thread_moves.merge(thread=one, into=two)
    thread_moves.move(thread=two, to=safety)
    assert "Report number 5" in words(client.get(f"{one.get_absolute_url()}report/?n=2"))
    assert "Report number 2" in words(client.get(f"{two.get_absolute_url()}report/?n=2"))
    report(client, one, n="2")
    report(client, two, n="2")
    assert [row.post.body for row in Report.objects.order_by("pk")] == ["b", "v"]


def test_a_report_that_comes_back_means_the_same_post_when_it_is_sent_again(client, one, two):
    thread_moves.merge(thread=one, into=two)
    page = report(client, one, n="2", reason="")
    assert 'name="n" value="2"' in page.content.decode()
    report(client, one, n="2")
    assert Report.objects.get().post.body == "b"


def test_nothing_else_can_be_reported_by_an_old_address(client, one, two):
    thread_moves.merge(thread=one, into=two)
    withdraw(post=post("b"))
    for number in ("2", "5", "x", ""):
        assert client.get(f"{one.get_absolute_url()}report/?n={number}").status_code == 404
    assert reload(one).merged_into == two


def test_a_reply_in_a_thread_whose_publication_was_undone_comes_back(client, waiting, sam):
    decisions.publish(post=waiting.post, by=sam)
    decisions.undo(post=waiting.post)
    thread = waiting.post.thread
    page = send(client, thread)
    assert (page.status_code, kept(page, "body")) == (409, "e")
    assert problems(page) == ["This thread is being looked at again. Keep your text, and send it later."]
    assert "A quiet room" not in words(page)
    assert client.get(f"{thread.get_absolute_url()}reply/").status_code == 404
    with pytest.raises(Refused, match="looked at again"):
        reply(thread=thread, submission_id=new_submission_id(), body="e")
    assert Post.objects.count() == 1
