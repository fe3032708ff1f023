"""Times, zones and rules of imported calendar entries."""

from datetime import date, datetime

import pytest

from events.ics_import.drafts import ALL_DAY, ALL_LEFT_OUT, BROKEN_DAYS, IN_UTC, NO_END, NO_START
from events.ics_import.rules import FIRST_LEFT_OUT, NOT_OURS
from events.models import Event
from tests.events.helpers import calendar, entry, import_one, import_results

pytestmark = pytest.mark.django_db
LONDON, NEW_YORK = "Europe/London", "America/New_York"
FLOATING = "It names no time zone: its time was taken as that of clocks in {}."
ONLY_THERE = "Its time zone, '{}', is known to nobody but the file: its time was taken as that of clocks in London."
BY_OFFSET = "Its time zone is given as '{}': it stands here as clocks in London show it."


def hours(event):
    """Return the start and end of an event, in UTC, and its zone."""
    return f"{event.starts:%Y-%m-%d %H:%M}", f"{event.ends:%Y-%m-%d %H:%M}", event.zone


def days(event):
    """Return its dates in its own zone."""
    return [span.starts.astimezone(event.clock).strftime("%Y-%m-%d %H:%M") for span in event.spans]


@pytest.mark.parametrize(
    ("start", "end", "utc", "zone", "remarks"),
    [
        ("DTSTART;TZID=Europe/London:20230330T170000", "DURATION:PT1H", 16, LONDON, []),
        ("DTSTART;TZID=America/New_York:20230330T170000", "DURATION:PT1H", 21, NEW_YORK, []),
        ("DTSTART;TZID=Eastern Standard Time:20230330T170000", "DURATION:PT1H", 21, NEW_YORK, []),
        ('DTSTART;TZID="/citadel.org/2021_1/America/New_York":20230330T170000', "DURATION:PT1H", 21, NEW_YORK, []),
        ("DTSTART;TZID=Kim's zone:20230330T170000", "DURATION:PT1H", 16, LONDON, [ONLY_THERE.format("Kim's zone")]),
        ("DTSTART:20230330T170000", "DURATION:PT1H", 16, LONDON, [FLOATING.format("London")]),
        ("DTSTART:20230330T170000Z", "DURATION:PT1H", 17, LONDON, []),
        ("DTSTART;TZID=GMT-0500:20230330T170000", "DURATION:PT1H", 22, LONDON, [BY_OFFSET.format("GMT-0500")]),
        ("DTSTART:20230330T170000+0500", "DURATION:PT1H", 12, LONDON, [BY_OFFSET.format("+0500")]),
        ("DTSTART;TZID=Europe/London:20230330T170000", "DTEND;TZID=America/New_York:20230330T130000", 16, LONDON, []),
        ("DTSTART;TZID=America/New_York:20230330T170000", "DTEND:20230330T180000", 21, NEW_YORK, []),
    ],
)
def test_a_time_is_in_the_zone_that_it_names(editor, start, end, utc, zone, remarks):
    event, said = import_one(start, end, "DTEND" if end.startswith("DURATION") else end, by=editor)
    assert hours(event) == (f"2023-03-30 {utc}:00", f"2023-03-30 {utc + 1}:00", zone)
    assert said == remarks


def test_a_time_without_a_zone_is_of_the_zone_that_was_chosen(editor):
    event, said = import_one("DTSTART:20230330T170000", "DTEND:20230330T180000", by=editor, zone="Asia/Kolkata")
    assert hours(event) == ("2023-03-30 11:30", "2023-03-30 12:30", "Asia/Kolkata")
    assert said == [FLOATING.format("Kolkata")]


