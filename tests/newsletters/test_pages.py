"""The archive, an issue's page, a withdrawn issue, and a draft by its preview link."""

import re
from datetime import date, timedelta

import html5lib
import pytest
import time_machine
from django.utils import timezone

from newsletters.models import Issue
from tests.newsletters.conftest import add_section, make_issue, publish

pytestmark = pytest.mark.django_db

WEEK = timedelta(weeks=1)
FIRST = date(2023, 1, 2)


def page_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    html = answer.content.decode()
    html5lib.HTMLParser(strict=True).parse(html)
    return html


def title_of(html):
    return re.findall(r"<title>(.*?)</title>", html, re.DOTALL)


def links_of(html):
    part = re.search(r"<main.*?</main>", html, re.DOTALL)[0]
    return re.findall(r'<a (?:class="[^"]*" )?href="([^"]*)"[^>]*>(.*?)</a>', part)


def many_issues(count):
    return [publish(make_issue(number), FIRST + WEEK * number) for number in range(1, count + 1)]


@pytest.fixture
def preview(issue):
    issue.new_preview()
    issue.save()
    return issue


def test_the_archive_before_the_first_issue(client, issue):
    html = page_of(client, "/newsletter/")
    assert title_of(html) == ["Newsletter – Community of Practice"]
    assert "One email a week. Every issue is here too, so you need not sign up." in html
    assert "<p>No issues yet. Sign up and we will send the first one.</p>" in html
    assert links_of(html) == [
        ("/contact/?for=newsletter", "Sign up for the newsletter"),
        ("/newsletter/feed/", "feed of issues"),
    ]


def test_the_archive_shows_the_latest_large_and_the_others_by_month(client, issue):
    for number in range(1, 5):
        publish(make_issue(number), FIRST + WEEK * number)
    publish(issue, date(2023, 3, 20))
    html = page_of(client, "/newsletter/")
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", html) == ["Latest issue", "January 2023", "Get it by email"]
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html) == [
        ("Focus", "Secure and suitable housing"),
        ("Feature", "A toolkit"),
    ]
    assert links_of(html)[:-2] == [
        ("/newsletter/week-5/", "Read Week 5"),
        *[(f"/newsletter/week-{number}/", f"Week {number}: a heading") for number in (4, 3, 2, 1)],
    ]
    assert re.findall(r'<time datetime="2023-0[13]-\d\d">(.*?)</time>', html)[:2] == [
        "Monday 20 March 2023",
        "Monday 30 January 2023",
    ]
    assert "No issues yet" not in html


def test_the_archive_leaves_out_drafts_and_withdrawn_issues(client):
    issues = many_issues(5)
    Issue.objects.filter(pk=issues[0].pk).update(state="withdrawn", withdrawn_on=date(2023, 4, 1))
    Issue.objects.filter(pk=issues[1].pk).update(state="draft")
    Issue.objects.filter(pk=issues[2].pk).update(state="scheduled")
    Issue.objects.filter(pk=issues[3].pk).update(state="sending")
    addresses = [address for address, _ in links_of(page_of(client, "/newsletter/"))]
    assert addresses[:-2] == ["/newsletter/week-5/", "/newsletter/week-4/"]


def test_the_archive_has_twenty_issues_a_page(client):
    many_issues(21)
    first, second = page_of(client, "/newsletter/"), page_of(client, "/newsletter/?page=2")
    assert title_of(first) == ["Newsletter (page 1 of 2) – Community of Practice"]
    assert title_of(second) == ["Newsletter (page 2 of 2) – Community of Practice"]
    weeks = [re.findall(r'href="/newsletter/week-(\d+)/', html) for html in (first, second)]
    assert weeks == [[str(number) for number in range(21, 1, -1)], ["1"]]
    assert [html.count("Latest issue") for html in (first, second)] == [1, 0]
    assert title_of(page_of(client, "/newsletter/?page=99")) == title_of(first)


