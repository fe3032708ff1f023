"""The rules of pre-flight about links."""

from datetime import date

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import include, path
from django.utils import timezone

import mscos.urls
from newsletters.models import CheckedLink, Issue, Subscriber
from newsletters.preflight.check import findings
from newsletters.preflight.internal_pages import MAX_PAGES
from outcomes.models import Resource
from tests.newsletters.conftest import add_section, make_issue, publish
from tests.newsletters.preflight.helpers import OUTSIDE, blocks, section_of, warns

pytestmark = pytest.mark.django_db

OTHER_PAGE = "Link to a page that everybody can open, or take the link out."
WAIT = "Wait, and look again. Or open it yourself."
PUBLIC = [
    "/", "/about/", "/about", "/safety/", "/outcomes/", "/outcomes/housing/", "/outcomes/housing", "/forums/housing/",
    "/forums/housing/new/?type=e", "/resources/?q=x", "/about/#main", "/newsletter/week-5/", "http://testserver",
    "http://testserver/about/", "https://testserver/about/#main", "/code/take-down/",
]  # fmt: skip
NOT_PUBLIC = [
    "/none/", "/outcomes/none/", "/outcomes/none", "/newsletter/week-6/", "/newsletter/preview/abc/", "/admin/",
    "/admin/login/", "/accounts/login/", "/accounts/", "/leave/", "/health/", "/unsubscribe/abc/", "/confirm/abc/",
    "/change/abc/", "/subscription/abc/", "/static/site.css", "http://testserver/none/", "https://testserver/admin/",
    "/../", "/%00/", "/%ff/",
]  # fmt: skip


@pytest.mark.parametrize("url", ["#", ""])
def test_links_without_a_target(section, url):
    assert section(f"See [the page]({url})") == [
        (True, "The link 'the page' leads nowhere.", "Give its address, or take the link out.")
    ]


def test_a_url_with_an_impossible_port_has_no_target(section):
    assert [problem for _, problem, _ in section("See [it](https://example.org:99999/)")] == [
        "The link 'it' leads nowhere."
    ]


def test_a_fragment_that_is_not_in_the_section(section):
    assert section("See [the end](#end)") == [
        (
            True,
            "The link 'the end' leads to a place that is not in this section: #end",
            "Give the address of a page, or take the link out.",
        )
    ]


def test_footnotes_link_to_ids_in_the_section(section):
    assert section("One[^1] and one[^1] and two[^2].\n\n[^1]: A note.\n[^2]: Two.") == []


@pytest.mark.parametrize(
    "url", ["outcomes/housing/", "//example.org/", "/\\example.org/", "javascript:x", "ftp://a.b/"]
)
def test_urls_that_open_nothing(section, url):
    assert section("Words.", link_url=url, link_words="The page") == [
        (
            True,
            f"The link 'The page' has an address that opens nothing: {url}",
            "Start it with https:// or, on this site, with /",
        )
    ]


@pytest.mark.parametrize("url", PUBLIC)
def test_pages_that_readers_can_open(section, url):
    assert section(f"See [the page]({url})") == []


@pytest.mark.parametrize("url", NOT_PUBLIC)
def test_pages_that_readers_cannot_open(section, url):
    assert section("Words.", link_url=url, link_words="The page") == [
        (True, f"Readers cannot open this page: {url}", OTHER_PAGE)
    ]


def test_pages_that_are_not_public_yet_cannot_be_opened(section, resource):
    draft = Resource.objects.create(title="Draft", kind="toolkit", url=OUTSIDE, summary="x")
    assert section(f"See [it]({draft.get_absolute_url()}) and [that]({resource.get_absolute_url()})") == [
        (True, f"Readers cannot open this page: {draft.get_absolute_url()}", OTHER_PAGE)
    ]


def test_a_published_issue_can_be_opened(section):
    publish(make_issue(4), day=date(2023, 3, 13))
    Issue.objects.filter(number=4).update(recipient_count=1)
    assert section("See [week 4](/newsletter/week-4/)") == []


def test_a_page_with_a_token_is_personal(section, reader):
    draft = make_issue(6)
    draft.new_preview()
    draft.save()
    for url in (reader.get_unsubscribe_url(), draft.get_preview_url()):
        assert section(f"See [it]({url})") == [(True, f"Readers cannot open this page: {url}", OTHER_PAGE)]