def test_definitions_of_zones_in_a_file_are_ignored(editor):
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Eastern Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:junk\r\nTZOFFSETFROM:+1400\r\n"
        "TZOFFSETTO:+9900\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    for uid in ("UID:1", "UID:2"):
        start, end = (f"DT{name};TZID=Eastern Standard Time:20230330T170000" for name in ("START", "END"))
        import_results(calendar(zone, entry(uid, start, end)), editor)
    assert [hours(event) for event in Event.objects.all()] == [("2023-03-30 21:00", "2023-03-30 21:00", NEW_YORK)] * 2


@pytest.mark.parametrize(
    ("start", "utc", "remark"),
    [
        (
            "DTSTART;TZID=Europe/London:20230326T013000",
            "2023-03-26 01:30",
            "01:30 on 26 March 2023 does not exist in London, where the clocks go forward by an hour. "
            "It could mean 00:30 GMT or 02:30 BST. Taken as 02:30 BST.",
        ),
        (
            "DTSTART;TZID=Europe/London:20231029T013000",
            "2023-10-29 00:30",
            "01:30 on 29 October 2023 comes twice in London, where the clocks go back by an hour: first as BST (UTC+1), "
            "then as GMT (UTC). Say which is meant. Taken as 01:30 BST.",
        ),
        ("DTSTART:20231029T013000Z", "2023-10-29 01:30", None),
        ("DTSTART:20231029T013000+0000", "2023-10-29 01:30", BY_OFFSET.format("+0000")),
    ],
)
def test_a_start_that_is_skipped_or_comes_twice_follows_the_standard(editor, start, utc, remark):
    event, said = import_one(start, "DTEND", "DURATION:PT1H", by=editor)
    assert f"{event.starts:%Y-%m-%d %H:%M}" == utc
    assert said == ([remark] if remark else [])


@pytest.mark.parametrize(
    ("duration", "ends"),
    [("PT25H", "2023-03-26 16:00"), ("P1D", "2023-03-26 14:00"), ("P1W", "2023-04-01 14:00"), ("PT90M", "2023-03-25 16:30")],
)  # fmt: skip
def test_days_are_calendar_days_and_hours_are_exact(editor, duration, ends):
    event, _ = import_one("DTSTART;TZID=Europe/London:20230325T150000", "DTEND", f"DURATION:{duration}", by=editor)
    assert f"{event.ends:%Y-%m-%d %H:%M}" == ends


@pytest.mark.parametrize(
    ("lines", "remark"),
    [
        (["DTEND"], NO_END),
        (["DTEND:20230399T170000"], "Its end, '20230399T170000', is no time that can be meant: its start was taken for it."),
        (["DTEND;VALUE=DATE:20230331"], "Its end, '20230331', is no time that can be meant: its start was taken for it."),
        (["DTEND:99990101T000000Z"], "Its end, '99990101T000000Z', is no time that can be meant: its start was taken for it."),
        (["DTEND", "DURATION:P100000D"], "Its end, 'P100000D', is no time that can be meant: its start was taken for it."),
        (["DTEND", "DURATION:P9999999999W"], "Its end, 'P9999999999W', is no time that can be meant: its start was taken for it."),
    ],
)  # fmt: skip
def test_an_end_that_is_missing_or_broken_is_the_start(editor, lines, remark):
    event, said = import_one(*lines, by=editor)
    assert hours(event)[:2] == ("2023-03-30 16:00", "2023-03-30 16:00")
    assert said == [remark]


