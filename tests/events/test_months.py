"""The month table, and the feed of newly listed events."""

import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import html5lib
import pytest
import time_machine

from events.models import Event
from events.months import Month
from tests.events.conftest import NOW, make_event
from tests.events.helpers import text_of
from tests.outcomes.conftest import make_outcome

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def days(answer):
    """Return the entries of the table by day: {30: ['5pm: A training']}."""
    tree = html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)
    cells = [cell for cell in tree.iterfind(".//table//td") if cell.find(".//time") is not None]
    found = {}
    for cell in cells:
        day = int(cell.find(".//time").get("datetime")[-2:])
        entries = ["".join(item.itertext()) for item in cell.iterfind(".//li")]
        found.update({day: entries} if entries else {})
    return found


def around(answer):
    return re.findall(r'href="([^"]*)" rel="(prev|next)"', answer.content.decode())


def test_a_month_has_each_event_on_its_day_by_the_organisers_clock(client, training):
    make_event("Late in New York", starts=datetime(2023, 3, 31, 2, tzinfo=UTC), zone="America/New_York")
    make_event("Early in Sydney", starts=datetime(2023, 3, 31, 14, tzinfo=UTC), zone="Australia/Sydney")
    make_event("A draft", state="draft")
    make_event("Cancelled", state="cancelled", change_note="No trainer.", starts=NOW - timedelta(days=15))
    assert days(client.get("/events/month/")) == {
        5: ["Midday: cancelled, Cancelled"],
        30: ["5pm: A training", "10pm New York time: Late in New York"],
    }
    assert days(client.get("/events/month/?month=2023-04")) == {1: ["1am Sydney time: Early in Sydney"]}


def test_an_event_of_several_days_is_on_each_and_one_to_midnight_on_one(client):
    make_event("Three days", starts=datetime(2023, 3, 30, 8, tzinfo=UTC), hours=56)
    make_event("To midnight", starts=datetime(2023, 3, 28, 21, tzinfo=UTC), hours=2)
    make_event("No length", starts=datetime(2023, 3, 27, 23, tzinfo=UTC), hours=0)
    assert days(client.get("/events/month/")) == {
        28: ["Midnight: No length", "10pm: To midnight"],
        30: ["9am: Three days"],
        31: ["Goes on: Three days"],
    }
    assert days(client.get("/events/month/?month=2023-04")) == {1: ["Goes on: Three days"]}


def test_a_training_that_comes_again_is_on_each_date(client):
    make_event("Weekly", starts=NOW, repeats="weekly", repeats_until=date(2023, 4, 3), left_out="2023-03-27")
    assert list(days(client.get("/events/month/"))) == [20]
    assert list(days(client.get("/events/month/?month=2023-04"))) == [3]


def test_the_table_is_accessible(client, training):
    tree = html5lib.parse(client.get("/events/month/").content.decode(), namespaceHTMLElements=False)
    table = tree.find(".//table")
    assert "".join(table.find("caption").itertext()) == "March 2023"
    heads = [(cell.get("scope"), cell.text) for cell in table.iterfind(".//th")]
    week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    assert heads == [("col", name) for name in week]
    assert {len(row.findall("td")) for row in table.iterfind("tbody/tr")} == {7}
    [today] = table.iterfind(".//td[@aria-current='date']")
    assert today.find(".//time").get("datetime") == "2023-03-20"


def test_the_links_lead_to_the_nearest_months_with_events_and_keep_the_filters(client, training):
    make_event("In June", starts=datetime(2023, 6, 3, 9, tzinfo=UTC))
    make_event("In May, at a place", starts=datetime(2023, 5, 3, 9, tzinfo=UTC), is_online=False)
    make_event("A draft", starts=datetime(2023, 4, 3, 9, tzinfo=UTC), state="draft")
    page = client.get("/events/month/")
    assert (around(page), "Later: May 2023" in text_of(page)) == ([("?month=2023-05", "next")], True)
    april = client.get("/events/month/?month=2023-04&where=online")
    assert around(april) == [
        ("?month=2023-03&amp;where=online", "prev"),
        ("?month=2023-06&amp;where=online", "next"),
    ]
    assert "Earlier: March 2023 Later: June 2023 No events match in this month. The next are in June 2023 ." in text_of(
        april
    )
    assert '<a href="?month=2023-06&amp;where=online">June 2023</a>' in april.content.decode()
    assert 'Remove: <a href="/events/month/?&amp;month=2023-04">Online</a>' in april.content.decode()
    assert '<input type="hidden" name="month" value="2023-04">' in april.content.decode()
    assert "No events in this month. The next are in May 2023 ." in text_of(client.get("/events/month/?month=2023-04"))


