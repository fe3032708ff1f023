"""Each rule of pre-flight: an issue that is ready, one change, and exactly what is said of it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from newsletters import preflight
from newsletters.inside import MOST_PAGES
from newsletters.models import CheckedLink, Issue, Section, Subscriber
from newsletters.preflight import findings
from outcomes.models import Resource
from tests.newsletters.conftest import add_section, make_issue, make_subscriber, publish
from tests.newsletters.preflight.doing import (
    NOT_PUBLIC,
    OTHER_PAGE,
    OUTSIDE,
    PIECES,
    PUBLIC,
    WAIT,
    blocks,
    the,
    warns,
)

pytestmark = pytest.mark.django_db


# Where links lead


@pytest.mark.parametrize("url", ["#", ""])
def test_links_that_lead_nowhere(section, url):
    assert section(f"See [the page]({url})") == [
        (True, "The link 'the page' leads nowhere.", "Give its address, or take the link out.")
    ]


def test_an_address_with_a_port_that_there_cannot_be_leads_nowhere(section):
    assert [problem for _, problem, _ in section("See [it](https://example.org:99999/)")] == [
        "The link 'it' leads nowhere."
    ]


def test_a_place_that_is_not_in_the_section(section):
    assert section("See [the end](#end)") == [
        (
            True,
            "The link 'the end' leads to a place that is not in this section: #end",
            "Give the address of a page, or take the link out.",
        )
    ]


def test_footnotes_lead_to_places_in_the_section(section):
    assert section("One[^1] and one[^1] and two[^2].\n\n[^1]: A note.\n[^2]: Two.") == []


@pytest.mark.parametrize(
    "url", ["outcomes/housing/", "//example.org/", "/\\example.org/", "javascript:x", "ftp://a.b/"]
)
def test_addresses_that_open_nothing(section, url):
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


@pytest.mark.parametrize("url", [url for url in NOT_PUBLIC if url not in {"/ä/", "/?%zz=/../%"}])
def test_pages_that_readers_cannot_open(section, url):
    assert section("Words.", link_url=url, link_words="The page") == [
        (True, f"Readers cannot open this page: {url}", OTHER_PAGE)
    ]


def test_what_is_not_shown_yet_cannot_be_opened(section, resource):
    draft = Resource.objects.create(title="Draft", kind="toolkit", url=OUTSIDE, summary="x")
    assert section(f"See [it]({draft.get_absolute_url()}) and [that]({resource.get_absolute_url()})") == [
        (True, f"Readers cannot open this page: {draft.get_absolute_url()}", OTHER_PAGE)
    ]


def test_a_published_issue_can_be_opened(section):
    publish(make_issue(4), day=date(2023, 3, 13))
    Issue.objects.filter(number=4).update(recipient_count=1)
    assert section("See [week 4](/newsletter/week-4/)") == []


def test_looking_at_pages_stores_nothing_and_signs_nobody_in(section):
    before = dict(Subscriber.objects.values_list("pk", "state"))
    section("[a](/forums/housing/new/) [b](/subscription/) [c](/contact/) [d](/code/)")
    assert dict(Subscriber.objects.values_list("pk", "state")) == before


def test_a_page_that_lacks_the_place(section):
    assert section("See [it](/about/#end)") == [
        (False, "This page has no place of that name: /about/#end", "Take '#end' off its end, or correct it.")
    ]


def test_only_so_many_pages_are_looked_at(section, ready):
    body = " ".join(f"[p](/outcomes/none-{number}/)" for number in range(MOST_PAGES + 9))
    section_ = ready.sections.last()
    section_.body = body
    section_.save()
    found = findings(ready)
    # Before this section the issue leads to five other pages.
    assert [each.problem for each in found[:-1]] == [
        f"Readers cannot open this page: /outcomes/none-{number}/" for number in range(MOST_PAGES - 5)
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
        blocks(*expected, the(ready, "reference")), blocks(*expected, the(ready, "notice")),
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


def test_a_link_that_worked_a_week_ago_still_counts(section):
    CheckedLink.objects.create(url="https://a.example/", state="working", checked_at="2023-03-13T12:00Z")
    assert section("See [it](https://a.example/)") == []


def test_a_link_too_long_to_check(section):
    url = f"https://a.example/{'b' * 2000}"
    assert section(f"See [it]({url})") == [
        (False, f"Too long to be checked: {url[:59]}…", "Open it yourself, or take the link out.")
    ]


def test_the_minutes_are_those_of_the_work_loop(settings):
    assert settings.WORK_JOBS["newsletters.link_check.check_links"] == 600


# The mail and its readers


def test_a_mail_that_is_too_large(ready):
    section = add_section(ready, "text", body="Words.")

    def said(letters):
        section.body = "w" * letters
        section.save()
        return [(each.blocks, each.section, each.mend) for each in findings(ready)], findings(ready)

    size = preflight.mail_of(ready).size
    shorten = "Shorten it to 70 kB at most: some mail programs cut off the end of long mails."
    assert said(50)[0] == []
    large, too_large = said(61_000 - size), said(70_100 - size)
    assert large[0] == [(False, None, shorten)]
    assert too_large[0] == [(True, None, shorten)]
    assert too_large[1][0].problem == f"The mail has {-(-preflight.mail_of(ready).size // 100) / 10} kB."


def test_nobody_has_confirmed(ready):
    Subscriber.objects.update(state="pending")
    assert findings(ready) == [
        warns(
            "No reader has confirmed, so nobody gets this by email.",
            "Publish it all the same to show it on the web only.",
        )
    ]


@pytest.mark.parametrize(
    ("now", "last", "told"),
    [(1, 11, False), (1, 12, True), (12, 1, True), (11, 1, False), (48, 60, False), (47, 60, True), (73, 60, True)],
)
def test_readers_far_fewer_or_more_than_last_time(ready, now, last, told):
    publish(make_issue(3), day=date(2023, 3, 6))
    publish(make_issue(4), day=date(2023, 3, 13))
    Issue.objects.filter(number=3).update(recipient_count=now)
    Issue.objects.filter(number=4).update(recipient_count=last)
    for number in range(now - 1):
        make_subscriber(f"reader{number}@example.org")
    expected = warns(
        f"Confirmed readers now: {now}. At the last issue: {last}.",
        "Look at the list of subscribers before you send it.",
    )
    assert findings(ready) == [expected] * told


def test_the_plain_text_says_all_that_each_kind_says(ready, resource):
    for section in ready.sections.all():
        section.content_note = "detention"
        section.body = (
            f"Words of {section.kind}.\n\n- one **two**\n- three[^1]\n\n> four\n\n| a | b |\n|---|---|\n| c | d |\n\n"
            "### Five\n\n---\n\n[Six](/about/)\n\n[^1]: Seven"
        )
        section.save()
    assert findings(ready) == []


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_mail_without_plain_text(ready, monkeypatch, text):
    mail = preflight.mail_of(ready)
    monkeypatch.setattr(preflight, "mail_of", lambda _: preflight.Mail(html=mail.html, text=text))
    assert [(each.blocks, each.section, each.problem) for each in findings(ready)] == [
        (True, None, "The mail has no plain text.")
    ]


def test_a_mail_whose_plain_text_lacks_words(ready, monkeypatch):
    mail = preflight.mail_of(ready)
    shorter = mail.text.replace("Quiet words.", "")
    monkeypatch.setattr(preflight, "mail_of", lambda _: preflight.Mail(html=mail.html, text=shorter))
    assert [(each.blocks, each.section, each.problem) for each in findings(ready)] == [
        (True, the(ready, "quotation"), "The plain text of the mail lacks its words.")
    ]


# All of it


def test_the_same_queries_for_three_sections_as_for_thirty(outcome, resource, call, quotation, reference, reader):
    shown = {
        "text": {"body": "[a](/about/)"}, "feature": {"resource": resource}, "call": {"call": call},
        "quotation": {"quotation": quotation}, "reference": {"reference": reference},
    }  # fmt: skip

    def counted(times):
        issue = make_issue(times)
        for kind, fields in list(shown.items()) * times:
            add_section(issue, kind, **fields)
        findings(issue)  # the first of all compiles templates
        with CaptureQueriesContext(
            connection,
        ) as queries:
            findings(issue)
        return len(queries)

    assert counted(1) == counted(6)


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 100_000, "![" * 50_000, "](" * 50_000, "[a](" * 25_000, ")[" * 50_000, "insert " * 14_000, "a" * 100_000,
        "![[]" * 25_000, "[a](/b/)" * 12_000, "https://a.b/ " * 7_000, "<a href='" * 10_000, "&#0;" * 25_000, "> " * 50_000,
        "[^1]" * 25_000, "\u202e\u0000x" * 1000, "more on " * 12_000, "x" * 99_999 + "!",
    ],
)  # fmt: skip
def test_no_long_text_raises(ready, hostile):
    section = Section(issue=ready, kind="text", position=99, heading="h", body=hostile.replace("\0", ""))
    section.save()
    assert isinstance(findings(ready), list)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(PIECES, max_size=40).map("".join), heading=st.text(max_size=160), url=st.text(max_size=100))
def test_no_text_raises(ready, body, heading, url):
    issue = Issue.objects.get(pk=ready.pk)
    section = issue.sections.filter(kind="notice").get()
    clean = str.maketrans("", "", "\0")
    section.body = body.encode(errors="ignore").decode()
    section.heading = heading.encode(errors="ignore").decode().translate(clean)
    section.link_url = url.encode(errors="ignore").decode().translate(clean)
    section.link_words = ""
    section.save()
    assert isinstance(findings(issue), list)
