"""Local times on the days on which the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.local_time import (
    LocalTimeProblem,
    check_local_times,
    check_span,
    duration_in_words,
    local_time_problem,
    offset_in_words,
    zone_name,
)

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
LORD_HOWE, ADELAIDE = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Australia/Adelaide")
KOLKATA, KATHMANDU, ST_JOHNS = ZoneInfo("Asia/Kolkata"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/St_Johns")
MISSING, TWICE = LocalTimeProblem.MISSING, LocalTimeProblem.TWICE


def local(written):
    return datetime.fromisoformat(written)


@pytest.mark.parametrize(
    ("written", "zone", "problem"),
    [
        ("2023-03-26T00:59", LONDON, None), ("2023-03-26T01:00", LONDON, MISSING), ("2023-03-26T01:59", LONDON, MISSING),
        ("2023-03-26T02:00", LONDON, None), ("2023-10-29T00:59", LONDON, None), ("2023-10-29T01:00", LONDON, TWICE),
        ("2023-10-29T01:59", LONDON, TWICE), ("2023-10-29T02:00", LONDON, None), ("2026-03-29T01:30", LONDON, MISSING),
        ("2026-10-25T01:30", LONDON, TWICE), ("2026-03-28T01:30", LONDON, None), ("2023-03-12T02:30", NEW_YORK, MISSING),
        ("2023-11-05T01:30", NEW_YORK, TWICE), ("2026-03-08T02:30", NEW_YORK, MISSING), ("2026-11-01T01:30", NEW_YORK, TWICE),
        ("2026-03-29T02:30", NEW_YORK, None), ("2023-10-01T02:15", LORD_HOWE, MISSING), ("2023-10-01T02:30", LORD_HOWE, None),
        ("2023-04-02T01:45", LORD_HOWE, TWICE), ("2023-10-01T02:30", ADELAIDE, MISSING), ("2023-04-02T02:30", ADELAIDE, TWICE),
        ("2023-03-26T01:30", KOLKATA, None),
    ],
)  # fmt: skip
def test_local_times_that_are_skipped_or_come_twice(written, zone, problem):
    assert local_time_problem(local(written), zone) == problem


def test_the_editor_learns_what_a_skipped_time_could_mean():
    (found,) = check_local_times(local("2026-03-29T01:30"), None, LONDON)
    assert (found.problem, found.reader) == (MISSING, "")
    assert found.editor == (
        "01:30 on 29 March 2026 does not exist in London, where the clocks go forward by an hour. "
        "It could mean 00:30 GMT or 02:30 BST."
    )


def test_the_editor_is_asked_which_of_two_hours_is_meant():
    (found,) = check_local_times(local("2026-11-01T01:30"), None, NEW_YORK)
    assert found.editor == (
        "01:30 on 1 November 2026 comes twice in New York, where the clocks go back by an hour: "
        "first as EDT (UTC−4), then as EST (UTC−5). Say which is meant."
    )


def test_a_span_over_a_clock_change_has_a_sentence_for_each():
    (found,) = check_local_times(local("2026-03-28T22:00"), local("2026-03-29T06:00"), LONDON)
    assert found.editor == (
        "The clocks in London go forward by an hour during this event: it starts at 22:00 GMT and ends at 06:00 BST, "
        "and is an hour shorter than it looks."
    )
    assert found.reader == (
        "The clocks in London go forward by an hour during this event: it starts at 22:00 GMT and ends at 06:00 BST."
    )
    (back,) = check_local_times(local("2023-04-01T22:00"), local("2023-04-02T06:00"), LORD_HOWE)
    assert back.editor == (
        "The clocks in Lord Howe go back by half an hour during this event: it starts at 22:00 UTC+11 and ends at 06:00 "
        "UTC+10:30, and is half an hour longer than it looks."
    )
    assert check_local_times(local("2026-03-29T22:00"), local("2026-03-30T06:00"), LONDON) == ()


def test_an_end_before_the_start_is_found_by_moments_not_local_times():
    (found,) = check_local_times(local("2023-03-30T18:30"), local("2023-03-30T17:00"), LONDON)
    assert (found.problem, found.editor) == (
        LocalTimeProblem.BACKWARDS,
        "It ends (30 March 2023, 17:00 BST) before it starts (30 March 2023, 18:30 BST).",
    )
    first, second = datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert [found.problem for found in check_span(first, second, LONDON)] == [
        LocalTimeProblem.CLOCK_CHANGE
    ]  # 01:50 to 01:10
    assert [found.problem for found in check_span(second, first, LONDON)] == [LocalTimeProblem.BACKWARDS]
    as_shown = (first.astimezone(LONDON), second.astimezone(LONDON))
    assert [found.problem for found in check_span(*as_shown, LONDON)] == [LocalTimeProblem.CLOCK_CHANGE]
    assert check_span(first, first, LONDON) == ()


def test_lengths_and_offsets_in_words():
    minutes = (1, 20, 30, 45, 60, 90, 120, 150, 200)
    assert [duration_in_words(timedelta(minutes=length)) for length in minutes] == [
        "1 minute", "20 minutes", "half an hour", "45 minutes", "an hour", "an hour and a half", "2 hours",
        "2 and a half hours", "3 hours and 20 minutes",
    ]  # fmt: skip
    moment = datetime(2023, 7, 6, 12, tzinfo=UTC)
    shown = [moment.astimezone(zone) for zone in (LONDON, KOLKATA, KATHMANDU, ST_JOHNS, ZoneInfo("UTC"))]
    assert [zone_name(each) for each in shown] == ["BST", "IST", "UTC+5:45", "NDT", "UTC"]
    assert [offset_in_words(each.utcoffset()) for each in shown] == ["UTC+1", "UTC+5:30", "UTC+5:45", "UTC−2:30", "UTC"]
