"""Times on several clocks, and prices in full."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from events.money import price_in_words
from events.times import CHOICES, clock, clocks, known


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
            ["5pm to 6:30pm, London (BST, UTC+1)", "Midday to 1:30pm, New York (EDT, UTC\u22124)"],
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
        ("2023-01-10T00:00", "UTC", ["Midnight to 1:30am, UTC (UTC)", "Midnight to 1:30am, London (GMT, UTC)"]),
    ],
)
def test_the_names_and_offsets_are_those_of_the_day(starts, zone, lines):
    assert said(starts, zone) == lines


def test_a_chosen_zone_is_one_line_more_and_never_twice():
    assert len(said("2023-03-30T16:00", "Europe/London", chosen="Asia/Kolkata")) == 3
    assert len(said("2023-03-30T16:00", "Europe/London", chosen="America/New_York")) == 2


def test_a_night_in_which_the_clocks_change_has_both_names():
    assert (
        said("2023-10-28T23:00", "Europe/London", hours=4)[0] == "Midnight to 3am, London (BST, UTC+1, then GMT, UTC)"
    )


def test_several_days_say_so():
    begin = datetime(2023, 3, 30, 9, tzinfo=UTC)
    assert clock(begin, begin + timedelta(days=2), "Europe/London").several_days
    assert not clock(begin, begin + timedelta(hours=2), "Europe/London").several_days


def test_every_zone_that_is_offered_is_one_and_no_other_word():
    assert [zone for zone, _ in CHOICES if known(zone) != zone] == []
    assert [known(word) for word in ("", "Atlantis", "../etc", "Europe/London\n")] == [""] * 4


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
