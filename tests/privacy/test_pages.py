"""Rule 8 of anonymity: reading sets no cookie, and no cache or search engine keeps private pages.

No page may reveal its subject in its address or title, or load anything from another host.
"""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import get_resolver

from forums.models import Consultation
from mscos.sensitive_words import SENSITIVE_WORDS
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db

PRIVATE = [
    "/forums/housing/new/",
    "/forums/housing/t/{thread}/reply/",
    "/code/",
    "/contact/",
    "/subscription/",
    "/events/suggest/",
]
READING = [
    "/",
    "/outcomes/",
    "/resources/",
    "/forums/",
    "/forums/housing/",
    "/forums/housing/t/{thread}/",
    "/views/{consultation}/",
    "/events/",
    "/events/month/",
    "/events/past/",
    "/about/",
    "/safety/",
    "/accessibility/",
    "/health/",
    "/nothing-here/",
]
FEEDS = ["/forums/housing/feed/", "/forums/housing/t/{thread}/feed/", "/views/{consultation}/feed/", "/events/feed/"]


@pytest.fixture
def address(request, thread, consultation):
    code = Consultation.objects.get().code
    return request.param.format(thread=thread.code, consultation=code)


@pytest.mark.parametrize("address", READING + FEEDS, indirect=True)
def test_reading_sets_no_cookie_and_touches_no_session(client, address, sam, django_assert_max_num_queries):
    answer = client.get(address)
    assert list(answer.cookies) == []
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "no-" in answer.headers["Cache-Control"], "a cache may keep words that are taken down"
    sign_in(client, sam)
    before = list(Session.objects.values_list("session_key", "session_data", "expire_date"))
    with django_assert_max_num_queries(8) as queries:
        client.get(address)
    assert [
        query["sql"]
        for query in queries
        if "session" in query["sql"] or "mscos_user" in query["sql"].split("WHERE")[-1]
    ] == []
    assert list(Session.objects.values_list("session_key", "session_data", "expire_date")) == before


@pytest.mark.parametrize("address", PRIVATE, indirect=True)
def test_private_pages_are_not_stored_and_not_indexed(client, address):
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert list(answer.cookies) == ["form"]


@pytest.mark.parametrize("address", READING + PRIVATE, indirect=True)
def test_no_page_loads_or_runs_anything_but_our_own_files(client, address):
    html = client.get(address).content.decode()
    loads = re.findall(
        r'<(?:script|link|img|iframe|source|video|audio|object|embed)[^>]*(?:src|href|data)="([^"]*)"', html
    )
    assert [load for load in loads if not load.startswith("/static/")] == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", html) == []


@pytest.mark.parametrize("address", READING + PRIVATE + FEEDS, indirect=True)
def test_titles_hold_no_telling_word(client, address):
    title = re.search("<title>(.*?)</title>", client.get(address).content.decode())
    assert SENSITIVE_WORDS.findall(title.group(1) if title else "") == []


def test_no_address_holds_a_telling_word():
    assert [route for route in _routes(get_resolver()) if SENSITIVE_WORDS.search(route)] == []


def test_staff_pages_are_not_stored_either(client, sam):
    sign_in(client, make_staff("kim@example.org", groups=["Moderators"]))
    answer = client.get("/admin/forums/post/")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]


def _routes(resolver, before=""):
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern, route)
        else:
            yield route
