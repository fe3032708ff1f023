"""Lists of 50,000 threads and of 50,000 posts: as few queries as for one row, and late pages cost no more."""

import pytest
from django.core.paginator import Paginator
from django.db import transaction
from django.test import Client
from django.urls import reverse

from forums.models import Consultation, Forum, Post, Thread
from mscos.models import User
from tests.forums.reading.helpers import check_and_analyse, fill_forum, signed_in_moderator, work_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("threads of many")]

MANY = 50_000
FORUM = "/forums/housing/"
LISTS = ["", "order=new&", "type=e&", "replies=none&", "tag=deposits&", "type=e&tag=deposits&replies=none&order=new&"]
THREADS = reverse("admin:forums_thread_changelist")
NARROWED = ["", "state__exact=open&", "state__exact=closed&", "pinned__exact=0&", "forum__id__exact={forum}&"]
BEHIND_SIGN_IN = ["/my-posts/?page=", *[f"{THREADS}?{query}p=" for query in NARROWED]]


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker):
    """The long thread among many, created once for the tests of this file and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        thread = fill_forum(threads=MANY, posts=MANY)
        other = User.objects.create(email="ada@example.org", display_name="Ada")
        Post.objects.exclude(thread=thread, number__gt=1_000).update(author=other)  # more, and written before Max's
        check_and_analyse()
        yield thread
        transaction.set_rollback(True)


def pages(thread):
    consultation, here = Consultation.objects.get(), thread.get_absolute_url()
    lists = [f"{FORUM}?{query}page={page}" for query in LISTS for page in (1, 99_999)]
    return [
        "/",
        "/forums/",
        *lists,
        here,
        f"{here}?page=800",
        f"{here}?page=1667",
        consultation.get_absolute_url(),
        f"{FORUM}feed/",
        f"{here}feed/",
        f"{consultation.get_absolute_url()}feed/",
    ]


def open_list(path):
    """Return a client that may see a list behind the sign-in, the list's address but for the page, and its pages."""
    if path.startswith(THREADS):
        client, _ = signed_in_moderator()
    else:
        client = Client()
        client.force_login(User.objects.get(display_name="Max"))
    path = path.format(forum=Forum.objects.get().pk)
    context = client.get(f"{path}1").context  # kinds of rows are asked for once in a process
    return client, path, (context.get("page") or context["cl"]).paginator


def test_no_list_asks_more_than_eight_times_for_one(client, django_assert_max_num_queries):
    for path in pages(fill_forum(threads=1, posts=1)):
        with django_assert_max_num_queries(8, info=path):
            assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", BEHIND_SIGN_IN)
def test_behind_the_sign_in_no_list_asks_more_than_eight_times_for_one(path, django_assert_max_num_queries):
    fill_forum(threads=1, posts=1)
    client, path, _ = open_list(path)
    with django_assert_max_num_queries(8):
        assert client.get(f"{path}1").status_code == 200


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


@pytest.mark.parametrize("path", BEHIND_SIGN_IN)
def test_behind_it_fifty_thousand_take_no_more_and_a_late_page_costs_at_most_twice_the_first(
    crowd, path, django_assert_max_num_queries
):
    client, path, pages = open_list(path)
    last = pages.num_pages
    assert last > 50, "too few pages to tell"
    for page in (1, last):
        with django_assert_max_num_queries(8, info=page):
            assert client.get(f"{path}{page}").status_code == 200
    costs = {page: work_of(client, f"{path}{page}") for page in (1, 2, last // 2, last - 1, last)}
    assert {page: cost for page, cost in costs.items() if cost > 2 * costs[1]} == {}


@pytest.mark.parametrize("path", BEHIND_SIGN_IN)
def test_each_page_behind_the_sign_in_holds_what_its_number_says(crowd, path):
    _, _, pages = open_list(path)
    last, plain = pages.num_pages, Paginator(pages.object_list, pages.per_page)
    numbers = (1, 2, last // 2, last // 2 + 1, last // 2 + 2, last - 1, last)
    assert [list(pages.page(number)) for number in numbers] == [list(plain.page(number)) for number in numbers]
