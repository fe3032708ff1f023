"""Actions on one's own named posts: each is about the post that its page showed, and no message is lost."""

import html
import re

import pytest
from django.test import Client

from forums.models import ModeratorNote, Post
from forums.moderation import decisions
from tests.forums.helpers import kept, problems, words
from tests.forums.writing.helpers import NAMED, own_post_form, typed_form

pytestmark = pytest.mark.django_db

NOT_THERE = "This post was taken down or is not in your list any more. Your message was not sent."


@pytest.fixture
def second(member, named):
    """Another post under the same name."""
    member.post(NAMED, typed_form(title="Another", body="And one more?"))
    return Post.objects.latest("pk")


def unsent_text(response):
    """Return the text that a page shows for copying."""
    found = re.search(r"<textarea[^>]* readonly>(.*?)</textarea>", response.content.decode(), re.DOTALL)
    return html.unescape(found.group(1)) if found else None


def states():
    return list(Post.objects.order_by("pk").values_list("state", "body"))


def test_taking_a_post_down_twice_leaves_the_next_one_alone(member, named, second):
    form = own_post_form(member, 1)
    for _ in range(2):
        response = member.post("/my-posts/1/take-down/", form, follow=True)
    assert "Nothing was changed now. That post is not in your list any more." in response.content.decode()
    assert states() == [("withdrawn", ""), ("waiting", "And one more?")]


def test_a_post_whose_place_moved_meanwhile_is_the_one_taken_down(member, named, second):
    first, form = own_post_form(member, 1), own_post_form(member, 2)
    member.post(NAMED, typed_form(title="Third", body="A third?"))
    member.post("/my-posts/1/take-down/", first)
    member.post("/my-posts/2/take-down/", form)
    assert states() == [("withdrawn", ""), ("withdrawn", ""), ("waiting", "A third?")]


def test_without_a_mark_nothing_is_taken_down(member, named):
    for form in ({}, {"mark": ""}, {"mark": str(named.pk)}):
        response = member.post("/my-posts/1/take-down/", form)
        assert (response.status_code, response["Location"]) == (302, "/my-posts/?done=0")
    assert states() == [("waiting", "Is there one?")]


def test_the_page_that_asks_shows_which_post_it_means(member, named, second):
    page = words(member.get("/my-posts/2/take-down/"))
    assert ("It starts the thread Another" in page, "And one more?" in page, "Is there one?" in page) == (
        True,
        True,
        False,
    )


def test_both_pages_of_a_post_bear_one_mark_that_is_no_other_posts(member, named, second):
    marks = [kept(member.get(f"/my-posts/{page}"), "mark") for page in ("1/", "1/take-down/", "2/", "2/take-down/")]
    assert [len(mark) for mark in marks] == [64, 64, 64, 64]
    assert (marks[0] == marks[1], marks[2] == marks[3], marks[0] == marks[2]) == (True, True, False)


def test_words_reach_the_post_whose_page_they_were_written_on(member, named, second):
    form = own_post_form(member, 2, words="About the second.")
    member.post("/my-posts/1/take-down/", own_post_form(member, 1))
    response = member.post("/my-posts/2/", form)
    assert (response.status_code, response["Location"]) == (302, "/my-posts/1/?done=1")
    assert list(ModeratorNote.objects.values_list("post", "body")) == [(second.pk, "About the second.")]


def test_words_about_a_post_that_left_the_list_come_back_and_reach_no_other(member, named, second):
    form = own_post_form(member, 1, words="About the <first>.")
    member.post("/my-posts/1/take-down/", own_post_form(member, 1))
    response = member.post("/my-posts/1/", form)
    assert (response.status_code, problems(response)) == (409, [NOT_THERE])
    assert (unsent_text(response), ModeratorNote.objects.count()) == ("About the <first>.", 0)
    assert "And one more?" not in response.content.decode()


def test_words_about_a_post_that_was_taken_down_come_back(member, named, sam):
    form = own_post_form(member, words="One more thing.")
    decisions.publish(post=named, by=sam)
    decisions.remove(post=named, by=sam, reason="person", words="It named Jo.")
    response = member.post("/my-posts/1/", form)
    assert (response.status_code, problems(response)) == (409, [NOT_THERE])
    assert (unsent_text(response), ModeratorNote.objects.count()) == ("One more thing.", 1)
    assert "Not sent. Copy it if you need it" in words(response)
    assert unsent_text(member.get("/my-posts/1/")) is None


def test_words_of_who_is_signed_out_come_back_and_no_post_is_shown(
    client,
    ada,
    member,
    named,
    django_assert_num_queries,
):
    form = own_post_form(member, words="One more thing.")
    with django_assert_num_queries(0):
        response = client.post("/my-posts/1/", form)
    assert response.status_code == 403
    assert problems(response) == ["You are signed out. Nothing was lost. Sign in in another window, then send again."]
    assert (kept(response, "words"), kept(response, "mark")) == ("One more thing.", form["mark"])
    assert ("A quiet room" in response.content.decode(), ModeratorNote.objects.count()) == (False, 0)
    client.force_login(ada)
    client.post("/my-posts/1/", {name: kept(response, name) for name in ("words", "mark", "submission_id")})
    assert list(ModeratorNote.objects.values_list("post", "body")) == [(named.pk, "One more thing.")]


def test_words_with_a_form_token_that_went_stale_come_back(ada, member, named):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    response = strict.post("/my-posts/1/", own_post_form(member, words="One more thing."))
    assert response.status_code == 403
    assert problems(response) == ["Something went wrong when sending. Nothing was lost. Check and send again."]
    assert (kept(response, "words"), ModeratorNote.objects.count()) == ("One more thing.", 0)