@pytest.mark.parametrize(
    ("lines", "remark"),
    [
        (["DTSTART"], NO_START),
        (["DTSTART;VALUE=DATE:20230330"], ALL_DAY),
        (["DTSTART:20230230T170000"], "Its start, '20230230T170000', is no time that can be meant. Add it by hand."),
        (["DTSTART:00010101T000000Z"], "Its start, '00010101T000000Z', is no time that can be meant. Add it by hand."),
        (["DTSTART:99991231T235959"], "Its start, '99991231T235959', is no time that can be meant. Add it by hand."),
        (["DTSTART;VALUE=DATE:99991231"], "Its start, '99991231', is no time that can be meant. Add it by hand."),
        (["DTSTART:P1D"], "Its start, 'P1D', is no time that can be meant. Add it by hand."),
        (["DTSTART;VALUE=PERIOD:20230330T170000Z/PT1H"],
         "Its start, '20230330T170000Z/PT1H', is no time that can be meant. Add it by hand."),
        (["DTSTART:20230330T170000/170000"], "Its start, '20230330T170000/170000', is no time that can be meant. Add it by hand."),
        (["DTEND;TZID=Europe/London:20230330T160000"],
         "It ends (30 March 2023, 16:00 BST) before it starts (30 March 2023, 17:00 BST). Ask the organiser, then add it by hand."),
        (["DTEND", "DURATION:-PT1H"],
         "It ends (30 March 2023, 16:00 BST) before it starts (30 March 2023, 17:00 BST). Ask the organiser, then add it by hand."),
    ],
)  # fmt: skip
def test_an_entry_without_a_time_is_not_taken(editor, lines, remark):
    assert import_results(calendar(entry(*lines)), editor) == [("A training", "Not taken", [remark])]
    assert not Event.objects.exists()


def rule(event):
    return event.repeats, event.repeats_every, event.repeats_until, event.left_out.split()


@pytest.mark.parametrize(
    ("rrule", "kept"),
    [
        ("FREQ=WEEKLY;COUNT=4", ("weekly", 1, date(2023, 4, 20), [])),
        ("FREQ=WEEKLY;BYDAY=TH;WKST=SU;COUNT=4", ("weekly", 1, date(2023, 4, 20), [])),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4", ("weekly", 2, date(2023, 5, 11), [])),
        ("FREQ=WEEKLY;UNTIL=20230413", ("weekly", 1, date(2023, 4, 13), [])),
        ("FREQ=WEEKLY;UNTIL=20230413T160000Z", ("weekly", 1, date(2023, 4, 13), [])),
        ("FREQ=WEEKLY;UNTIL=20230413T155959Z", ("weekly", 1, date(2023, 4, 12), [])),
        ("FREQ=MONTHLY;COUNT=3", ("day", 1, date(2023, 5, 30), [])),
        ("FREQ=MONTHLY;BYMONTHDAY=30;COUNT=3", ("day", 1, date(2023, 5, 30), [])),
        ("FREQ=MONTHLY;BYDAY=-1TH;COUNT=3", ("last", 1, date(2023, 5, 25), [])),
    ],
)
def test_rules_by_the_week_and_the_month_are_taken(editor, rrule, kept):
    event, said = import_one(f"RRULE:{rrule}", by=editor)
    assert rule(event) == kept
    assert said == []
    assert event.dates.count() == len(event.spans) > 1


def test_a_rule_by_the_weekday_of_the_month_is_taken(editor):
    start, end = (f"DT{name};TZID=Europe/London:20230314T170000" for name in ("START", "END"))
    event, said = import_one(start, end, "RRULE:FREQ=MONTHLY;BYDAY=+2TU;COUNT=3", by=editor)
    assert rule(event) == ("weekday", 1, date(2023, 5, 9), [])
    assert days(event) == ["2023-03-14 17:00", "2023-04-11 17:00", "2023-05-09 17:00"]
    assert said == []


