"""Messages to moderators that cannot be stored: they come back under their post, or above all if it is gone."""

import html
import re

import pytest

from forums.models import ModeratorNote
from forums.moderation import decisions
from forums.writer_actions import reply
from mscos.forms import new_submission_id
from tests.forums.helpers import kept, problems, words

pytestmark = pytest.mark.django_db

WRONG = "K7QW-3MHT-9XRC-V2PD"
TYPED = "It was <not> Jo.\n\nPlease look again."


@pytest.fixture
def two(thread, published):
    """The code of somebody who wrote two posts."""
    reply(thread=thread, submission_id=new_submission_id(), body="My second", code=published.code)
    return published


def unsent_texts(response):
    """Return the texts that the page shows for copying."""
    found = re.findall(r"<textarea[^>]* readonly[^>]*>\n?(.*?)</textarea>", response.content.decode(), re.DOTALL)
    return html.unescape("".join(found))


def texts_by_position(response):
    """Return the text in the open form of a message, by the position of its post."""
    panels = re.findall(r'<section class="panel.*?</section>', response.content.decode(), re.DOTALL)
    found = {}
    for place, panel in enumerate(panels, start=1):
        form = re.search(r"<details open>.*?<textarea[^>]*>\n?(.*?)</textarea>", panel, re.DOTALL)
        found.update({place: html.unescape(form.group(1))} if form else {})
    return found


def answer(client, code, n):
    return client.post("/code/answer/", {"code": code, "n": n, "words": TYPED, "submission_id": new_submission_id()})


def answer_after_a_wrong_code(client, code, n):
    """Send a message with a wrong code, then the form that comes back with the right one."""
    asked = answer(client, WRONG, n)
    return client.post("/code/", {"code": code, "n": kept(asked, "n"), "words": kept(asked, "words")})


def take_down(post, by):
    decisions.remove(post=post, by=by, reason="person", words="It named Jo.")


def test_words_about_a_post_taken_down_meanwhile_are_shown_to_be_copied(client, published, sam):
    take_down(published.post, sam)
    response = answer(client, published.code, "1")
    assert problems(response) == ["This post was taken down. There is nothing left to write about."]
    assert (response.status_code, unsent_texts(response), texts_by_position(response)) == (409, TYPED, {})
    assert "Your message This was not sent. Copy it if you need it." in words(response)
    assert ModeratorNote.objects.filter(by_writer=True).count() == 0


def test_words_about_a_post_taken_down_are_offered_under_no_other(client, two, sam):
    take_down(two.post, sam)
    for response in (answer(client, two.code, "1"), answer_after_a_wrong_code(client, two.code, "1")):
        assert (unsent_texts(response), texts_by_position(response)) == (TYPED, {})


def test_words_kept_while_the_code_was_wrong_are_shown_where_the_post_is_gone(client, published, sam):
    take_down(published.post, sam)
    response = answer_after_a_wrong_code(client, published.code, "1")
    assert (response.status_code, unsent_texts(response), texts_by_position(response)) == (200, TYPED, {})


@pytest.mark.parametrize("place", [1, 2])
def test_words_kept_while_the_code_was_wrong_come_back_under_their_post(client, two, place):
    response = answer_after_a_wrong_code(client, two.code, str(place))
    assert (unsent_texts(response), texts_by_position(response)) == ("", {place: TYPED})


def test_a_place_outlives_two_wrong_codes(client, two):
    asked = answer(client, WRONG, "2")
    asked = client.post("/code/", {"code": WRONG, "n": kept(asked, "n"), "words": kept(asked, "words")})
    response = client.post("/code/", {"code": two.code, "n": kept(asked, "n"), "words": kept(asked, "words")})
    assert texts_by_position(response) == {2: TYPED}


@pytest.mark.parametrize("place", ["", "0", "3", "x", "-1", "\u0662", "9" * 40])
@pytest.mark.parametrize("send", [answer, answer_after_a_wrong_code])
def test_words_about_a_place_that_is_none_come_back_under_the_first_post(client, two, send, place):
    response = send(client, two.code, place)
    assert (response.status_code, unsent_texts(response), texts_by_position(response)) == (200, "", {1: TYPED})
    assert ModeratorNote.objects.count() == 0


@pytest.mark.parametrize("place", ["", "0", "3", "x"])
def test_a_new_version_for_a_place_that_is_none_is_shown_where_the_post_is_gone(client, published, sam, place):
    take_down(published.post, sam)
    form = {
        "code": published.code,
        "n": place,
        "title": "A calm room",
        "body": "Is there?",
        "submission_id": new_submission_id(),
    }
    response = client.post("/code/new-version/", form)
    assert (response.status_code, unsent_texts(response)) == (200, "A calm room\n\nIs there?")


def test_a_page_to_which_no_words_came_shows_none(client, two):
    response = client.post("/code/", {"code": two.code})
    assert (unsent_texts(response), texts_by_position(response)) == ("", {})
    assert "This was not sent." not in words(response)
    assert 'name="n"' not in client.get("/code/").content.decode()
