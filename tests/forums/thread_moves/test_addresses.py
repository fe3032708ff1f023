"""Old addresses of threads that were moved, merged or split: they redirect to the current ones."""

import re

import pytest

from forums.moderation import decisions, thread_moves
from forums.writer_actions import withdraw
from tests.forums.helpers import published_reply, words
from tests.forums.reading.helpers import entries, feed_of
from tests.forums.thread_moves.helpers import moved_bodies, notices_on, numbered_bodies, post, posts, reload

pytestmark = pytest.mark.django_db


def way(client, address):
    response = client.get(address)
    return response.status_code, response.headers.get("Location")


def test_the_old_address_of_a_moved_thread_leads_to_the_new_one_with_what_it_asks_for(client, one, safety):
    old = one.get_absolute_url()
    thread_moves.move(thread=one, to=safety)
    new = f"/forums/safety/t/{one.code}/"
    assert way(client, old) == (302, new)
    assert way(client, f"{old}?page=2") == (302, f"{new}?page=2")
    assert way(client, new) == (200, None)


def test_the_old_address_of_a_merged_thread_leads_to_its_first_post_by_a_fragment(client, one, two):
    old = one.get_absolute_url()
    thread_moves.merge(thread=one, into=two)
    assert way(client, old) == (302, f"{two.get_absolute_url()}#post-4")


@pytest.fixture
def long(one, sam):
    """A thread of 35 posts: two pages."""
    for number in range(5, 36):
        published_reply(one, sam, f"p{number}")
    return one


def test_a_page_of_a_merged_thread_leads_to_the_first_post_that_was_on_it(client, long, two):
    thread_moves.merge(thread=long, into=two)
    old = long.get_absolute_url()
    assert way(client, f"{old}?page=2") == (302, f"{two.get_absolute_url()}?page=2#post-34")
    for query in ("", "?page=1", "?page=x", "?page=3", "?page=0", "?page=%00"):
        assert way(client, f"{old}{query}") == (302, f"{two.get_absolute_url()}#post-4")


def test_a_thread_merged_twice_and_moved_leads_there_in_one_step(client, start, one, two, safety):
    three = start("xy")
    old = one.get_absolute_url()
    thread_moves.merge(thread=one, into=two)
    thread_moves.merge(thread=two, into=three)
    thread_moves.move(thread=three, to=safety)
    assert way(client, old) == (302, f"/forums/safety/t/{three.code}/#post-6")


def test_a_merged_thread_leads_to_its_post_wherever_that_went_since(client, one, two):
    old = one.get_absolute_url()
    thread_moves.merge(thread=one, into=two)
    new = thread_moves.split(thread=two, posts=posts("ab"), title="N")
    assert way(client, old) == (302, f"{new.get_absolute_url()}#post-1")
    withdraw(post=post("a"))
    withdraw(post=post("b"))
    assert (reload(new).state, way(client, old)) == ("gone", (302, f"{two.get_absolute_url()}#post-6"))


def test_where_all_was_taken_down_nothing_is_found(client, one, two):
    thread_moves.merge(thread=one, into=two)
    for row in posts("abcduvw"):
        withdraw(post=row)
    for address in ("", "feed/", "reply/", "report/?n=1"):
        assert way(client, f"{one.get_absolute_url()}{address}") == (404, None)


def test_a_thread_that_was_taken_down_leads_to_what_was_split_off_before(client, one):
    new = thread_moves.split(thread=one, posts=posts("b"), title="N")
    for row in posts("acd"):
        withdraw(post=row)
    assert way(client, one.get_absolute_url()) == (302, f"{new.get_absolute_url()}#post-1")
    assert way(client, f"{one.get_absolute_url()}reply/") == (404, None)


@pytest.mark.parametrize("state", ["waiting", "gone"])
def test_a_thread_that_nobody_can_read_is_not_found_in_any_forum(client, one, safety, state):
    type(one).objects.update(state=state, title="")
    for slug in ("housing", "safety", "none"):
        assert way(client, f"/forums/{slug}/t/{one.code}/") == (404, None)


def test_a_split_off_post_leaves_a_notice_in_its_place(client, one):
    new = thread_moves.split(thread=one, posts=posts("bd"), title="N")
    page = client.get(one.get_absolute_url())
    assert notices_on(page) == {2: "#2 was moved to another thread.", 4: "#4 was moved to another thread."}
    assert re.findall(r' id="post-(\d+)"', page.content.decode()) == ["1", "2", "3", "4"]
    assert f'<a href="{new.get_absolute_url()}#post-2">another thread</a>' in page.content.decode()


def test_a_notice_leads_on_after_further_moves(client, one, two):
    new = thread_moves.split(thread=one, posts=posts("b"), title="N")
    thread_moves.merge(thread=new, into=two)
    assert f'<a href="{two.get_absolute_url()}#post-4">another thread</a>' in client.get(
        one.get_absolute_url()
    ).content.decode().replace("\n", "")