@pytest.mark.parametrize(
    "lines",
    [
        ["RRULE:FREQ=DAILY;COUNT=4"],
        ["RRULE:FREQ=YEARLY"],
        ["RRULE:FREQ=WEEKLY;BYDAY=TH,FR;COUNT=4"],
        ["RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=4"],
        ["RRULE:FREQ=WEEKLY;INTERVAL=13;COUNT=4"],
        ["RRULE:FREQ=WEEKLY;INTERVAL=0"],
        ["RRULE:FREQ=WEEKLY;COUNT=-1"],
        ["RRULE:FREQ=MONTHLY;BYDAY=TH;BYSETPOS=-1;COUNT=3"],
        ["RRULE:FREQ=MONTHLY;BYDAY=TH;COUNT=3"],
        ["RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=3"],
        ["RRULE:FREQ=MONTHLY;BYMONTHDAY=1,30;COUNT=3"],
        ["RRULE:FREQ=MONTHLY;BYMONTH=3"],
        ["RRULE:FREQ=WEEKLY;BYHOUR=9"],
        ["RRULE:FREQ=WEEKLY;COUNT=x"],
        ["RRULE:"],
        ["RRULE:FREQ=WEEKLY", "RRULE:FREQ=MONTHLY"],
        ["RRULE:FREQ=WEEKLY;COUNT=4", "RDATE:20230501T160000Z"],
        ["RRULE:FREQ=WEEKLY;COUNT=4", "EXRULE:FREQ=MONTHLY"],
        ["RDATE;TZID=Europe/London:20230501T170000"],
    ],
)
def test_of_any_other_rule_the_first_date_is_taken(editor, lines):
    event, said = import_one(*lines, by=editor)
    assert rule(event) == ("", 1, None, [])
    assert (days(event), said) == (["2023-03-30 17:00"], [NOT_OURS])


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["RRULE:FREQ=MONTHLY;BYDAY=5TH;COUNT=3"], "A month seldom has a fifth Thursday. Choose the last such weekday."),
        (["RRULE:FREQ=WEEKLY;COUNT=3", "DTEND;TZID=Europe/London:20230408T170000"],
         "It lasts longer than it takes until it begins again."),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_used_is_dropped_with_a_remark(editor, lines, problem):
    event, said = import_one(*lines, by=editor)
    assert rule(event) == ("", 1, None, [])
    assert said == [f"Only its first date was taken. {problem}"]


def test_the_last_weekday_of_a_month_has_to_be_that_of_the_start(editor):
    start, end = (f"DT{name};TZID=Europe/London:20230323T170000" for name in ("START", "END"))
    event, said = import_one(start, end, "RRULE:FREQ=MONTHLY;BYDAY=-1TH;COUNT=3", by=editor)
    assert (rule(event), days(event)) == (("", 1, None, []), ["2023-03-23 17:00"])
    problem = "23 March 2023 is not the last Thursday of its month. Choose another rule or another start."
    assert said == [f"Only its first date was taken. {problem}"]


def test_a_rule_without_end_is_taken_for_a_year(editor):
    event, said = import_one("RRULE:FREQ=WEEKLY", by=editor)
    assert rule(event) == ("weekly", 1, date(2024, 3, 30), [])
    assert said == ["It repeats without an end: taken up to 30 March 2024. Choose its last day."]


@pytest.mark.parametrize("end", ["COUNT=106", "COUNT=99999", "UNTIL=20250403", "UNTIL=99991231T235959Z"])
def test_a_long_rule_is_cut_to_the_last_date_that_fits(editor, end):
    event, said = import_one(f"RRULE:FREQ=WEEKLY;{end}", by=editor)
    assert (len(days(event)), rule(event)) == (105, ("weekly", 1, date(2025, 3, 27), []))
    assert said == ["It has more than 105 dates: taken up to 27 March 2025, the last that fits."]


@pytest.mark.parametrize("end", ["COUNT=105", "UNTIL=20250402"])
def test_a_rule_that_just_fits_is_whole(editor, end):
    event, said = import_one(f"RRULE:FREQ=WEEKLY;{end}", by=editor)
    assert (len(days(event)), said) == (105, [])


@pytest.mark.parametrize("end", ["COUNT=1", "UNTIL=20230330T000000Z", "UNTIL=20200101", "UNTIL=00010101T000000Z"])
def test_a_rule_of_one_date_is_a_single_date(editor, end):
    event, said = import_one(f"RRULE:FREQ=WEEKLY;{end}", by=editor)
    assert (rule(event), said) == (("", 1, None, []), [])