def test_an_issue_has_its_title_day_contents_blocks_and_credits(client, published_issue):
    html = page_of(client, "/newsletter/week-5/")
    assert title_of(html) == ["Week 5 – Community of Practice"]
    assert re.findall(r"<h1>(.*?)</h1>", html) == ["Week 5: a heading"]
    assert '<time datetime="2023-03-20">Monday 20 March 2023</time>' in html
    contents = re.search(r'<nav aria-labelledby="contents">.*?</nav>', html, re.DOTALL)[0]
    assert re.findall(r'href="(.*?)">(.*?)</a>', contents) == [
        ("#part-1", "Welcome"),
        ("#part-2", "This week&#x27;s focus: Secure and suitable housing"),
        ("#part-3", "Reference: A handbook"),
        ("#part-4", "This week&#x27;s feature: A toolkit"),
        ("#part-6", "We need your views: What would have to change?"),
        ("#part-7", "Spotlight: Another one"),
        ("#part-8", "Notice: A training"),
        ("#part-9", "Event: A course"),
    ]
    assert re.findall(r'<section id="(part-\d+)"', html) == [f"part-{number}" for number in range(1, 11)]
    end = html.split('id="part-10"')[1]
    assert "<p>The team</p>" in end
    assert (
        "<p>Please forward this to a colleague. They can sign up at "
        '<a href="/contact/?for=newsletter">http://testserver/contact/?for=newsletter</a></p>'
    ) in end
    assert '<a href="/contact/?for=newsletter">Get the newsletter by email</a>' in end


def test_outside_links_are_marked_and_send_no_referrer(client, published_issue):
    html = page_of(client, "/newsletter/week-5/")
    outside = re.findall(
        r'<a [^>]*href="https://[^>]*>[^<]*</a>(?: <span class="muted" data-screen-only>(.*?)</span>)?', html
    )
    assert outside == ["Opens another website", "Opens another website"]
    assert html.count('href="https://') == html.count('rel="noreferrer noopener"') == 2


def test_the_focus_has_the_one_filled_button(client, published_issue):
    html = page_of(client, "/newsletter/week-5/")
    buttons = re.findall(r'<a class="(button.*?)" href="(.*?)"', html)
    assert [href for classes, href in buttons if classes == "button"] == ["/outcomes/housing/"]
    assert len(buttons) > 1


def test_a_content_note_comes_before_the_text_with_a_link_past_it(client, issue):
    add_section(issue, "text", heading="Last", body="Words.", content_note="detention")
    publish(issue)
    html = page_of(client, "/newsletter/week-5/")
    assert (
        '<p class="notice note"><strong>About this section:</strong> it mentions detention. No graphic detail. '
        '<a href="#part-11" data-screen-only>Skip to the next section</a></p>\n  <div class="prose"><p>Words.</p>'
    ) in re.sub(r"\n\s*\n", "\n", html)
    assert html.count('id="part-11"') == 1


def test_issues_link_to_the_previous_and_next(client):
    issues = many_issues(5)
    Issue.objects.filter(number=3).update(state="withdrawn", withdrawn_on=date(2023, 4, 1))
    Issue.objects.filter(number=5).update(publish_at=issues[3].publish_at)
    make_issue(6)

    def around(number):
        html = page_of(client, f"/newsletter/week-{number}/")
        return re.findall(r'<a class="button quiet" href="(.*?)" rel="(\w+)">(.*?)</a>', html)

    assert around(1) == [("/newsletter/week-2/", "next", "Next: Week 2")]
    assert around(2) == [
        ("/newsletter/week-1/", "prev", "Previous: Week 1"),
        ("/newsletter/week-4/", "next", "Next: Week 4"),
    ]
    assert around(4) == [
        ("/newsletter/week-2/", "prev", "Previous: Week 2"),
        ("/newsletter/week-5/", "next", "Next: Week 5"),
    ]
    assert around(5) == [("/newsletter/week-4/", "prev", "Previous: Week 4")]


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_an_issue_has_no_page_before_it_is_published(client, published_issue, state):
    Issue.objects.update(state=state)
    assert client.get("/newsletter/week-5/").status_code == 404
    assert client.get("/newsletter/week-6/").status_code == 404


