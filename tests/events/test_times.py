"""Times in several zones, and prices in words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from events.money import price_in_words
from events.times import CHOICES, clocks, valid_zone


def said(starts, zone, hours=1.5, chosen=""):
    begin = datetime.fromisoformat(starts).replace(tzinfo=UTC)
    found = clocks(begin, begin + timedelta(hours=hours), zone, chosen)
    return [f"{each.hours}, {each.place} ({each.zone})" for each in found]


@pytest.mark.parametrize(
    ("starts", "zone", "lines"),
    [
        (  # the training of Week 5: neither GMT nor EST was in use
            "2023-03-30T16:00",
            "Europe/London",
            ["5pm to 6:30pm, London (BST, UTC+1)", "midday to 1:30pm, New York (EDT, UTC\u22124)"],
        ),
        (  # the fortnight in which New York has changed its clocks and London has not
            "2023-03-15T17:00",
            "Europe/London",
            ["5pm to 6:30pm, London (GMT, UTC)", "1pm to 2:30pm, New York (EDT, UTC\u22124)"],
        ),
        (
            "2023-11-02T17:00",
            "America/New_York",
            ["1pm to 2:30pm, New York (EDT, UTC\u22124)", "5pm to 6:30pm, London (GMT, UTC)"],
        ),
        (
            "2023-01-10T04:30",
            "Asia/Kolkata",
            ["10am to 11:30am, Kolkata (IST, UTC+5:30)", "4:30am to 6am, London (GMT, UTC)"],
        ),
        (
            "2023-07-10T00:00",
            "America/Sao_Paulo",
            ["9pm to 10:30pm, Sao Paulo (UTC\u22123)", "1am to 2:30am, London (BST, UTC+1)"],
        ),
        ("2023-01-10T00:00", "UTC", ["midnight to 1:30am, UTC (UTC)", "midnight to 1:30am, London (GMT, UTC)"]),
    ],
)
def test_the_names_and_offsets_are_those_of_the_day(starts, zone, lines):
    assert said(starts, zone) == lines


def test_a_chosen_zone_adds_one_line_and_never_a_duplicate():
    assert len(said("2023-03-30T16:00", "Europe/London", chosen="Asia/Kolkata")) == 3
    assert len(said("2023-03-30T16:00", "Europe/London", chosen="America/New_York")) == 2


def test_a_night_in_which_the_clocks_change_has_both_names():
    assert (
        said("2023-10-28T23:00", "Europe/London", hours=4)[0] == "midnight to 3am, London (BST, UTC+1, then GMT, UTC)"
    )


@pytest.mark.parametrize(
    ("starts", "hours", "days", "lines"),
    [
        (
            "2026-12-15T09:30",
            30.5,
            "Tuesday 15 to Wednesday 16 December 2026",
            [
                "from 9:30am on 15 December to 4pm on 16 December, London (GMT, UTC)",
                "from 4:30am on 15 December to 11am on 16 December, New York (EST, UTC\u22125)",
            ],
        ),
        (  # a day and a half in London, one day in New York
            "2023-03-30T22:00",
            28,
            "Thursday 30 March to Saturday 1 April 2023",
            [
                "from 11pm on 30 March to 3am on 1 April, London (BST, UTC+1)",
                "from 6pm on 30 March to 10pm on 31 March, New York (EDT, UTC\u22124)",
            ],
        ),
        (
            "2022-12-31T20:00",
            8,
            "Saturday 31 December 2022 to Sunday 1 January 2023",
            [
                "from 8pm on 31 December to 4am on 1 January, London (GMT, UTC)",
                "3pm to 11pm, New York (EST, UTC\u22125), Saturday 31 December",
            ],
        ),
        (  # one that ends at midnight is of one day
            "2023-03-01T22:00",
            2,
            "Wednesday 1 March 2023",
            ["10pm to midnight, London (GMT, UTC)", "5pm to 7pm, New York (EST, UTC\u22125)"],
        ),
        (
            "2023-03-30T00:30",
            1,
            "Thursday 30 March 2023",
            [
                "1:30am to 2:30am, London (BST, UTC+1)",
                "8:30pm to 9:30pm, New York (EDT, UTC\u22124), Wednesday 29 March",
            ],
        ),
    ],
)
def test_the_days_of_an_event_and_of_each_clock(starts, hours, days, lines):
    begin = datetime.fromisoformat(starts).replace(tzinfo=UTC)
    found = clocks(begin, begin + timedelta(hours=hours), "Europe/London")
    assert (found[0].days, [str(each) for each in found]) == (days, lines)
    assert found[0].several_days == (" to " in days)


def test_cities_in_one_choice_have_the_same_time_all_year():
    """Chicago changes its clocks in summer, Mexico City does not."""
    names = dict(CHOICES)
    assert (names["America/Chicago"], names["America/Mexico_City"]) == ("Chicago", "Mexico City")
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    shown = [clocks(summer, summer, zone)[0].begins for zone in ("America/Chicago", "America/Mexico_City")]
    assert shown == ["7pm", "6pm"]


def test_only_names_of_zones_are_valid():
    assert [zone for zone, _ in CHOICES if valid_zone(zone) != zone] == []
    assert [valid_zone(word) for word in ("", "Atlantis", "../etc", "Europe/London\n")] == [""] * 4


@pytest.mark.parametrize(
    ("price", "currency", "words"),
    [
        (None, "GBP", ""),
        ("0", "USD", "Free"),
        ("0.00", "USD", "Free"),
        ("50", "USD", "US$50"),
        ("50.5", "USD", "US$50.50"),
        ("1200", "GBP", "£1,200"),
        ("50.5", "JPY", "¥50"),
        ("20", "KES", "20 KES"),
        ("99999.99", "EUR", "€99,999.99"),
    ],
)
def test_prices_in_full(price, currency, words):
    assert price_in_words(None if price is None else Decimal(price), currency) == words
