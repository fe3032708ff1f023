"""The newsletter on the home page and in the navigation."""

import re
from datetime import date

import pytest

from newsletters.models import Issue
from tests.newsletters.conftest import make_issue, publish

pytestmark = pytest.mark.django_db


def home(client):
    return client.get("/").content.decode()


def this_week(html):
    return re.search(r'<section aria-labelledby="week">.*?</section>', html, re.DOTALL)[0]


def test_home_links_to_three_areas_and_the_resources(client):
    html = home(client)
    doors = re.search(r'<ul class="doors">.*?</ul>', html, re.DOTALL)[0]
    assert re.findall(r'<a href="(.*?)">(.*?)</a>', doors) == [
        ("/outcomes/", "Read the outcomes"),
        ("/forums/", "Join a discussion"),
        ("/newsletter/", "Get the weekly newsletter"),
    ]
    assert '<a href="/resources/">Find a resource</a>' in html


def test_home_before_the_first_issue(client, issue):
    part = this_week(home(client))
    assert "<p>The first newsletter is on its way.</p>" in part
    assert "<a " not in part


def test_home_shows_the_latest_issue_with_its_focus_and_feature(client, issue):
    publish(make_issue(4), date(2023, 3, 13))
    publish(issue)
    publish(make_issue(6), date(2023, 3, 27))
    Issue.objects.filter(number=6).update(state="withdrawn", withdrawn_on=date(2023, 4, 1))
    part = this_week(home(client))
    assert re.findall(r"<h\d[^>]*>(.*?)</h\d>", part) == ["This week", "Week 5: a heading"]
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", part) == [
        ("Focus", "Secure and suitable housing"),
        ("Feature", "A toolkit"),
    ]
    assert re.findall(r'href="(.*?)">(.*?)</a>', part) == [("/newsletter/week-5/", "See this week's issue")]
    assert "on its way" not in part


def test_home_does_not_show_a_feature_that_is_no_longer_listed(client, published_issue, resource):
    resource.state = "draft"
    resource.save()
    assert "A toolkit" not in home(client)


@pytest.mark.parametrize(("address", "mark"), [("/newsletter/", "page"), ("/newsletter/week-5/", "true")])
def test_the_navigation_names_the_newsletter_after_the_forums(client, published_issue, address, mark):
    header = client.get(address).content.decode().split("</header>")[0]
    names = re.findall(r'<li><a href="(/\w+/)"(?: aria-current="(\w+)")?>', header)
    assert names == [("/outcomes/", ""), ("/forums/", ""), ("/newsletter/", mark), ("/events/", ""), ("/about/", "")]