def test_a_withdrawn_issue_says_only_that(client, published_issue):
    Issue.objects.update(state="withdrawn", withdrawn_on=date(2023, 4, 3))
    html = page_of(client, "/newsletter/week-5/", 410)
    assert title_of(html) == ["Week 5 – Community of Practice"]
    text = re.sub(r"<[^>]+>", "", re.search(r"<main.*?</main>", html, re.DOTALL)[0])
    assert [line.strip() for line in text.split("\n") if line.strip()] == [
        "Week 5",
        "This issue was withdrawn on Monday 3 April 2023.",
        "We withdraw an issue when something in it must not be shown any more. Read the other issues.",
    ]
    assert [word for word in ("a heading", "housing", "toolkit", "Welcome", "The team") if word in html] == []


def test_a_draft_is_read_by_its_link_until_that_expires(client, preview):
    last_day = preview.preview_ends_on
    html = page_of(client, preview.get_preview_url())
    assert title_of(html) == ["Week 5 – Community of Practice"]
    assert (
        '<p class="notice waiting"><strong>A draft, for checking.</strong> This link works until '
        f"{last_day.strftime('%A %-d %B %Y')}.</p>"
    ) in html
    assert re.findall(r'<section id="(part-\d+)"', html) == [f"part-{number}" for number in range(1, 11)]
    assert '<meta name="robots" content="noindex, noarchive">' in html
    address = preview.get_preview_url()
    with time_machine.travel(f"{last_day} 12:00 +0000"):
        assert client.get(address).status_code == 200
    with time_machine.travel(f"{last_day + timedelta(days=1)} 12:00 +0000"):
        assert client.get(address).status_code == 404


def test_a_draft_is_not_cached(client, preview):
    answer = client.get(preview.get_preview_url())
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"


def test_no_other_link_opens_a_draft(client, preview):
    old = preview.get_preview_url()
    preview.new_preview()
    preview.save()
    make_issue(6)
    for address in (old, "/newsletter/preview/x/", "/newsletter/preview/%00/", "/newsletter/preview//"):
        assert client.get(address).status_code == 404


def test_the_link_of_a_draft_redirects_to_the_published_issue(client, preview):
    address = preview.get_preview_url()
    publish(preview)
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, "/newsletter/week-5/")
    Issue.objects.update(state="withdrawn", withdrawn_on=timezone.localdate())
    assert page_of(client, client.get(address)["Location"], 410).count("Welcome") == 0


def test_reading_sets_no_cookie(client, preview):
    publish(make_issue(4))
    for address in ("/newsletter/", "/newsletter/week-4/", preview.get_preview_url(), "/newsletter/feed/"):
        assert list(client.get(address).cookies) == []


def test_urls_on_pages_do_not_come_from_the_request(client, published_issue, settings):
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    html = client.get("/newsletter/week-5/", headers={"host": "elsewhere.example"}).content.decode()
    assert "elsewhere" not in html


def test_no_page_needs_more_queries_for_many_issues_than_for_one(
    client, outcome, resource, reference, quotation, consultation, event, django_assert_max_num_queries
):
    kinds = {
        "text": {"body": "Words."},
        "focus": {"outcome": outcome},
        "feature": {"resource": resource},
        "reference": {"reference": reference},
        "quotation": {"quotation": quotation},
        "call": {"consultation": consultation},
        "event": {"event": event},
    }
    middle = Issue.objects.get(pk=many_issues(3)[1].pk)
    draft = make_issue(30)
    draft.new_preview()
    draft.save()
    for kind, fields in kinds.items():
        add_section(middle, kind, **fields)
        add_section(draft, kind, **fields)
    addresses = ["/newsletter/", "/newsletter/week-2/", draft.get_preview_url(), "/newsletter/feed/", "/"]

    def counts():
        found = []
        for address in addresses:
            with django_assert_max_num_queries(8, info=address) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    latest = Issue.objects.get(number=3)
    add_section(latest, "focus", outcome=outcome)
    add_section(latest, "feature", resource=resource)
    one = counts()
    for issue in (middle, draft, latest):
        for _ in range(2):
            for kind, fields in kinds.items():
                add_section(issue, kind, **fields)
    for number in range(4, 20):
        Issue.objects.filter(pk=make_issue(number).pk).update(state="sent", publish_at=middle.publish_at)
    assert counts() == one
