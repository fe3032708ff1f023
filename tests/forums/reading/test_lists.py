"""A forum's list of threads: filters, order and tags; and the related threads under a thread."""

import re

import pytest
from taggit.models import Tag

from forums.models import Forum, Thread, Topic
from forums.moderation import decisions
from forums.writer_actions import withdraw
from tests.forums.helpers import words

pytestmark = pytest.mark.django_db


def titles(response):
    """Return the titles of the rows, in their order."""
    return re.findall(r'<li class="row">\s*<h\d><a [^>]*>(.*?)</a>', response.content.decode())


def related(response):
    """Return the titles under 'Related threads', in their order."""
    part = response.content.decode().partition('id="related"')[2].partition("</section>")[0]
    return re.findall(r"<li><a [^>]*>(.*?)</a>", part)


# Filters


def test_a_tag_narrows_the_list_by_its_slug(client, start):
    start("One", tags=["Move-on plans"])
    start("Two", tags=["deposits"])
    start("Three")
    response = client.get("/forums/housing/?tag=move-on-plans")
    assert titles(response) == ["One"]
    assert "Showing 1 of 3. Remove: Move-on plans" in words(response)
    assert '<option value="move-on-plans" selected>Move-on plans</option>' in response.content.decode()


def test_filters_narrow_together_and_each_can_be_taken_away(client, start, consultation):
    topic = Topic.objects.get(code="e")
    start("Both", topic=topic, tags=["deposits"])
    start("Type alone", topic=topic)
    start("Tag alone", tags=["deposits"])
    response = client.get("/forums/housing/?type=e&tag=deposits&replies=none&order=new&page=7")
    assert titles(response) == ["Both"]
    links = re.findall(r'<a href="(\?[^"]*)">([^<]*)</a>', response.content.decode().partition('class="chosen"')[2])
    assert [(query.replace("&amp;", "&"), name) for query, name in links] == [
        ("?tag=deposits&replies=none&order=new", "Council housing"),
        ("?type=e&replies=none&order=new", "deposits"),
        ("?type=e&tag=deposits&order=new", "No replies yet"),
        ("?type=e&tag=deposits&replies=none", "Newest thread"),
    ]


def test_only_tags_of_this_forums_visible_threads_are_offered(client, start, sam):
    other = Forum.objects.create(slug="safety", title="Safety forum", purpose="P")
    start(tags=["here"])
    start(tags=["elsewhere"], forum=other)
    gone = start(tags=["gone"])
    withdraw(post=gone.posts.get())
    offered = re.findall(r'<option value="([^"]+)"', client.get("/forums/housing/").content.decode())
    assert offered == ["here", "none", "new"]


def test_a_forum_without_tags_offers_none(client, start):
    start()
    assert 'name="tag"' not in client.get("/forums/housing/").content.decode()


@pytest.mark.parametrize("query", ["tag=zz", "tag=%00", "tag=%ff", "tag=deposits&tag=zz", "tag=" + "x" * 3000, "tag="])
def test_tags_that_are_none_are_passed_over(client, start, query):
    start("One", tags=["deposits"])
    start("Two")
    response = client.get(f"/forums/housing/?{query}")
    assert sorted(titles(response)) == ["One", "Two"]
    assert "Showing" not in words(response)


def test_a_tag_renamed_to_a_telling_word_is_neither_offered_nor_linked(client, start):
    thread = start(tags=["deposits"])
    Tag.objects.update(name="Trauma", slug="trauma")
    for address in ("/forums/housing/", thread.get_absolute_url()):
        assert "rauma" not in client.get(address).content.decode()
    assert "Showing" not in words(client.get("/forums/housing/?tag=trauma"))


def test_pinned_threads_come_first_in_every_order(client, start):
    for title in ("One", "Two", "Three"):
        start(title)
    Thread.objects.filter(title="Two").update(pinned=True, opened_on="2020-01-01", last_on="2020-01-01")
    for query in ("", "?order=new", "?replies=none"):
        assert titles(client.get(f"/forums/housing/{query}"))[0] == "Two"


def test_pages_hold_each_thread_once_and_in_one_order(client, start):
    for number in range(65):
        start(f"Thread {number}")
    Thread.objects.filter(title__in=["Thread 7", "Thread 50"]).update(last_on="2020-01-01")
    Thread.objects.filter(title="Thread 50").update(pinned=True)
    expected = list(Thread.objects.order_by("-pinned", "-last_on", "code").values_list("title", flat=True))
    by_day = list(Thread.objects.order_by("-pinned", "-opened_on", "code").values_list("title", flat=True))
    for query, order in (("", expected), ("order=new&", by_day)):
        pages = [titles(client.get(f"/forums/housing/?{query}page={page}")) for page in (1, 2, 3, 4)]
        assert pages == [order[:20], order[20:40], order[40:60], order[60:]]


def test_a_row_shows_its_tags(client, start):
    start(tags=["deposits", "move-on"])
    tags = re.findall(r'<span class="tag">(.*?)</span>', client.get("/forums/housing/").content.decode())
    assert sorted(tags) == ["deposits", "move-on"]


def test_a_threads_tags_lead_to_their_lists(client, start):
    thread = start(tags=["Move-on plans"])
    html = client.get(thread.get_absolute_url()).content.decode()
    assert '<a class="tag" href="/forums/housing/?tag=move-on-plans">Move-on plans</a>' in html


# Related threads


def test_related_threads_answer_the_same_or_share_a_tag(client, start, consultation):
    council, asylum = (Topic.objects.get(code=code) for code in "eb")
    thread = start("This one", topic=council, tags=["deposits", "children"])
    start("Same type", topic=council)
    start("Same tag", topic=asylum, tags=["children"])
    start("Neither", topic=asylum, tags=["travel"])
    start("Nothing")
    assert sorted(related(client.get(thread.get_absolute_url()))) == ["Same tag", "Same type"]


def test_threads_that_answer_nothing_are_not_related_by_that(client, start):
    thread = start("This one")
    start("Another")
    assert "Related threads" not in client.get(thread.get_absolute_url()).content.decode()


def test_three_related_threads_at_most_the_liveliest_first_and_only_visible_ones(client, start, forum, sam):
    other = Forum.objects.create(slug="safety", title="Safety forum", purpose="P")
    thread = start("This one", tags=["deposits"])
    for day, title in enumerate(("Oldest", "Older", "Newer", "Newest"), start=1):
        found = start(title, tags=["deposits", "more"], forum=other if title == "Newer" else forum)
        Thread.objects.filter(pk=found.pk).update(last_on=f"2020-01-0{day}", code=f"{day}")
    for _ in range(3):
        gone = start("Gone", tags=["deposits"])
        decisions.remove(post=gone.posts.get(), by=sam, reason="person", words="It named somebody.")
        Thread.objects.filter(pk=gone.pk).update(last_on="2999-01-01")
    assert related(client.get(thread.get_absolute_url())) == ["Newest", "Newer", "Older"]


def test_related_threads_cost_one_query(start, django_assert_num_queries):
    thread = start(tags=["deposits"])
    start(tags=["deposits"])
    with django_assert_num_queries(1):
        found = [(other.get_absolute_url(), other.shown_title) for other in Thread.objects.related_to(thread, limit=3)]
    assert len(found) == 1
