"""Posts under a name: chosen for each post, with their own addresses; their outcomes are in the account."""

import re

import pytest
from django.test import Client

from forums.models import ModeratorNote, Post, Voice
from forums.moderation import decisions
from tests.bulk_rows import store
from tests.forums.helpers import kept, problems, published_reply, review_url, words
from tests.forums.writing.helpers import NAMED, NEW, own_post_form, typed_form
from tests.people import sign_in

pytestmark = pytest.mark.django_db


def test_the_form_is_without_a_name_and_offers_one_for_this_post(member, forum):
    page = member.get(NEW)
    assert f'href="{NAMED}"' in page.content.decode()
    assert "Ada Ferreira" not in page.content.decode()
    member.post(NEW, typed_form())
    assert (Post.objects.get().author, Voice.objects.count()) == (None, 1)


def test_a_post_under_a_name_says_whose_before_it_is_sent_and_has_no_code(member, forum, ada, sam):
    page = words(member.get(NAMED))
    assert "This post will bear your name: Ada Ferreira." in page
    assert "You will get a code." not in page
    response = member.post(NAMED, typed_form())
    assert ("It will stand under your name." in words(response), 'class="code"' in response.content.decode()) == (
        True,
        False,
    )
    post = Post.objects.get()
    assert (post.author, post.voice, post.state, Voice.objects.count()) == (ada, None, "waiting", 0)
    decisions.publish(post=post, by=sam)
    page = words(member.get(post.thread.get_absolute_url()))
    assert ("Ada Ferreira #1" in page, "Anonymous ·" in page) == (True, False)


def test_the_next_post_is_without_a_name_again(member, named):
    member.post(NEW, typed_form(title="Another"))
    assert Post.objects.latest("pk").author is None


def test_a_reply_under_a_name_takes_no_code_and_tells_the_team_apart(forum, thread, published, sam):
    team = Client()
    sign_in(team, sam)
    address = f"{thread.get_absolute_url()}reply/named/"
    assert 'name="code"' not in team.get(f"{address}?to=1").content.decode()
    team.post(address, typed_form(body="There is.", to="1", code=published.code))
    post = Post.objects.get(body="There is.")
    assert (post.author, post.voice, post.in_reply_to) == (sam, None, thread.posts.get(number=1))
    decisions.publish(post=post, by=sam)
    assert "Sam (MSCOS team) #2" in words(team.get(thread.get_absolute_url()))


def test_the_same_form_sent_twice_is_one_post(member, forum):
    form = typed_form()
    for _ in range(2):
        assert "It will stand under your name." in words(member.post(NAMED, form))
    assert Post.objects.count() == 1


@pytest.mark.parametrize("address", [NAMED, "/my-posts/", "/my-posts/1/", "/my-posts/1/take-down/"])
def test_who_is_not_signed_in_is_asked_to_sign_in(client, forum, address):
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address}")


def test_whoever_is_signed_out_while_writing_loses_nothing(client, forum):
    response = client.post(NAMED, typed_form())
    assert response.status_code == 403
    assert problems(response) == ["You are signed out. Nothing was lost. Sign in in another window, then send again."]
    assert (kept(response, "body"), Post.objects.count()) == ("Is there one?", 0)


def test_another_website_can_send_nothing_in_a_members_name(ada, forum):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    response = strict.post(NAMED, typed_form())
    assert (response.status_code, kept(response, "body"), Post.objects.count()) == (403, "Is there one?", 0)


def test_a_name_is_held_to_what_is_asked_of_everybody(member, forum):
    assert problems(member.post(NAMED, typed_form(body="Ring 07700 900871"))) == [
        "Some words may point to someone. See which"
    ]
    for number in range(20):
        member.post(NAMED, typed_form(body=f"Number {number}"))
    assert member.post(NAMED, typed_form(body="One too many")).status_code == 429


def test_ones_own_posts_are_listed_the_latest_first_and_nobody_elses(member, named, sam):
    decisions.publish(post=named, by=sam)
    thread = named.thread
    published_reply(thread, sam)
    member.post(f"{thread.get_absolute_url()}reply/named/", typed_form(body="The second"))
    page = member.get("/my-posts/").content.decode()
    assert re.findall(r'href="/my-posts/(\d+)/"', page) == ["2", "1"]
    assert "The second" in words(member.get("/my-posts/2/"))
    assert member.get("/my-posts/3/").status_code == 404