def test_a_notice_of_a_post_that_came_back_names_its_new_number(client, one):
    new = thread_moves.split(thread=one, posts=posts("b"), title="N")
    thread_moves.merge(thread=new, into=one)
    page = client.get(one.get_absolute_url())
    assert notices_on(page) == {2: "#2 is now #5."}
    assert f'<a href="{one.get_absolute_url()}#post-5">#5</a>' in page.content.decode()


def test_a_notice_of_a_post_in_a_thread_that_nobody_can_read_leads_nowhere(client, one):
    new = thread_moves.split(thread=one, posts=posts("b"), title="N")
    withdraw(post=post("b"))
    page = client.get(one.get_absolute_url())
    assert notices_on(page) == {2: "#2 was moved to another thread."}
    assert new.code not in page.content.decode()


def test_a_moved_post_that_waits_again_is_nowhere_until_it_is_published_anew(client, one, sam):
    thread_moves.split(thread=one, posts=posts("d"), title="N")
    decisions.undo(post=post("d"))
    assert notices_on(client.get(one.get_absolute_url())) == {}
    decisions.publish(post=post("d"), by=sam)
    assert notices_on(client.get(one.get_absolute_url())) == {4: "#4 was moved to another thread."}


def test_a_merged_thread_whose_only_post_waits_again_leads_to_the_other(client, start, two):
    one = start("a")
    thread_moves.merge(thread=one, into=two)
    decisions.undo(post=post("a"))
    assert way(client, one.get_absolute_url()) == (302, two.get_absolute_url())
    assert way(client, f"{one.get_absolute_url()}reply/") == (200, None)


def test_moved_numbers_count_for_the_pages(client, long):
    thread_moves.split(thread=long, posts=posts([f"p{number}" for number in range(25, 36)]), title="N")
    page = client.get(f"{long.get_absolute_url()}?page=2")
    assert sorted(notices_on(page)) == [31, 32, 33, 34, 35]


def test_an_answer_to_a_post_in_another_thread_says_so(client, one, sam):
    published_reply(one, sam, "e", in_reply_to=post("b"))
    new = thread_moves.split(thread=one, posts=posts("b"), title="N")
    here = client.get(one.get_absolute_url())
    assert f'<a href="{new.get_absolute_url()}#post-1">#1 in another thread</a>' in here.content.decode()
    withdraw(post=post("b"))
    assert "Replying to" not in words(client.get(one.get_absolute_url()))


def test_the_feed_of_a_moved_or_merged_thread_leads_to_that_of_where_it_is(client, one, two, safety):
    old = [f"{thread.get_absolute_url()}feed/" for thread in (one, two)]
    thread_moves.merge(thread=one, into=two)
    thread_moves.move(thread=two, to=safety)
    new = f"/forums/safety/t/{two.code}/feed/"
    assert [way(client, address) for address in old] == [(302, new)] * 2
    assert [entry["title"].text for entry in entries(feed_of(client, new))][:2] == ["#7 by D", "#6 by C"]


def entry_ids(client, thread):
    """Return the ids of the entries in a thread's feed."""
    return [entry["id"].text for entry in entries(feed_of(client, f"{thread.get_absolute_url()}feed/"))]


def test_an_entry_that_was_read_is_not_new_in_another_forum(client, one, safety):
    before = entry_ids(client, one)
    thread_moves.move(thread=one, to=safety)
    assert (entry_ids(client, reload(one)), len(before)) == (before, 4)


def test_a_feed_stays_one_when_several_threads_were_merged_into_it(client, start, one, two):
    three = start("xy")
    thread_moves.merge(thread=one, into=three)
    thread_moves.merge(thread=two, into=three)
    assert len(entries(feed_of(client, f"{three.get_absolute_url()}feed/"))) == 9


def test_a_page_asks_as_often_with_many_moved_posts_as_with_none(client, long, sam, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(8) as queries:
            client.get(long.get_absolute_url())
        return len(queries)

    for number in range(5, 12):
        published_reply(long, sam, f"r{number}", in_reply_to=post(f"p{number}"))
    before = count()
    for number in range(5, 12):
        thread_moves.split(thread=long, posts=posts([f"p{number}"]), title="N")
    assert count() == before
    assert (moved_bodies(long)[:9], numbered_bodies(long)[:11]) == ("5p5 6p6 7", "1a 2b 3c 4d")


def test_an_old_address_asks_a_few_times_only(client, long, two, django_assert_max_num_queries):
    thread_moves.merge(thread=long, into=two)
    with django_assert_max_num_queries(8):
        client.get(f"{long.get_absolute_url()}?page=2")
