"""Rules of recurring events: dates, wording and refusals."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from icalendar import vRecur

from events.repeats import MAX_DATES, Repeats, Rule, spans_of

LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)


def dates(first, rule, zone=LONDON, length=HOUR):
    """Return the local starts of an event that first begins at `first`."""
    starts = datetime.fromisoformat(first).replace(tzinfo=zone).astimezone(UTC)
    return [f"{span.starts.astimezone(zone):%Y-%m-%d %H:%M}" for span in spans_of(starts, starts + length, zone, rule)]


def rule(repeats, until, every=1, *left_out):
    return Rule(Repeats(repeats), every, date.fromisoformat(until), frozenset(map(date.fromisoformat, left_out)))


@pytest.mark.parametrize(
    ("first", "given", "words", "expected"),
    [
        (
            "2023-03-16T17:00",
            ("weekly", "2023-04-06"),
            "Every week on Thursday",
            ["2023-03-16 17:00", "2023-03-23 17:00", "2023-03-30 17:00", "2023-04-06 17:00"],
        ),
        (
            "2023-03-16T17:00",
            ("weekly", "2023-04-27", 2, "2023-03-30"),
            "Every 2 weeks on Thursday",
            ["2023-03-16 17:00", "2023-04-13 17:00", "2023-04-27 17:00"],
        ),
        (
            "2023-01-31T09:00",
            ("day", "2023-06-01"),
            "Every month on the 31st",
            ["2023-01-31 09:00", "2023-03-31 09:00", "2023-05-31 09:00"],
        ),
        (
            "2023-01-10T09:00",
            ("weekday", "2023-03-31"),
            "Every month on the second Tuesday",
            ["2023-01-10 09:00", "2023-02-14 09:00", "2023-03-14 09:00"],
        ),
        (
            "2023-01-26T09:00",
            ("last", "2023-05-31", 2),
            "Every 2 months on the last Thursday",
            ["2023-01-26 09:00", "2023-03-30 09:00", "2023-05-25 09:00"],
        ),
    ],
)
def test_the_dates_of_a_rule_and_what_it_is_called(first, given, words, expected):
    one = rule(*given)
    local = datetime.fromisoformat(first)
    assert (one.in_words(local), one.problem(local, HOUR)) == (words, "")
    assert dates(first, one) == expected


@pytest.mark.parametrize("given", [("weekly", "2023-12-31"), ("day", "2023-12-31"), ("weekday", "2023-12-31", 3)])
def test_another_library_reads_the_same_dates_from_the_rrule(given):
    first = datetime(2023, 1, 10, 9, tzinfo=LONDON)
    one = rule(*given)
    spans = spans_of(first, first + HOUR, LONDON, one)
    written = vRecur(one.for_calendars(first, spans[-1].starts)).to_ical().decode()
    assert [each.astimezone(UTC) for each in rrulestr(written, dtstart=first)] == [span.starts for span in spans]


def test_local_times_stay_and_each_date_lasts_as_long():
    starts = datetime(2023, 3, 23, 17, tzinfo=LONDON)
    spans = spans_of(starts, starts + 2 * HOUR, LONDON, rule("weekly", "2023-03-30"))
    assert [span.starts.astimezone(UTC).hour for span in spans] == [17, 16]
    assert {span.ends - span.starts for span in spans} == {2 * HOUR}


def test_a_skipped_time_has_the_offset_before_the_change():
    assert dates("2023-03-19T01:30", rule("weekly", "2023-03-26")) == ["2023-03-19 01:30", "2023-03-26 02:30"]


def test_a_first_date_at_the_second_occurrence_of_a_time_stays_there():
    starts = datetime(2023, 10, 29, 1, 30, tzinfo=LONDON, fold=1)
    first, second = spans_of(starts, starts + HOUR, LONDON, rule("weekly", "2023-11-05"))
    assert (first.starts.astimezone(UTC).hour, second.starts.astimezone(UTC).hour) == (1, 1)


def test_a_single_event_has_one_date():
    starts = datetime(2023, 3, 30, 16, tzinfo=UTC)
    assert spans_of(starts, starts, LONDON, None) == [(starts, starts)]


@pytest.mark.parametrize(
    ("first", "given", "length", "sentence"),
    [
        ("2023-03-30T09:00", ("weekday", "2023-12-31"), HOUR, "A month seldom has a fifth Thursday. Choose the last such weekday."),
        ("2023-03-23T09:00", ("last", "2023-12-31"), HOUR, "23 March 2023 is not the last Thursday of its month. Choose another rule or another start."),
        ("2023-03-30T09:00", ("weekly", "2033-12-31"), HOUR, f"That is more than {MAX_DATES} dates. Choose an earlier last day."),
        ("2023-03-30T09:00", ("weekly", "9999-12-31"), HOUR, f"That is more than {MAX_DATES} dates. Choose an earlier last day."),
        ("2023-03-30T09:00", ("weekly", "2023-04-05"), HOUR, "It does not come again by its last day. Choose a later one, or let it take place once."),
        ("2023-03-30T09:00", ("weekly", "2022-01-01"), HOUR, "It does not come again by its last day. Choose a later one, or let it take place once."),
        ("2023-03-30T09:00", ("weekly", "2023-05-31"), 8 * 24 * HOUR, "It lasts longer than it takes until it begins again."),
        ("2023-03-30T09:00", ("weekly", "2023-05-31", 1, "2023-03-30"), HOUR, "It cannot leave out its first date. Let it start on the first one that takes place."),
        ("2023-03-30T09:00", ("weekly", "2023-05-31", 1, "2023-04-07", "2023-04-13"), HOUR, "Not among its dates, so it cannot be left out: 7 April 2023."),
    ],
)  # fmt: skip
def test_an_invalid_rule_has_a_sentence(first, given, length, sentence):
    assert rule(*given).problem(datetime.fromisoformat(first), length) == sentence
