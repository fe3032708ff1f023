"""Notes between moderators and writers: none stays unread, and one sent too soon can be taken back."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from forums import writer_actions
from forums.emails import notify_moderators
from forums.models import ModeratorNote, Post, Report, Thread, Topic
from forums.moderation import decisions, reports
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from tests.forums.helpers import (
    QUEUE,
    admin_words,
    decide,
    kept,
    messages_of,
    review_url,
    send_bulk_action,
    send_command,
    words,
)
from tests.mailbox import sent_mail
from tests.people import sign_in

pytestmark = pytest.mark.django_db

ANSWERED = f"{QUEUE}?look=answered&state=all"


@pytest.fixture
def desk(client, sam):
    sign_in(client, sam)
    return client


def post_of(sent):
    return Post.objects.select_related("thread", "voice").get(pk=sent.post.pk)


def says(sent, message="None in particular."):
    writer_actions.answer_moderators(post=sent.post, submission_id=new_submission_id(), words=message)


def listed(client):
    """Return whether the queue announces a note, and whether its filter lists the post."""
    return "wrote to us" in admin_words(client.get(QUEUE)), "Is there one?" in admin_words(client.get(ANSWERED))


def code_page(sent):
    return words(Client().post("/code/", {"code": sent.code}))


@pytest.mark.parametrize("sent", ["waiting", "published"])
def test_what_a_writer_wrote_is_listed_until_a_moderator_has_read_it(desk, request, sent):
    sent = request.getfixturevalue(sent)
    assert listed(desk) == (False, False)
    says(sent)
    assert listed(desk) == (True, True)
    assert "the writer wrote" in admin_words(desk.get(ANSWERED))
    assert messages_of(send_command(desk, sent.post, "read")) == ["Marked as read."]
    assert listed(desk) == (False, False)
    assert ModeratorNote.objects.get().body == "None in particular."


@pytest.mark.parametrize(
    "typed",
    [
        {"act": "ask", "question": "Which?"},
        {"decision": "publish"},
        {"decision": "refuse", "reason": "spam", "words": "No."},
    ],
)
def test_whoever_acts_on_the_page_has_read_it(desk, waiting, typed):
    says(waiting)
    desk.post(review_url(waiting.post), {**typed, "version": decisions.post_version(post_of(waiting))})
    assert not ModeratorNote.objects.open().exists()


def test_the_queue_tells_what_waits_for_its_writer(desk, waiting):
    def flags():
        (post,) = desk.get(QUEUE).context["cl"].result_list
        return desk.get(QUEUE).context["cl"].model_admin.flags(post)

    send_command(desk, waiting.post, "ask", question="Which town?")
    assert flags() == "waits for the writer"
    says(waiting)
    assert flags() == "the writer wrote"


def test_passing_it_on_reads_nothing(desk, waiting):
    says(waiting)
    send_command(desk, waiting.post, "urgent")
    assert ModeratorNote.objects.open().exists()


@pytest.mark.parametrize("name", ["publish_chosen", "refuse_chosen"])
def test_nothing_is_decided_in_the_list_whose_writer_wrote_or_that_has_a_content_note(desk, waiting, forum, name):
    says(waiting)
    noted = writer_actions.start_thread(
        forum=forum, submission_id=new_submission_id(), title="T", body="B", content_note="threats"
    )
    assert messages_of(send_bulk_action(desk, name, [waiting.post, noted.post])) == [
        "2 with a content note or a message from the writer were left: open and read each."
    ]
    assert list(Post.objects.values_list("state", flat=True)) == ["waiting"] * 2


def test_moderators_are_told_by_mail_where_only_a_message_or_a_report_waits(published, sam):
    notify_moderators()
    assert sent_mail() == []
    says(published)
    notify_moderators()
    assert len(sent_mail()) == 1
    ModeratorNote.objects.update(unread=False)
    reports.report(post=published.post, submission_id="s", reason="spam", words="")
    notify_moderators()
    assert len(sent_mail()) == 2


def test_a_moderator_can_write_about_what_is_published_or_refused(desk, published, sam):
    says(published, "What if he reads it?")
    send_command(desk, published.post, "ask", question="Take it down with your code. We can do it too.")
    assert "Take it down with your code." in code_page(published)
    assert "Your post waits for your answer" not in code_page(published)


def test_the_code_page_says_whose_turn_it_is(desk, waiting):
    assert "A moderator has not read it yet." in code_page(waiting)
    send_command(desk, waiting.post, "ask", question="Which town?")
    page = code_page(waiting)
    assert ("not read it yet" in page, "Your post waits for your answer." in page) == (False, True)
    says(waiting)
    page = code_page(waiting)
    assert ("A moderator will read what you wrote." in page, "waits for your answer" in page) == (True, False)


def test_what_was_asked_can_be_taken_back_for_ten_minutes(desk, waiting):
    page = send_command(desk, waiting.post, "ask", question="Wrong question?")
    assert "Take back what you wrote to the writer" in admin_words(page)
    assert messages_of(send_command(desk, waiting.post, "take_back"))[0].startswith("Taken back.")
    assert not ModeratorNote.objects.exists()
    assert "Wrong question?" not in code_page(waiting)


def test_what_was_asked_longer_ago_or_is_not_the_moderators_is_not_taken_back(desk, waiting):
    says(waiting)
    send_command(desk, waiting.post, "ask", question="Which town?")
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert not decisions.can_take_back(post=waiting.post)
        with pytest.raises(Refused, match="More than ten minutes are over"):
            decisions.take_back(post=waiting.post)
    assert ModeratorNote.objects.count() == 2


def test_reports_that_were_dealt_with_by_mistake_wait_again(desk, published):
    reports.report(post=published.post, submission_id="s", reason="spam", words="Buy!")
    page = send_command(desk, published.post, "keep")
    assert ("Buy!" in admin_words(page), "Let the reports wait again" in admin_words(page)) == (False, True)
    assert messages_of(send_command(desk, published.post, "reopen")) == ["The reports wait again."]
    assert (Report.objects.open().count(), reports.can_reopen(post=published.post)) == (1, False)


def test_a_decision_leads_back_to_the_post_to_undo_it(desk, waiting):
    page = decide(desk, waiting.post, "publish", follow=True)
    assert f'Published. <a href="{review_url(waiting.post)}">Look at it again or undo it</a>' in page.content.decode()


def test_a_page_that_was_opened_before_takes_no_colleagues_work_away(desk, waiting, sam, alex):
    version = decisions.post_version(post_of(waiting))
    decisions.hand_over(post=waiting.post, to=alex)
    page = desk.post(review_url(waiting.post), {"act": "pass_on", "to": "", "version": version})
    assert "changed while you looked at it" in page.content.decode()
    assert post_of(waiting).assigned_to == alex
    assert f'<option value="{alex.pk}" selected>' in desk.get(review_url(waiting.post)).content.decode()
    version = decisions.post_version(post_of(waiting))
    decisions.mark_urgent(post=waiting.post, urgent=True)
    decide(desk, waiting.post, "publish", version=version)
    assert post_of(waiting).state == "waiting"


def test_texts_with_a_content_note_are_closed_in_the_thread_around_a_post(desk, thread, sam):
    noted = writer_actions.reply(
        thread=thread, submission_id=new_submission_id(), body="Violent words", content_note="violence"
    )
    decisions.publish(post=noted.post, by=sam)
    answer = writer_actions.reply(
        thread=thread,
        submission_id=new_submission_id(),
        body="Mine",
        in_reply_to=Post.objects.get(body="Violent words"),
    )
    page = desk.get(review_url(answer.post)).content.decode()
    closed = "<details><summary>Content note: violence (show this post)</summary><p>Violent words</p>"
    assert (page.count("Violent words"), "".join(page.split("\n")).count(closed)) == (2, 2)


def test_the_queue_is_narrowed_by_kind_and_by_what_may_point_to_someone(desk, forum, thread):
    writer_actions.start_thread(forum=forum, submission_id=new_submission_id(), title="One", body="Ring 07700 900321")
    writer_actions.reply(thread=thread, submission_id=new_submission_id(), body="A plain reply")
    shown = {
        query: [
            found for found in ("Ring 07700", "A plain reply") if found in admin_words(desk.get(f"{QUEUE}?{query}"))
        ]
        for query in ("kind=thread", "kind=reply", "look=points")
    }
    assert shown == {"kind=thread": ["Ring 07700"], "kind=reply": ["A plain reply"], "look=points": ["Ring 07700"]}


def test_a_change_that_takes_out_what_pointed_to_someone_takes_the_flag_off(forum, sam):
    sent = writer_actions.start_thread(
        forum=forum, submission_id=new_submission_id(), title="One", body="Ring 07700 900321"
    )
    assert post_of(sent).may_identify
    decisions.publish_with_changes(
        post=sent.post, by=sam, title="One", body="Ring somebody", version=decisions.post_version(post_of(sent))
    )
    assert not post_of(sent).may_identify


def answer(client, sent, **typed):
    return client.post(
        "/code/answer/", {"code": sent.code, "n": "1", "submission_id": new_submission_id(), "words": "Help.", **typed}
    )


def test_after_twenty_messages_the_next_comes_back_with_its_words(client, waiting):
    for number in range(20):
        assert answer(client, waiting, words=f"Message {number}").status_code == 200
    page = answer(client, waiting, words="One too many")
    assert (page.status_code, kept(page, "words")) == (429, "One too many")
    assert ModeratorNote.objects.count() == 20


def test_what_fills_in_every_field_of_a_message_is_no_person(client, waiting):
    form = client.post("/code/", {"code": waiting.code}).content.decode()
    assert 'name="leave_empty"' in form
    page = answer(client, waiting, leave_empty="x")
    assert "A field that should stay empty was filled in." in words(page)
    assert not ModeratorNote.objects.exists()


def test_what_is_held_of_a_first_post_has_its_title_and_type(client, waiting, consultation):
    Thread.objects.update(topic=Topic.objects.get(code="e"))
    held = code_page(waiting)
    assert ("Title of the thread A quiet room" in held, "Type of provision Council housing" in held) == (True, True)


def test_a_row_of_a_list_says_that_a_thread_begins_with_a_content_note(client, thread):
    assert "Content note" not in words(client.get("/forums/housing/"))
    Post.objects.update(content_note="threats")
    page = words(client.get("/forums/housing/"))
    assert ("Content note" in page, "threats" in page) == (True, False)


# A post and the versions before it


@pytest.fixture
def new_version(waiting, sam):
    """A post that was refused, and its new version, which waits."""
    decisions.refuse(post=waiting.post, by=sam, reason="place", words="It names your town.")
    says(waiting, "Please hurry.")
    writer_actions.correct(post=waiting.post, code=waiting.code, submission_id="v", title="T", body="New words")
    return Post.objects.select_related("thread", "voice").latest("pk")


def said():
    return list(ModeratorNote.objects.order_by("pk").values_list("post__body", "body", "unread"))


def test_what_was_not_read_goes_along_with_a_new_version_and_so_does_what_is_said_later(waiting, new_version):
    says(waiting, "And it is about me.")
    assert said() == [
        ("", "It names your town.", False),
        ("New words", "Please hurry.", True),
        ("New words", "And it is about me.", True),
    ]


def test_a_decision_on_another_post_of_the_writer_reads_and_destroys_none_of_it(published, thread, sam):
    refused, other = (
        writer_actions.reply(thread=thread, submission_id=new_submission_id(), body=body, code=published.code)
        for body in ("One", "Other")
    )
    decisions.refuse(post=refused.post, by=sam, reason="place", words="It names your town.")
    writer_actions.correct(post=refused.post, code=published.code, submission_id="v", body="One anew")
    says(refused, "Please hurry.")
    decisions.publish(post=other.post, by=sam, version=decisions.post_version(post_of(other)))
    writer_actions.withdraw(post=other.post)
    assert said() == [("", "It names your town.", False), ("One anew", "Please hurry.", True)]


def test_taking_the_new_version_down_destroys_what_was_said_of_the_one_before(new_version):
    writer_actions.withdraw(post=new_version)
    assert said() == []


def test_a_new_version_whose_writer_wrote_is_not_published_unread(desk, new_version):
    assert messages_of(send_bulk_action(desk, "publish_chosen", [new_version])) == [
        "1 with a content note or a message from the writer was left: open and read each."
    ]


# Undoing


def test_undoing_a_refusal_takes_its_own_words_back_and_no_others(desk, waiting, sam):
    decisions.refuse(post=waiting.post, by=sam, reason="spam", words="Not here.")
    decisions.ask_writer(post=waiting.post, words="What did you mean?")
    decisions.undo(post=waiting.post)
    assert list(ModeratorNote.objects.values_list("body", flat=True)) == ["What did you mean?"]


def test_what_is_published_after_it_was_refused_is_not_undone(waiting, sam):
    decisions.refuse(post=waiting.post, by=sam, reason="spam", words="Not here.")
    decisions.publish(post=waiting.post, by=sam, version=decisions.post_version(post_of(waiting)))
    assert not decisions.can_undo(post=post_of(waiting))
    with pytest.raises(Refused):
        decisions.undo(post=waiting.post)


def test_reports_dealt_with_one_after_the_other_all_wait_again(published, sam):
    for submission_id in ("s", "t"):
        reports.report(post=published.post, submission_id=submission_id, reason="spam", words=submission_id)
        reports.close_reports(post=published.post, by=sam)
    assert reports.reopen_reports(post=published.post) == 2


def test_nothing_can_be_undone_of_what_is_gone(published, sam):
    decisions.ask_writer(post=published.post, words="Which one?")
    reports.report(post=published.post, submission_id="s", reason="spam", words="")
    reports.close_reports(post=published.post, by=sam)
    writer_actions.withdraw(post=published.post)
    assert (decisions.can_take_back(post=published.post), reports.can_reopen(post=published.post)) == (False, False)


def test_a_message_that_was_destroyed_does_not_come_back_when_it_is_sent_again(client, waiting, sam):
    typed = {"submission_id": new_submission_id(), "words": "His name is Sam."}
    answer(client, waiting, **typed)
    decisions.publish_with_changes(post=waiting.post, by=sam, title="T", body="B")
    page = answer(client, waiting, **typed)
    assert not ModeratorNote.objects.exists()
    assert (page.status_code, kept(page, "words")) == (409, "His name is Sam.")
    assert "It was not sent again." in words(page)


def test_whose_turn_it_is_follows_who_spoke_last(desk, waiting):
    send_command(desk, waiting.post, "ask", question="Which town?")
    says(waiting)
    send_command(desk, waiting.post, "read")
    (row,) = desk.get(QUEUE).context["cl"].result_list
    assert desk.get(QUEUE).context["cl"].model_admin.flags(row) == ""
    assert "A moderator has read what you wrote." in code_page(waiting)