def write(request):
    """A page that stores something when it is rendered."""
    Subscriber.objects.all().delete()
    return HttpResponse("ok")


def fail(request):
    """A page that queries a table that does not exist."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nowhere")


own_pages = [path("write/", write, name="write"), path("fail/", fail, name="fail")]
urlpatterns = [*mscos.urls.urlpatterns, path("", include((own_pages, "events")))]


def test_rendering_a_page_stores_nothing(section, settings, reader):
    settings.ROOT_URLCONF = __name__
    assert section("See [it](/write/)") == []
    assert list(Subscriber.objects.all()) == [reader]


def test_a_page_that_fails_is_one_that_readers_cannot_open(section, settings):
    settings.ROOT_URLCONF = __name__
    assert section("See [it](/fail/)") == [(True, "Readers cannot open this page: /fail/", OTHER_PAGE)]


def test_a_page_without_the_fragment(section):
    assert section("See [it](/about/#end)") == [
        (False, "This page has no place of that name: /about/#end", "Take '#end' off its end, or correct it.")
    ]


def test_only_so_many_pages_are_rendered(reader):
    issue = make_issue(5)
    add_section(issue, "text", body=" ".join(f"[p](/outcomes/none-{number}/)" for number in range(MAX_PAGES + 9)))
    found = findings(issue)
    assert [each.problem for each in found[:-1]] == [
        f"Readers cannot open this page: /outcomes/none-{number}/" for number in range(MAX_PAGES)
    ]
    assert found[-1] == warns(
        "The issue leads to more than 50 pages of this site. Only the first were looked at.",
        "Take links out, or open the others yourself.",
    )


def test_a_link_that_is_not_encrypted(section):
    CheckedLink.objects.create(url="http://example.org/", state="working", checked_at=timezone.now())
    unsafe = "Start it with https:// if that opens the page too."
    assert section("See [it](http://example.org/)") == [
        (False, "This address is not encrypted: http://example.org/", unsafe)
    ]


def test_a_link_to_this_site_that_is_not_encrypted(section, settings):
    settings.BEHIND_TLS = True
    unsafe = "Start it with https:// if that opens the page too."
    assert section("See [it](http://testserver/about/)") == [
        (False, "This address is not encrypted: http://testserver/about/", unsafe)
    ]


def test_a_link_that_is_gone(ready):
    CheckedLink.objects.update(state="gone", checked_at="2023-03-03T00:30Z")
    expected = (
        "https://example.org/ answered that the page is gone on 3 March 2023.",
        "Give the address where it is now, or take the link out.",
    )
    assert findings(ready) == [
        blocks(*expected, section_of(ready, "reference")), blocks(*expected, section_of(ready, "notice")),
    ]  # fmt: skip


def test_a_link_without_an_answer(section):
    CheckedLink.objects.create(url="https://a.example/", state="no answer", checked_at="2023-03-03T12:00Z")
    assert section("See [it](https://a.example/)") == [
        (
            False,
            "https://a.example/ gave no answer on 3 March 2023.",
            "Open it yourself. If it does not open, give another address, or take the link out.",
        )
    ]


@pytest.mark.parametrize(
    "known",
    [None, {"state": "not checked"}, {"state": "working", "checked_at": "2023-03-13T11:59Z"}],
)
def test_a_link_that_is_not_checked(section, known):
    if known:
        CheckedLink.objects.create(url="https://a.example/", **known)
    assert section("See [it](https://a.example/)") == [
        (
            False,
            "https://a.example/ is not checked yet. The work loop does it within 10 minutes, if it has a network.",
            WAIT,
        )
    ]


def test_a_link_that_worked_within_a_week_still_counts(section):
    CheckedLink.objects.create(url="https://a.example/", state="working", checked_at="2023-03-13T12:00Z")
    assert section("See [it](https://a.example/)") == []


def test_a_link_too_long_to_check(section):
    url = f"https://a.example/{'b' * 2000}"
    assert section(f"See [it]({url})") == [
        (False, f"Too long to be checked: {url[:59]}…", "Open it yourself, or take the link out.")
    ]


def test_the_minutes_are_those_of_the_job(settings):
    assert settings.JOBS["newsletters.preflight.link_check.check_links"] == 600