def test_where_nothing_follows_a_month_says_what_else_to_do(client, training):
    for query, words in (
        ("?month=2024-01", "Earlier: March 2023 No events in this month. See what is coming up ."),
        ("?month=2024-01&cost=free", "Remove: Free No events match in this month. Remove a filter to see more."),
    ):
        assert words in text_of(client.get(f"/events/month/{query}"))


def test_the_nearest_months_follow_the_events_own_zones_and_durations(client):
    """At 2am on 1 April in London it is March still in New York; at 2pm on 31 March it is April in Sydney."""
    make_event("New York", starts=datetime(2023, 4, 1, 1, tzinfo=UTC), zone="America/New_York")
    make_event("Sydney", starts=datetime(2023, 4, 30, 15, tzinfo=UTC), zone="Australia/Sydney")
    assert around(client.get("/events/month/?month=2023-04")) == [
        ("?month=2023-03", "prev"),
        ("?month=2023-05", "next"),
    ]
    assert around(client.get("/events/month/?month=2023-05")) == [("?month=2023-03", "prev")]
    assert around(client.get("/events/month/?month=2023-03")) == [("?month=2023-05", "next")]
    make_event("Of weeks", starts=datetime(2022, 5, 1, 9, tzinfo=UTC), hours=24 * 100)
    assert around(client.get("/events/month/?month=2023-01")) == [
        ("?month=2022-08", "prev"),
        ("?month=2023-03", "next"),
    ]
    assert around(client.get("/events/month/?month=2022-06")) == [
        ("?month=2022-05", "prev"),
        ("?month=2022-07", "next"),
    ]
    assert around(client.get("/events/month/?month=2022-08")) == [
        ("?month=2022-07", "prev"),
        ("?month=2023-03", "next"),
    ]


@pytest.mark.parametrize("name", ["", "2023-13", "0000-01", "9999-12", "2023-3", "٢٠٢٣-٠٣", "x\x00", "2023-03-01"])
def test_an_invalid_month_shows_the_current_one(client, training, name):
    assert list(days(client.get("/events/month/", {"month": name}))) == [30]


def test_filters_narrow_the_month(client, training):
    make_event("On housing", on=[make_outcome("housing")], starts=NOW)
    assert days(client.get("/events/month/?outcome=housing")) == {20: ["Midday: On housing"]}


def test_a_month_with_too_many_dates_says_so(client, django_assert_max_num_queries):
    for number in range(201):
        make_event(f"Event {number}", organiser=f"Organiser {number % 40}")
    with django_assert_max_num_queries(8):
        page = client.get("/events/month/")
    assert len(days(page)[30]) == 200
    assert "There are more events in this month than one page can show." in text_of(page)


def test_the_last_day_of_a_month():
    assert [Month(date(year, 2, 1)).last for year in (2023, 2024)] == [date(2023, 2, 28), date(2024, 2, 29)]