def test_days_that_a_file_leaves_out_are_left_out(editor):
    event, said = import_one(
        "RRULE:FREQ=WEEKLY;COUNT=6",
        "EXDATE;TZID=Europe/London:20230406T170000",
        "EXDATE:20230413T160000Z,20230401T160000Z",
        "EXDATE;VALUE=DATE:20230420",
        by=editor,
    )
    assert rule(event) == ("weekly", 1, date(2023, 5, 4), ["2023-04-06", "2023-04-13", "2023-04-20"])
    assert days(event) == ["2023-03-30 17:00", "2023-04-27 17:00", "2023-05-04 17:00"]
    assert said == []


def test_a_day_left_out_is_that_of_the_events_own_clocks(editor):
    start, end = (f"DT{name};TZID=Europe/London:20230331T003000" for name in ("START", "END"))
    event, _ = import_one(start, end, "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20230406T233000Z", by=editor)
    assert rule(event) == ("weekly", 1, date(2023, 4, 14), ["2023-04-07"])


def test_where_the_first_date_is_left_out_it_starts_on_the_next(editor):
    start, end = (f"DT{name};TZID=Europe/London:20230316T{hour}0000" for name, hour in (("START", 17), ("END", 18)))
    left_out = "EXDATE;TZID=Europe/London:20230316T170000,20230330T170000"
    event, said = import_one(start, end, "RRULE:FREQ=WEEKLY;COUNT=4", left_out, by=editor)
    assert hours(event) == ("2023-03-23 17:00", "2023-03-23 18:00", LONDON)
    assert rule(event) == ("weekly", 1, date(2023, 4, 6), ["2023-03-30"])
    assert (days(event), said) == (["2023-03-23 17:00", "2023-04-06 17:00"], [])


def test_where_one_date_remains_it_takes_place_once(editor):
    event, _ = import_one("RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=Europe/London:20230330T170000", by=editor)
    assert (rule(event), days(event)) == (("", 1, None, []), ["2023-04-06 17:00"])


def test_what_leaves_out_all_its_dates_is_not_taken(editor):
    lines = ["RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=Europe/London:20230330T170000,20230406T170000"]
    assert import_results(calendar(entry(*lines)), editor) == [("A training", "Not taken", [ALL_LEFT_OUT])]


def test_an_unreadable_left_out_date_has_a_remark(editor):
    _, said = import_one("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20230406", "EXDATE:next week", by=editor)
    assert said == [BROKEN_DAYS]


def test_a_left_out_first_date_of_an_unknown_rule_has_a_remark(editor):
    _, said = import_one("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Europe/London:20230330T170000", by=editor)
    assert said == [NOT_OURS, FIRST_LEFT_OUT]


def test_a_series_in_utc_stays_in_utc(editor):
    event, said = import_one(
        "DTSTART:20230323T170000Z", "DTEND", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2", by=editor
    )
    assert (event.zone, days(event)) == ("UTC", ["2023-03-23 17:00", "2023-03-30 17:00"])
    assert said == [IN_UTC]


def test_a_single_date_of_a_series_in_utc_gets_the_chosen_zone(editor):
    event, said = import_one("DTSTART:20230330T170000Z", "DTEND", "DURATION:PT1H", "RRULE:FREQ=DAILY", by=editor)
    assert hours(event) == ("2023-03-30 17:00", "2023-03-30 18:00", LONDON)
    assert said == [NOT_OURS]


def test_the_hour_stays_when_clocks_change(editor):
    start, end = (f"DT{name};TZID=Europe/London:20230323T170000" for name in ("START", "END"))
    event, _ = import_one(start, end, "RRULE:FREQ=WEEKLY;COUNT=2", by=editor)
    assert [f"{span.starts:%d %H}" for span in event.spans] == ["23 17", "30 16"]
    assert event.over_at == datetime.fromisoformat("2023-03-30T16:00Z")
