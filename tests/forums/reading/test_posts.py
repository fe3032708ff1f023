"""The pages of a thread, and links to posts."""

import re

import pytest

from forums.models import Post
from forums.moderation import decisions
from forums.writer_actions import reply, withdraw
from mscos.forms import new_submission_id
from tests.forums.helpers import published_reply, title

pytestmark = pytest.mark.django_db


def numbers(response):
    """Return the numbers of the posts on a page in order, gone ones included."""
    return [int(number) for number in re.findall(r' id="post-(\d+)"', response.content.decode())]


@pytest.fixture
def long(thread, sam):
    """A thread of 61 posts: two full pages and one post."""
    for _ in range(60):
        published_reply(thread, sam)
    return thread


def test_thirty_posts_a_page_and_each_link_finds_its_page(client, long):
    for page, expected in ((1, range(1, 31)), (2, range(31, 61)), (3, [61])):
        assert numbers(client.get(f"{long.get_absolute_url()}?page={page}")) == list(expected)
    for post in long.posts.in_order():
        address, anchor = post.get_absolute_url().split("#post-")
        assert (int(anchor), post.number in numbers(client.get(address))) == (post.number, True)


def test_a_link_goes_on_leading_to_its_post_whatever_became_of_others(client, long, sam):
    before = {post.number: post.get_absolute_url() for post in long.posts.in_order()}
    for number in (1, 7, 30):
        withdraw(post=long.posts.get(number=number))
    decisions.remove(post=long.posts.get(number=31), by=sam, reason="person", words="It named somebody.")
    assert {post.number: post.get_absolute_url() for post in long.posts.in_order()} == before
    assert numbers(client.get(before[31].split("#")[0])) == list(range(31, 61))
    assert numbers(client.get(before[61].split("#")[0])) == [61]


def test_posts_that_wait_take_no_place_on_a_page(client, thread, sam):
    for _ in range(3):
        reply(thread=thread, submission_id=new_submission_id(), body="Waits")
    published_reply(thread, sam)
    assert numbers(client.get(thread.get_absolute_url())) == [1, 2]


@pytest.mark.parametrize("query", ["?page=4", "?page=0", "?page=-1", "?page=x", "?page=" + "9" * 400, "?page=%00"])
def test_a_page_that_is_none_is_the_top_of_the_thread(client, long, query):
    response = client.get(f"{long.get_absolute_url()}{query}")
    assert numbers(response)[0] == 1
    assert title(response) == "Thread in Housing forum (page 1 of 3) – Community of Practice"


def test_the_way_to_the_latest_is_at_the_top_of_all_but_the_last_page(client, long):
    pages = [client.get(f"{long.get_absolute_url()}?page={page}").content.decode() for page in (1, 2, 3)]
    assert ['<a href="?page=3">Go to the latest</a>' in page for page in pages] == [True, True, False]


def test_a_reply_to_what_waits_again_points_nowhere(client, thread, sam):
    first = published_reply(thread, sam)
    sent = reply(thread=thread, submission_id=new_submission_id(), body="An answer", in_reply_to=first.post)
    decisions.undo(post=first.post)
    decisions.publish(post=sent.post, by=sam)
    html = client.get(thread.get_absolute_url()).content.decode()
    assert (Post.objects.get(body="An answer").number, "Replying to" in html, "None" in html) == (2, False, False)