def test_the_feed_has_the_newest_events_that_are_not_over(client, training):
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        make_event("Newer", price=0, starts=NOW + timedelta(days=2), stated_time="noon EST")
        make_event("Called off", state="cancelled", change_note="No trainer.")
        make_event("Over", starts=NOW - timedelta(days=2))
        make_event("A draft", state="draft")
        answer = client.get("/events/feed/")
    feed = ET.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.findtext(f"{ATOM}title") == "Community of Practice"
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Cancelled: Called off", "Newer", "A training"]
    last = entries[-1]
    assert last.find(f"{ATOM}link").get("href") == f"http://testserver{training.get_absolute_url()}"
    assert last.findtext(f"{ATOM}published") == NOW.isoformat()
    assert last.findtext(f"{ATOM}summary") == (
        "What it is. Thursday 30 March 2023, 5pm to 6:30pm, London (BST, UTC+1); midday to 1:30pm, New York "
        "(EDT, UTC\u22124). Run by Survivor Alliance. US$50."
    )
    assert "Check with the organiser. Run by Survivor Alliance. Free." in entries[1].findtext(f"{ATOM}summary")


def test_the_feed_keeps_the_second_day_and_names_that_of_another_clock(client):
    make_event("Two days", starts=datetime(2023, 4, 4, 8, 30, tzinfo=UTC), hours=30.5)
    make_event("Late", starts=datetime(2023, 4, 7, 0, tzinfo=UTC), zone="America/New_York")
    feed = ET.fromstring(client.get("/events/feed/").content)
    late, two_days = [entry.findtext(f"{ATOM}summary") for entry in feed.findall(f"{ATOM}entry")]
    assert (
        "Tuesday 4 to Wednesday 5 April 2023, from 9:30am on 4 April to 4pm on 5 April, London (BST, UTC+1); "
        "from 4:30am on 4 April to 11am on 5 April, New York (EDT, UTC\u22124)."
    ) in two_days
    assert (
        "Thursday 6 April 2023, 8pm to 9:30pm, New York (EDT, UTC\u22124); "
        "1am to 2:30am, London (BST, UTC+1), Friday 7 April."
    ) in late


def test_the_feed_never_has_the_host_of_the_request(client, training):
    settings_host = client.get("/events/feed/", HTTP_HOST="localhost").content.decode()
    assert "localhost" not in settings_host


def test_the_feed_needs_one_query_for_any_number_of_events(client, django_assert_num_queries):
    for number in range(40):
        make_event(f"Event {number}", organiser=f"Organiser {number}")
    with django_assert_num_queries(1):
        assert client.get("/events/feed/").content.count(b"<entry>") == 30
    assert Event.objects.count() == 40


# Microdata


def said(event, client):
    """Return the microdata properties of the event on its page."""
    tree = html5lib.parse(client.get(event.get_absolute_url()).content.decode(), namespaceHTMLElements=False)
    [item] = tree.iterfind(".//*[@itemtype='https://schema.org/Event']")
    return properties(item)


def properties(item):
    found = {}
    for child in item:
        name = child.get("itemprop")
        if name and child.get("itemscope") is not None:
            found[name] = {"type": child.get("itemtype").rpartition("/")[2], **properties(child)}
        elif name:
            found[name] = child.get("content") or child.get("href") or "".join(child.itertext()).strip()
        if child.get("itemscope") is None:
            found.update(properties(child))
    return found


def test_the_microdata_of_a_page_match_its_text(client, training):
    address = f"http://testserver{training.get_absolute_url()}"
    assert said(training, client) == {
        "name": "A training",
        "description": "What it is.",
        "url": address,
        "startDate": "2023-03-30T17:00:00+01:00",
        "endDate": "2023-03-30T18:30:00+01:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"type": "VirtualLocation", "url": address},
        "organizer": {"type": "Organization", "name": "Survivor Alliance"},
        "isAccessibleForFree": "false",
        "offers": {"type": "Offer", "price": "50.00", "priceCurrency": "USD", "url": address},
    }


def test_of_a_cancelled_event_at_a_place_without_a_price(client):
    event = make_event(state="cancelled", change_note="No trainer.", is_online=False, place="Leeds")
    found = said(event, client)
    assert found["eventStatus"] == "https://schema.org/EventCancelled"
    assert found["location"] == {"type": "Place", "name": "Leeds", "address": "Leeds"}
    assert {"offers", "isAccessibleForFree"} & set(found) == set()
    assert said(make_event(price=0), client)["isAccessibleForFree"] == "true"
