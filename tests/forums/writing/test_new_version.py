"""New versions of refused posts: by the same voice, and the refused text is erased."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from forums import writer_actions
from forums.models import Consultation, Forum, ModeratorNote, Post, Thread, Topic, Voice
from forums.moderation import decisions
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from tests.forums.helpers import kept, problems, review_url, words
from tests.forums.writing.helpers import typed_form
from tests.people import sign_in

pytestmark = pytest.mark.django_db

ADDRESS = "/code/new-version/"


@pytest.fixture
def refused(waiting, sam):
    decisions.refuse(post=waiting.post, by=sam, reason="place", words="It names your town.")
    return waiting


def sent(refused, **fields):
    return {**typed_form(title="A calm room", body="Is there a calm one?"), "code": refused.code, "n": "1", **fields}


def test_the_first_press_shows_the_refused_words_to_be_changed(client, refused):
    response = client.post(ADDRESS, {"code": refused.code, "n": "1"})
    assert "We did not publish your post because it names a place." in words(response)
    assert "It names your town." in words(response)
    assert (kept(response, "title"), kept(response, "body")) == ("A quiet room", "Is there one?")
    assert (response.headers["Cache-Control"], Post.objects.count()) == ("no-store, private", 1)


def test_a_new_version_waits_by_the_same_voice_and_the_refused_words_are_destroyed(client, refused, sam):
    response = client.post(ADDRESS, sent(refused, content_note="noise"))
    assert "Your code is the same as before" in words(response)
    old, new = Post.objects.order_by("pk")
    assert (old.state, old.body, old.reason) == ("refused", "", "place")
    assert (new.state, new.body, new.content_note) == ("waiting", "Is there a calm one?", "noise")
    assert (new.voice, new.thread) == (old.voice, old.thread)
    assert (Thread.objects.get().title, Thread.objects.get().state) == ("A calm room", "waiting")
    assert Voice.objects.count() == 1
    page = words(client.post("/code/", {"code": refused.code}))
    assert ("Its words have been erased." in page, "It names your town." in page) == (True, True)
    assert ("Waiting to be checked" in page, "Send a new version" in page) == (True, False)
    decisions.publish(post=new, by=sam)
    assert (Thread.objects.get().state, Post.objects.get(number=1)) == ("open", new)


def test_a_new_version_of_a_reply_answers_the_same_post_and_has_no_title(client, thread, sam):
    first = thread.posts.get()
    reply = writer_actions.reply(
        thread=thread, submission_id=new_submission_id(), body="In Elm Street.", in_reply_to=first
    )
    decisions.refuse(post=reply.post, by=sam, reason="place", words="No streets.")
    form = client.post(ADDRESS, {"code": reply.code, "n": "1"})
    assert 'name="title"' not in form.content.decode()
    client.post(ADDRESS, {**typed_form(body="In a street."), "code": reply.code, "n": "1"})
    new = Post.objects.get(body="In a street.")
    assert (new.in_reply_to, new.voice.name) == (first, reply.post.voice.name)
    assert Thread.objects.get().title == "A quiet room"


def test_the_moderators_see_what_was_said_about_the_refused_version(client, refused, sam):
    client.post(ADDRESS, sent(refused))
    sign_in(client, sam)
    page = client.get(review_url(Post.objects.get(state="waiting"))).content.decode()
    assert "It names your town." in page


def test_the_same_form_sent_twice_is_one_new_version(client, refused):
    form = sent(refused)
    for _ in range(2):
        assert "Your code is the same as before" in words(client.post(ADDRESS, form))
    assert Post.objects.count() == 2


def test_a_second_new_version_from_another_tab_is_told_and_kept(client, refused):
    client.post(ADDRESS, sent(refused))
    response = client.post(ADDRESS, sent(refused, body="Other words"))
    assert response.status_code == 409
    assert problems(response) == ["This post waits for no new version. Look at it with your code again."]
    assert (kept(response, "body"), Post.objects.count()) == ("Other words", 2)


@pytest.mark.parametrize(
    ("typed_again", "message"),
    [
        ({"body": ""}, "Enter your post"),
        ({"title": ""}, "Enter a title"),
        ({"submission_id": ""}, "This form was open for too long. Nothing was lost. Check and send again."),
        ({"body": "Ring 07700 900871"}, "Some words may point to someone. See which"),
    ],
)
def test_what_is_refused_changes_nothing(client, refused, typed_again, message):
    response = client.post(ADDRESS, sent(refused, **typed_again))
    assert problems(response) == [message]
    assert Post.objects.get().body == "Is there one?"


def test_a_preview_stores_nothing(client, refused):
    response = client.post(ADDRESS, sent(refused, preview="yes"))
    assert ("How it will look" in words(response), Post.objects.get().body) == (True, "Is there one?")


@pytest.mark.parametrize("place", ["", "0", "2", "x", "-1", "9" * 40])
def test_a_place_that_is_none_shows_what_the_code_opens(client, refused, place):
    response = client.post(ADDRESS, sent(refused, n=place))
    assert "What happened to your post" in words(response)
    assert (kept(response, "words").split("\n\n")[-1], Post.objects.count()) == ("Is there a calm one?", 1)


def test_a_post_that_waits_or_was_erased_offers_no_new_version(client, waiting, sam):
    assert "Send a new version" not in words(client.post("/code/", {"code": waiting.code}))
    assert "What happened to your post" in words(client.post(ADDRESS, {"code": waiting.code, "n": "1"}))
    assert client.post(ADDRESS, sent(waiting)).status_code == 409
    assert Post.objects.get().body == "Is there one?"


def test_a_wrong_code_is_told_and_the_words_are_kept(client, refused):
    typed = {"title": "A choir", "content_note": "threats"}
    response = client.post(ADDRESS, sent(refused, code="K7QW-3MHT-9XRC-V2PD", **typed))
    assert problems(response) == ["Check the code. It has 16 letters and numbers"]
    assert kept(response, "words") == "A choir\n\nthreats\n\nIs there a calm one?"


def test_without_a_token_the_words_come_back_and_nothing_is_stored(refused):
    response = Client(enforce_csrf_checks=True).post(ADDRESS, sent(refused))
    assert response.status_code == 403
    assert (kept(response, "body"), Post.objects.count()) == ("Is there a calm one?", 1)


def test_a_forum_that_was_paused_meanwhile_keeps_the_words(client, refused):
    Forum.objects.update(state="closed")
    response = client.post(ADDRESS, sent(refused))
    assert problems(response) == ["This forum is closed. You can still read."]
    assert (kept(response, "body"), Post.objects.get().body) == ("Is there a calm one?", "Is there one?")


def test_a_refusal_cannot_be_undone_once_a_new_version_came(client, refused, sam):
    client.post(ADDRESS, sent(refused))
    with pytest.raises(Refused, match="have been erased"):
        decisions.undo(post=Post.objects.get(state="refused"))
    assert Post.objects.filter(state="waiting").count() == 1


def test_notes_on_a_refused_version_go_when_its_words_would_have_gone(client, refused):
    client.post(ADDRESS, sent(refused))
    with time_machine.travel("2099-01-01", tick=False):
        writer_actions.erase_refused_posts()
    assert ModeratorNote.objects.count() == 0


def test_the_question_of_a_flood_is_not_asked_of_a_code(client, refused, forum):
    Forum.objects.update(question="Which day comes after Monday?", answers="tuesday")
    assert 'name="answer"' not in client.post(ADDRESS, {"code": refused.code, "n": "1"}).content.decode()
    client.post(ADDRESS, sent(refused))
    assert Post.objects.count() == 2


@pytest.mark.parametrize("emptied", ["taken down", "its day came"])
def test_the_title_of_the_new_version_outlives_the_emptied_one(client, refused, sam, emptied):
    client.post(ADDRESS, sent(refused))
    if emptied == "taken down":
        writer_actions.withdraw(post=Post.objects.earliest("pk"))
    else:
        Post.objects.filter(state="refused").update(day="2001-01-01")
        writer_actions.erase_refused_posts()
    decisions.publish(post=Post.objects.latest("pk"), by=sam)
    assert Thread.objects.get().title == "A calm room"


def test_a_new_version_waits_with_the_others_however_it_was_sent(client, refused):
    client.post(ADDRESS, sent(refused, submission_id=new_submission_id()))
    assert Post.objects.get(state="waiting").likely_spam is False


def test_a_closed_forum_offers_no_new_version_and_says_why(client, refused):
    Forum.objects.update(state="closed")
    page = words(client.post("/code/", {"code": refused.code}))
    assert ("Send a new version" in page, "This forum is closed. You can still read." in page) == (False, True)
    assert "What happened to your post" in words(client.post(ADDRESS, {"code": refused.code, "n": "1"}))


def test_a_new_version_of_a_view_stands_in_the_forum_once_the_call_has_closed(client, consultation, refused, sam):
    Thread.objects.update(topic=Topic.objects.get(code="e"))
    first = {"code": refused.code, "n": "1"}
    assert "has closed" not in words(client.post(ADDRESS, first))
    Consultation.objects.update(opens=timezone.localdate() - timedelta(2), closes=timezone.localdate() - timedelta(1))
    assert "The call for views that you answered has closed." in words(client.post(ADDRESS, first))
    client.post(ADDRESS, sent(refused))
    decisions.publish(post=Post.objects.latest("pk"), by=sam)
    assert (Thread.objects.get().topic, Thread.objects.get().state) == (None, "open")


def test_a_new_version_of_a_view_stays_one_while_the_call_is_open(client, consultation, refused):
    Thread.objects.update(topic=Topic.objects.get(code="e"))
    client.post(ADDRESS, sent(refused))
    assert Thread.objects.get().topic == Topic.objects.get(code="e")