def test_without_posts_the_list_says_so(member):
    page = words(member.get("/my-posts/"))
    assert "You have written nothing under your name yet." in page
    assert 'href="/my-posts/"' in member.get("/accounts/").content.decode()


def test_the_list_asks_as_often_for_many_posts_as_for_one(member, ada, thread, django_assert_max_num_queries):
    store(Post, (Post(thread=thread, author=ada, body="Words") for _ in range(45)))
    with django_assert_max_num_queries(8):
        page = member.get("/my-posts/?page=3")
    assert [place for place, _ in page.context["posts"]] == [5, 4, 3, 2, 1]


def test_a_refusal_and_the_moderators_words_reach_a_named_writer_who_can_answer(member, named, sam):
    decisions.ask_writer(post=named, words="Is this about one person?")
    page = words(member.get("/my-posts/1/"))
    assert ("Is this about one person?" in page, "Your post waits for your answer." in page) == (True, True)
    response = member.post("/my-posts/1/", own_post_form(member, words="It is not."), follow=True)
    assert "Done. This is how it stands now." in response.content.decode()
    assert "From you" in words(response)
    assert list(ModeratorNote.objects.values_list("voice", "post", "by_writer", "body")) == [
        (None, named.pk, False, "Is this about one person?"),
        (None, named.pk, True, "It is not."),
    ]
    decisions.refuse(post=named, by=sam, reason="off_topic", words="Try the support forum.")
    page = words(member.get("/my-posts/1/"))
    assert "We did not publish this because it is not about this forum" in page
    assert "Try the support forum." in page


def test_moderators_see_whose_a_named_post_is(named, sam):
    team = Client()
    sign_in(team, sam)
    page = team.get(review_url(named)).content.decode()
    assert ("Written by Ada Ferreira, under that name." in page, "Nothing here identifies" in page) == (True, False)


def test_an_empty_answer_is_told(member, named):
    assert problems(member.post("/my-posts/1/", own_post_form(member, words=""))) == ["Enter your message"]


def test_a_named_post_is_taken_down_after_being_asked_once(member, named, sam):
    decisions.publish(post=named, by=sam)
    assert "Take this post down?" in words(member.get("/my-posts/1/take-down/"))
    named.refresh_from_db()
    assert named.body == "Is there one?"
    response = member.post("/my-posts/1/take-down/", own_post_form(member), follow=True)
    assert "Done. This is how it stands now." in response.content.decode()
    named.refresh_from_db()
    assert (named.state, named.body) == ("withdrawn", "")
    assert member.get("/my-posts/1/").status_code == 404


def test_nobody_elses_post_can_be_opened_or_taken_down(member, named, sam):
    other = Client()
    sign_in(other, sam)
    assert other.get("/my-posts/1/").status_code == 404
    response = other.post("/my-posts/1/take-down/", own_post_form(member))
    assert (response.status_code, response["Location"]) == (302, "/my-posts/?done=0")
    named.refresh_from_db()
    assert named.state == "waiting"


def test_private_pages_are_kept_nowhere(member, named):
    for address in (NAMED, "/my-posts/", "/my-posts/1/", "/my-posts/1/take-down/"):
        assert member.get(address).headers["Cache-Control"] == "no-store, private", address


def test_a_post_that_was_taken_down_keeps_no_member(member, ada, named):
    member.post("/my-posts/1/take-down/", own_post_form(member))
    assert Post.objects.get().author is None
    ada.delete()
    assert Post.objects.get().state == "withdrawn"


def test_messages_about_a_removed_post_can_be_erased_and_the_member_with_them(member, named, sam):
    decisions.publish(post=named, by=sam)
    decisions.remove(post=named, by=sam, reason="person", words="It named Jo.")
    assert "Erase the messages about it" in words(member.get("/my-posts/1/"))
    member.post("/my-posts/1/take-down/", own_post_form(member))
    assert (ModeratorNote.objects.count(), Post.objects.get().author, Post.objects.get().state) == (0, None, "removed")


def test_the_choice_of_a_name_keeps_what_was_chosen_before(member, forum, consultation, thread):
    assert f'href="{NAMED}?type=e"' in member.get(f"{NEW}?type=e").content.decode()
    reply = f"{thread.get_absolute_url()}reply/"
    assert f'href="{reply}named/?to=1"' in member.get(f"{reply}?to=1").content.decode()
    assert f'href="{reply}?to=1"' in member.get(f"{reply}named/?to=1").content.decode()
