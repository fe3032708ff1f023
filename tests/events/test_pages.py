"""The public list of events and the page of one."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from outcomes.models import Nation
from tests.events.conftest import NOW, make_event
from tests.events.helpers import text_of, titles
from tests.outcomes.conftest import make_outcome

pytestmark = pytest.mark.django_db


def test_the_page_of_the_training_of_week_5(client, training):
    answer = client.get(training.get_absolute_url())
    text = text_of(answer)
    assert "Thursday 30 March 2023" in text
    assert "5pm to 6:30pm , London (BST, UTC+1), organiser’s time" in text
    assert "Midday to 1:30pm , New York (EDT, UTC\u22124)" in text
    assert "US$50. If that is a barrier, email the organiser. Free for survivors and members." in text
    assert "Book with Survivor Alliance Opens another website" in text
    assert "<title>Event –" in answer.content.decode()
    assert answer.cookies == {}


def test_days_are_local_to_the_organiser(client):
    """8pm on Thursday in New York is past midnight in London."""
    given = {"starts": datetime(2023, 3, 31, 0, tzinfo=UTC), "zone": "America/New_York"}
    event = make_event(
        "Late", book_by=datetime(2023, 3, 29, 3, tzinfo=UTC), booking_url="https://example.org/", **given
    )
    page = client.get(event.get_absolute_url())
    text = text_of(page)
    assert "Late Thursday 30 March 2023 8pm to 9:30pm , New York (EDT, UTC\u22124), organiser’s time" in text
    assert "1am to 2:30am , London (BST, UTC+1), Friday 31 March" in text
    assert "Book by Tuesday 28 March 2023, 11pm, New York time." in text
    html_of = page.content.decode()
    assert ('datetime="2023-03-30T20:00:00-04:00"' in html_of, 'content="2023-03-30T20:00:00-04:00"' in html_of) == (
        True,
        True,
    )
    assert "Late Thursday 30 March 2023 8pm" in text_of(client.get("/events/"))
    text = text_of(
        client.get(make_event("Weekly", repeats="weekly", repeats_until=date(2023, 4, 6), **given).get_absolute_url())
    )
    assert "Thursday 6 April 2023 : 8pm in New York, 1am in London on Friday" in text


def test_upcoming_events_are_by_month_and_past_ones_apart(client, training):
    make_event("In April", starts=datetime(2023, 4, 3, 9, tzinfo=UTC))
    make_event("Over", starts=NOW - timedelta(days=2))
    make_event("A draft", state="draft")
    coming, past = client.get("/events/"), client.get("/events/past/")
    assert (titles(coming), titles(past)) == (["A training", "In April"], ["Over"])
    assert re.findall(r"<h2>(\w+ \d+)</h2>", coming.content.decode()) == ["March 2023", "April 2023"]
    assert "This has ended" in text_of(past)


def test_an_event_is_there_until_it_ends(client, training):
    for moment, expected in ((training.ends - timedelta(seconds=1), ["A training"]), (training.ends, [])):
        with time_machine.travel(moment, tick=False):
            assert titles(client.get("/events/")) == expected


def test_empty_lists_say_what_to_do(client):
    assert "No events coming up. Tell us about one" in text_of(client.get("/events/"))
    assert "No event has ended yet." in text_of(client.get("/events/past/"))
    assert "Remove: Free No events match. Remove a filter to see more" in text_of(client.get("/events/?cost=free"))
    make_event(price=0)
    assert "1 found. Remove: Free March 2023" in text_of(client.get("/events/?cost=free"))


@pytest.fixture
def several(db):
    housing = make_outcome("housing")
    make_event("Free and online", price=0, on=[housing])
    make_event("In Leeds", is_online=False, place="Leeds", cost_help="Ask us.", for_survivors=True)
    scottish = make_event("In Scotland", organiser="Another", price=20, free_for="members")
    scottish.nations.set(Nation.objects.filter(name="Scotland"))
    return scottish


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("where=online", ["Free and online", "In Scotland"]),
        ("where=place", ["In Leeds"]),
        ("cost=free", ["Free and online"]),
        ("cost=help", ["In Leeds", "In Scotland"]),
        ("open=1", ["In Leeds"]),
        ("outcome=housing", ["Free and online"]),
        ("where=online&cost=free", ["Free and online"]),
        ("cost=nonsense&where=%00&page=x", ["Free and online", "In Leeds", "In Scotland"]),
    ],
)
def test_filters_are_in_the_query_string(client, several, query, expected):
    assert titles(client.get(f"/events/?{query}")) == expected


def test_filters_by_organiser_and_nation(client, several):
    assert titles(client.get(f"/events/?by={several.organiser_id}")) == ["In Scotland"]
    assert titles(client.get(f"/events/?nation={several.nations.get().code}")) == ["In Scotland"]


def test_a_time_zone_adds_one_line_and_an_invalid_one_is_ignored(client, training):
    shown = text_of(client.get(f"{training.get_absolute_url()}?zone=Asia/Kolkata"))
    assert "9:30pm to 11pm , Kolkata (IST, UTC+5:30)" in shown
    assert "Kolkata (" not in text_of(client.get(f"{training.get_absolute_url()}?zone=Atlantis"))
    assert "?zone=Asia/Kolkata" in client.get("/events/?zone=Asia/Kolkata").content.decode()


def test_the_choice_of_a_zone_follows_the_clocks_and_is_open_once_one_is_chosen(client, training):
    page = client.get(training.get_absolute_url()).content.decode()
    after_clocks = page.partition('<ul class="clocks">')[2].partition("</ul>")[2].lstrip()
    assert after_clocks.startswith("<details data-screen-only>\n    <summary>Show in my time zone</summary>")
    chosen = client.get(f"{training.get_absolute_url()}?zone=Asia/Kolkata").content.decode()
    assert ("<details data-screen-only open>" in chosen, 'value="Asia/Kolkata" selected' in chosen) == (True, True)
    for shown in (page, client.get("/events/").content.decode()):
        assert ("(optional)" in shown, '<option value="" selected>Times as listed</option>' in shown) == (False, True)


@pytest.mark.parametrize(
    ("fields", "words", "books"),
    [
        ({"state": "cancelled", "change_note": "The trainer is ill."}, "Cancelled. The trainer is ill.", False),
        ({"state": "changed", "change_note": "A new day."}, "Changed. A new day.", True),
        ({"starts": NOW - timedelta(days=1)}, "This has ended.", False),
        ({"book_by": NOW - timedelta(hours=1)}, "", False),
        ({}, "", True),
    ],
)
def test_the_banner_and_whether_one_can_book(client, fields, words, books):
    event = make_event(booking_url="https://example.org/", **fields)
    page = client.get(event.get_absolute_url()).content.decode()
    assert words in page
    assert ("Book with" in page) is books


def test_without_a_link_booking_details_are_to_come(client):
    assert "Booking details to come." in text_of(client.get(make_event().get_absolute_url()))


def test_a_warning_comes_before_a_booking_site_that_tracks_visitors(client):
    event = make_event(booking_url="https://tickets.example.org/", booking_tracks=True)
    text = text_of(client.get(event.get_absolute_url()))
    assert text.index("tickets.example.org sells tickets and follows its visitors") < text.index("Book with")


def test_calendars_have_a_plain_title_first_and_descriptive_links(client, training):
    links = re.compile(r'<li><a href="([^"]*)"[^>]*>([^<]*)</a>')
    own = f"{training.get_absolute_url()}event.ics"
    assert links.findall(client.get(training.get_absolute_url()).content.decode().partition("links")[2])[:2] == [
        (f"{own}?title=plain", "Add to calendar with a plain title"),
        (own, "Add to calendar with the full title"),
    ]
    page = client.get("/events/?where=online")
    assert links.findall(page.content.decode().partition("<h2>Follow")[2])[:2] == [
        ("/events/calendar.ics?where=online&amp;title=plain", "Calendar with plain titles"),
        ("/events/calendar.ics?where=online", "Calendar with full titles"),
    ]
    assert "Copy the address of the link: pressing it downloads a file." in text_of(page)


def test_an_event_names_its_organiser_and_access_in_plain_words(client, training):
    event = make_event(content_note="threats", organiser="Crisis")
    text = text_of(client.get(event.get_absolute_url()))
    assert "Content note: it mentions threats." in text
    assert "Who runs it Crisis. We list this event. We do not run it. More events from Crisis" in text


@pytest.mark.parametrize(
    ("fields", "tags"),
    [
        ({}, []),
        ({"content_note": "threats"}, ["Content note"]),
        ({"state": "changed", "change_note": "New day."}, ["Changed"]),
        ({"state": "cancelled", "change_note": "Ill."}, ["Cancelled"]),
        ({"stated_time": "5pm GMT"}, ["Time uncertain"]),
    ],
)
def test_a_card_without_tags_has_no_empty_line_for_them(client, fields, tags):
    make_event(**fields)
    page = client.get("/events/").content.decode()
    assert re.findall(r'<span class="tag">([^<]*)<', page) == tags
    assert page.count('<p class="tags">') == bool(tags)


def test_an_event_without_a_price_never_says_free(client):
    text = text_of(client.get(make_event().get_absolute_url()))
    assert "The organiser does not say. Ask before you book." in text
    assert "Free" not in text


def test_a_draft_is_404(client):
    assert client.get(make_event(state="draft").get_absolute_url()).status_code == 404
    assert client.get("/events/nosuchcode/").status_code == 404


def test_an_event_of_three_days_and_one_of_no_length(client):
    long = text_of(client.get(make_event(starts=datetime(2023, 5, 1, 9, tzinfo=UTC), hours=56).get_absolute_url()))
    assert (
        "Monday 1 to Wednesday 3 May 2023 From 10am on 1 May to 6pm on 3 May, London (BST, UTC+1), organiser’s time"
    ) in long.replace(" ,", ",")
    assert "Monday 1 to Wednesday 3 May 2023 From 10am on 1 May" in text_of(client.get("/events/"))
    assert client.get(make_event(hours=0).get_absolute_url()).status_code == 200


@pytest.mark.parametrize("count", [1, 50])
def test_no_list_needs_more_queries_for_many_events_than_for_one(client, django_assert_max_num_queries, count):
    outcome = make_outcome("housing")
    for number in range(count):
        make_event(f"Event {number}", on=[outcome], organiser=f"Organiser {number}")
    for path in ("/events/", "/events/past/", "/events/?outcome=housing&page=2", "/"):
        with django_assert_max_num_queries(8) as asked:
            assert client.get(path).status_code == 200
        assert len(asked) <= 8


def test_home_shows_the_next_two_that_go_ahead(client, training):
    make_event("Cancelled", state="cancelled", change_note="No trainer.", starts=NOW + timedelta(days=1))
    make_event("Soon", starts=NOW + timedelta(days=2))
    make_event("Late", starts=timezone.now() + timedelta(days=90))
    text = text_of(client.get("/"))
    assert ("Soon" in text, "A training" in text, "Late" in text, "No trainer" in text) == (True, True, False, False)
