"""Fifty thousand threads and a thread of fifty thousand posts: as few questions as for one, and late pages cost no more."""

import pytest
from django.db import transaction

from forums.models import CallForViews, Thread
from tests.forums.reading.many import fill, settle
from tests.forums.reading.work import work_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MANY = 50_000
FORUM = "/forums/housing/"
LISTS = ["", "order=new&", "type=e&", "replies=none&", "tag=deposits&", "type=e&tag=deposits&replies=none&order=new&"]


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker):
    """The long thread among many: made once for the tests of this file, and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        thread = fill(threads=MANY, posts=MANY)
        settle()
        yield thread
        transaction.set_rollback(True)


def pages(thread):
    call, here = CallForViews.objects.get(), thread.get_absolute_url()
    lists = [f"{FORUM}?{query}page={page}" for query in LISTS for page in (1, 99_999)]
    return [
        "/",
        "/forums/",
        *lists,
        here,
        f"{here}?page=800",
        f"{here}?page=1667",
        call.get_absolute_url(),
        f"{FORUM}feed/",
        f"{here}feed/",
        f"{call.get_absolute_url()}feed/",
    ]


def test_no_list_asks_more_than_eight_times_for_one(client, django_assert_max_num_queries):
    for path in pages(fill(threads=1, posts=1)):
        with django_assert_max_num_queries(8, info=path):
            assert client.get(path).status_code == 200


def test_no_list_asks_more_than_eight_times_for_fifty_thousand(client, crowd, django_assert_max_num_queries):
    assert (Thread.objects.visible().count(), crowd.posts.count()) == (MANY, MANY)
    for path in pages(crowd):
        with django_assert_max_num_queries(8, info=path):
            assert client.get(path).status_code == 200


@pytest.mark.parametrize("query", LISTS)
def test_a_late_page_of_a_list_costs_at_most_twice_the_first(client, crowd, query):
    first = client.get(f"{FORUM}?{query}").context["page"]
    last = first.paginator.num_pages
    assert last > 50, "too few pages to tell"
    costs = {page: work_of(client, f"{FORUM}?{query}page={page}") for page in (1, 3, last // 2, last - 3, last)}
    assert {page: cost for page, cost in costs.items() if cost > 2 * costs[1]} == {}


def test_a_late_page_of_a_thread_costs_at_most_twice_the_first(client, crowd):
    costs = {page: work_of(client, f"{crowd.get_absolute_url()}?page={page}") for page in (1, 2, 834, 1666, 1667)}
    assert {page: cost for page, cost in costs.items() if cost > 2 * costs[1]} == {}
