"""The time check, on statements with known results."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events.stated_time import read
from events.time_check import check_stated_time
from events.time_findings import Kind, Verdict
from events.zone_names import ABBREVIATIONS, city, meanings, zone_called

LONDON, NEW_YORK, KOLKATA = "Europe/London", "America/New_York", "Asia/Kolkata"
ADELAIDE, AUCKLAND, DUBLIN, ACCRA = "Australia/Adelaide", "Pacific/Auckland", "Europe/Dublin", "Africa/Accra"
AFTER = date(2027, 1, 1)

# What was written, the event as it was entered (day, zone, start to end), and the middle of the public note:
# whom it quotes, and what it says of that. No note: it agrees.
LABELLED = [
    # The event of the newsletter's Week 5.
    (
        "5 to 6:30pm GMT / 12 to 1:30pm EST", "2023-03-30", LONDON, "17:00-18:30",
        "5pm GMT and 12pm EST. London was on BST and New York on EDT that day, so the time could be an hour later",
    ),
    (
        "5 to 6:30pm GMT / 12 to 1:30pm EST", "2023-03-30", LONDON, "18:00-19:30",
        "5pm GMT and 12pm EST. London was on BST and New York on EDT that day, so the time could be an hour earlier",
    ),
    ("5 to 6:30pm BST / 12 to 1:30pm EDT", "2023-03-30", LONDON, "17:00-18:30", ""),
    ("Thursday 30 March, 5 p.m. (London)", "2023-03-30", LONDON, "17:00-18:30", ""),
    ("17:00–18:30 BST", "2023-03-30", LONDON, "17:00-18:30", ""),
    ("5pm UK time", "2023-03-30", LONDON, "17:00-18:30", ""),
    ("noon Eastern", "2023-03-30", LONDON, "17:00-18:30", ""),
    ("1700 hrs", "2023-03-30", LONDON, "17:00-18:30", ""),
    ("16:00 UTC", "2023-03-30", LONDON, "17:00-18:30", ""),
    ("12:00 UTC−4", "2023-03-30", LONDON, "17:00-18:30", ""),
    ("5pm BST, 6pm CEST, 9.30pm in India", "2023-03-30", LONDON, "17:00-18:30", ""),
    ("5pm EDT", "2023-03-30", LONDON, "17:00-18:30", "5pm EDT. This is not the time shown here, so the time could be 5 hours later"),
    (
        "5pm BST / 1pm EDT", "2023-03-30", LONDON, "17:00-18:30",
        "5pm BST and 1pm EDT. These are not the same moment, so the time could be an hour later",
    ),
    ("10.30am CET", "2023-03-30", "Europe/Berlin", "10:30-12:00", "10.30am CET. Berlin was on CEST that day, so the time could be an hour later"),
    # Winter: the same text is right.
    ("5 to 6:30pm GMT / 12 to 1:30pm EST", "2023-02-02", LONDON, "17:00-18:30", ""),
    ("5pm BST", "2023-02-02", LONDON, "17:00-18:00", "5pm BST. London was on GMT that day, so the time could be an hour earlier"),
    ("10.30am CET", "2023-02-02", "Europe/Berlin", "10:30-12:00", ""),
    ("10.30am CEST", "2023-02-02", "Europe/Berlin", "10:30-12:00", "10.30am CEST. Berlin was on CET that day, so the time could be an hour earlier"),
    ("noon EDT", "2023-02-02", NEW_YORK, "12:00-13:00", "noon EDT. New York was on EST that day, so the time could be an hour earlier"),
    # The clocks in London: 26 March and 29 October 2023, 29 March and 25 October 2026.
    ("2pm GMT", "2023-03-25", LONDON, "14:00-15:00", ""),
    ("2pm GMT", "2023-03-26", LONDON, "14:00-15:00", "2pm GMT. London was on BST that day, so the time could be an hour later"),
    ("2pm BST", "2023-10-28", LONDON, "14:00-15:00", ""),
    ("2pm BST", "2023-10-29", LONDON, "14:00-15:00", "2pm BST. London was on GMT that day, so the time could be an hour earlier"),
    ("2pm GMT", "2026-03-28", LONDON, "14:00-15:00", ""),
    ("2pm GMT", "2026-03-29", LONDON, "14:00-15:00", "2pm GMT. London was on BST that day, so the time could be an hour later"),
    ("2pm BST", "2026-10-24", LONDON, "14:00-15:00", ""),
    ("2pm BST", "2026-10-25", LONDON, "14:00-15:00", "2pm BST. London was on GMT that day, so the time could be an hour earlier"),
    ("0:30am GMT", "2026-03-29", LONDON, "00:30-00:45", ""),
    # In New York: 12 March and 5 November 2023, 8 March and 1 November 2026.
    ("2pm EST", "2023-03-11", NEW_YORK, "14:00-15:00", ""),
    ("2pm EST", "2023-03-12", NEW_YORK, "14:00-15:00", "2pm EST. New York was on EDT that day, so the time could be an hour later"),
    ("2pm EDT", "2023-11-04", NEW_YORK, "14:00-15:00", ""),
    ("2pm EDT", "2023-11-05", NEW_YORK, "14:00-15:00", "2pm EDT. New York was on EST that day, so the time could be an hour earlier"),
    ("2pm EST", "2026-03-07", NEW_YORK, "14:00-15:00", ""),
    ("2pm EST", "2026-03-08", NEW_YORK, "14:00-15:00", "2pm EST. New York was on EDT that day, so the time could be an hour later"),
    ("2pm EDT", "2026-10-31", NEW_YORK, "14:00-15:00", ""),
    ("2pm EDT", "2026-11-01", NEW_YORK, "14:00-15:00", "2pm EDT. New York was on EST that day, so the time could be an hour earlier"),
    # The weeks in between: four hours apart instead of five.
    ("5pm GMT / 1pm EDT", "2023-03-16", LONDON, "17:00-18:00", ""),
    (
        "5pm GMT / 12pm EDT", "2023-03-16", LONDON, "17:00-18:00",
        "5pm GMT and 12pm EDT. These are not the same moment, so the time could be an hour earlier",
    ),
    ("5pm GMT / 12pm EST", "2023-03-16", LONDON, "17:00-18:00", "12pm EST. New York was on EDT that day, so the time could be an hour earlier"),
    ("5pm London, 1pm New York", "2023-11-02", LONDON, "17:00-18:00", ""),
    ("London: 5pm, New York: 1pm", "2026-03-19", LONDON, "17:00-18:00", ""),
    ("5pm GMT (1pm EDT)", "2026-10-28", LONDON, "17:00-18:00", ""),
    ("5pm UK / noon ET", "2026-10-28", LONDON, "17:00-18:00", "5pm UK and noon ET. These are not the same moment, so the time could be an hour earlier"),
    # Half and three-quarter hours; the southern hemisphere.
    ("6pm IST", "2023-03-30", KOLKATA, "18:00-19:00", ""),
    ("1.30pm BST / 6pm IST", "2023-03-30", LONDON, "13:30-14:30", ""),
    ("18:00 UTC+5:30", "2023-03-30", KOLKATA, "18:00-19:00", ""),
    ("18:15 Kathmandu time, 12:30 GMT", "2023-01-12", "Asia/Kathmandu", "18:15-19:00", ""),
    ("3pm ACST", "2023-07-06", ADELAIDE, "15:00-16:00", ""),
    ("3pm ACST", "2023-01-12", ADELAIDE, "15:00-16:00", "3pm ACST. Adelaide was on ACDT that day, so the time could be an hour later"),
    ("3pm Adelaide / 2pm Brisbane", "2023-07-06", ADELAIDE, "15:00-16:00", "3pm Adelaide and 2pm Brisbane. These are not the same moment, so the time could be an hour and a half earlier"),
    ("9am AEST Friday 7 July / midnight BST", "2023-07-07", "Australia/Sydney", "09:00-10:00", ""),
    ("9am AEST", "2023-12-07", "Australia/Brisbane", "09:00-10:00", ""),
    ("9am AEST", "2023-12-07", "Australia/Sydney", "09:00-10:00", "9am AEST. Sydney was on AEDT that day, so the time could be an hour later"),
    ("7pm NZST", "2023-01-12", AUCKLAND, "19:00-20:00", "7pm NZST. Auckland was on NZDT that day, so the time could be an hour later"),
    ("7pm NZDT on Thursday, 6am GMT", "2023-01-12", AUCKLAND, "19:00-20:00", ""),
    ("8am on 13 January NZDT", "2023-01-12", LONDON, "19:00-20:00", ""),
    # Zones with one abbreviation all year, and abbreviations with several meanings.
    ("5pm GMT", "2023-07-06", ACCRA, "17:00-18:00", ""),
    ("5pm GMT", "2023-07-06", "Atlantic/Reykjavik", "17:00-18:00", ""),
    ("5pm MST", "2023-07-06", "America/Phoenix", "17:00-18:00", ""),
    ("5pm MST", "2023-07-06", "America/Denver", "17:00-18:00", "5pm MST. Denver was on MDT that day, so the time could be an hour later"),
    ("5pm EST", "2023-07-06", "America/Jamaica", "17:00-18:00", ""),
    ("5pm EST/EDT", "2023-07-06", NEW_YORK, "17:00-18:00", ""),
    ("5pm GMT/BST", "2023-07-06", LONDON, "17:00-18:00", ""),
    ("5pm London (GMT)", "2023-07-06", LONDON, "17:00-18:00", "5pm GMT. London was on BST that day, so the time could be an hour later"),
    ("9am PST", "2023-07-06", "America/Los_Angeles", "09:00-10:00", "9am PST. Los Angeles was on PDT that day, so the time could be an hour later"),
    ("9am PST", "2023-07-06", "Asia/Manila", "09:00-10:00", ""),
    ("10am CST", "2023-07-06", "Asia/Shanghai", "10:00-11:00", ""),
    ("10am CST", "2023-07-06", "America/Chicago", "10:00-11:00", "10am CST. Chicago was on CDT that day, so the time could be an hour later"),
    ("6pm IST", "2023-07-06", DUBLIN, "18:00-19:00", ""),
    ("6pm IST", "2023-01-12", DUBLIN, "18:00-19:00", "6pm IST. Dublin was on GMT that day, so the time could be an hour earlier"),
    ("5pm WET", "2023-07-06", "Europe/Lisbon", "17:00-18:00", "5pm WET. Lisbon was on WEST that day, so the time could be an hour later"),
    ("5pm EET", "2023-07-06", "Europe/Athens", "17:00-18:00", "5pm EET. Athens was on EEST that day, so the time could be an hour later"),
    ("5pm EEST", "2023-07-06", "Europe/Kyiv", "17:00-18:00", ""),
    ("5pm GST", "2023-07-06", "Asia/Dubai", "17:00-18:00", ""),
    ("2pm SAST, 1pm BST", "2023-07-06", LONDON, "13:00-14:00", ""),
    (
        "6pm IST", "2023-07-06", LONDON, "12:00-13:00",
        "6pm IST. IST can mean the time in Kolkata, Dublin or Jerusalem, so the time could be an hour and a half later, 4 hours later, 5 hours later or 6 hours later",
    ),
    (
        "6pm IST", "2023-03-30", LONDON, "17:00-18:00",  # not taken for Israel's, which is out of use
        "6pm IST. IST can mean the time in Kolkata, Dublin or Jerusalem, so the time could be an hour earlier, an hour later or 3 and a half hours earlier",
    ),
    # Other days, and times that the clocks skip or show twice.
    ("Friday 30 March, 5pm", "2023-03-30", LONDON, "17:00-18:00", "!"),
    ("11:30pm BST", "2023-07-06", LONDON, "00:30-01:00", "11:30pm BST. This is not the time shown here, so the time could be an hour earlier"),
    ("30/03/2023 17:00", "2023-03-30", LONDON, "17:00-18:00", ""),
    ("03/31/23 17:00", "2023-03-30", LONDON, "17:00-18:00", "!"),
    ("March 30th, 5 o'clock", "2023-03-30", LONDON, "17:00-18:00", ""),
    ("1:30am London", "2026-03-29", LONDON, "02:30-03:00", "1:30am London. The clocks in London leave this time out that day, so the time could be an hour earlier"),
    ("1:30am London", "2026-10-25", LONDON, "01:30-03:00", "1:30am London. This time comes twice in London that day, so the time could be an hour later"),
    ("1:30am BST", "2026-10-25", LONDON, "01:30-03:00", ""),
    ("2:30am ET", "2023-03-12", NEW_YORK, "03:30-04:00", "2:30am ET. The clocks in New York leave this time out that day, so the time could be an hour earlier"),
]  # fmt: skip
ANOTHER_DAY = "The day that the organiser wrote is not the day shown here. Check with the organiser."


def entered(day, zone, span):
    starts, ends = (
        datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone)) for clock in span.split("-")
    )
    return {"starts": starts.astimezone(UTC), "ends": ends.astimezone(UTC), "zone": ZoneInfo(zone)}


def check(text, day="2023-03-30", zone=LONDON, span="17:00-18:30", today=AFTER):
    return check_stated_time(text, **entered(day, zone, span), today=today)


def result(statement, day, zone, span):
    found = check(statement, day, zone, span)
    return found.verdict, found.public_note


def expected(middle):
    if not middle:
        return Verdict.AGREES, ""
    note = ANOTHER_DAY if middle == "!" else f"The organiser wrote {middle}. Check with the organiser."
    return Verdict.CONFLICT, note


def test_all_labelled_statements_have_the_expected_result():
    wrong = [(row[:4], result(*row[:4]), row[4]) for row in LABELLED if result(*row[:4]) != expected(row[4])]
    assert wrong == []
    assert len({row[:4] for row in LABELLED}) == len(LABELLED) == 86
    assert Counter(bool(row[4]) for row in LABELLED) == {True: 38, False: 48}


def test_the_editor_sees_both_readings_and_which_one_was_entered():
    assert check("5pm GMT").editor_sentences == (
        "5pm GMT: London was on BST (UTC+1) on 30 March 2023, not on GMT. Read as GMT it begins at 18:00 in London; "
        "read as London's own time it begins at 17:00 in London, as entered.",
    )
    assert check("12pm EST", span="18:00-19:30").editor_sentences == (
        "12pm EST: New York was on EDT (UTC−4) on 30 March 2023, not on EST. Read as EST it begins at 13:00 in New York "
        "(18:00 in London), as entered; read as New York's own time it begins at 12:00 in New York (17:00 in London).",
    )


def test_a_future_day_has_the_present_tense():
    note = "The organiser wrote 5pm GMT. London is on BST that day, so the time could be an hour later. Check with the organiser."
    assert [check("5pm GMT", today=day).public_note for day in (date(2023, 3, 1), date(2023, 3, 30))] == [note, note]


def test_an_abbreviation_that_only_the_start_resolves_is_for_the_editor():
    found = check("6pm IST", span="13:30-14:30")
    assert (found.verdict, found.kinds, found.public_note) == (Verdict.LOOK, {Kind.AMBIGUOUS}, "")
    assert found.editor_sentences == (
        "6pm IST: IST can mean the time in Kolkata, Dublin or Jerusalem. Read as IST it begins at 18:00 in Kolkata (13:30 "
        "in London), as entered; read as IST it begins at 18:00 in Dublin; read as IST it begins at 19:00 in Jerusalem "
        "(17:00 in London); read as Jerusalem's own time it begins at 18:00 in Jerusalem (16:00 in London).",
    )


def test_another_end_is_a_finding_for_the_editor():
    found = check("5 to 7pm BST")
    assert (found.verdict, found.public_note) == (Verdict.LOOK, "")
    assert found.editor_sentences == ("5pm BST: it ends at 19:00 BST as written, and at 18:30 in London here.",)
    three_days = {**entered("2023-03-30", LONDON, "09:00-17:00")}
    three_days["ends"] += timedelta(days=2)
    assert check_stated_time("9am to 5pm", **three_days, today=AFTER).verdict == Verdict.AGREES
    assert check_stated_time("9am to 5pm", **{**three_days, "ends": None}, today=AFTER).verdict == Verdict.AGREES


@pytest.mark.parametrize("text", ["hello", "GMT / EST", "25:00 GMT", "5-6 BST", "see the website", "$50", "٣", "13am"])
def test_unreadable_text_never_agrees(text):
    found = check(text)
    assert (found.verdict, found.public_note, found.statement.readings) == (Verdict.NOT_READ, "", ())
    assert found.editor_sentences == ("No time could be read in the organiser's words, so nothing was checked.",)


def test_a_part_that_cannot_be_read_is_named():
    assert check("5pm BST, room 12").verdict == Verdict.NOT_READ
    assert check("5pm BST, room 12").editor_sentences == ("Not all of the organiser's words could be read: '12'.",)
    assert check("5pm XST").editor_sentences == ("5pm XST: no zone is known as 'XST', so this was not checked.",)
    assert check("5pm XST").verdict == check("5pm UTC+25").verdict == Verdict.NOT_READ
    assert check(" \n").verdict == Verdict.NOTHING_STATED


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("5 to 6:30pm", "17:00", "18:30"), ("11 to 1pm", "11:00", "13:00"), ("12 to 1:30pm", "12:00", "13:30"),
        ("10 to 12am", "22:00", "00:00"), ("10am - 1", "10:00", "13:00"), ("9 to 5pm", "09:00", "17:00"),
        ("from 5.30 p.m. until 7 p.m.", "17:30", "19:00"), ("17h30 – 18h30", "17:30", "18:30"),
        ("1700-1830 GMT", "17:00", "18:30"), ("5pm GMT to 6pm GMT", "17:00", "18:00"), ("17:00pm", "17:00", None),
        ("12am", "00:00", None), ("12 noon", "12:00", None), ("24:00", "00:00", None), ("５ｐｍ", "17:00", None),
        ("22:00 to 01:00", "22:00", "01:00"), ("2023-03-30T17:00Z", "17:00", None), ("5\u00a0pm", "17:00", None),
        ("1 hour, 5pm", "17:00", None), ("US$50, 5pm", "17:00", None), ("5pm GMT -6:30pm", "17:00", "18:30"),
    ],
)  # fmt: skip
def test_spellings_of_times(text, start, end):
    first, *others = read(text).readings
    shown = first.end and f"{first.end:%H:%M}"
    assert (f"{first.start:%H:%M}", shown, others) == (start, end, [])


@pytest.mark.parametrize(
    ("phrase", "named"),
    [
        ("GMT", "GMT"), ("bst", "BST"), ("eat", None), ("EAT", "EAT"), ("Greenwich Mean Time", "GMT"),
        ("UK", LONDON), ("Adelaide", ADELAIDE), ("adelaide", None), ("New York", NEW_YORK), ("Sao Paulo", "America/Sao_Paulo"),
        ("Victoria", None), ("us eastern", NEW_YORK), ("utc", "UTC"), ("Narnia", None),
    ],
)  # fmt: skip
def test_names_of_zones(phrase, named):
    assert zone_called(phrase) == named


def test_a_zone_belongs_to_its_time():
    written = [
        (reading.start, reading.label, reading.group) for reading in read("GMT 17:00, 12pm New York (EDT)").readings
    ]
    assert written == [(time(17), "GMT", 0), (time(12), "New York", 1), (time(12), "EDT", 1)]
    both = read("5pm GMT - noon EST").readings
    assert [(reading.start, reading.end, reading.zone) for reading in both] == [
        (time(17), None, "GMT"),
        (time(12), None, "EST"),
    ]
    assert [reading.zone for reading in read("17:00 Europe/Kyiv").readings] == ["Europe/Kyiv"]


def test_the_abbreviations_are_those_of_the_time_zone_database():
    months = [datetime(2023, month, 15, 12, tzinfo=UTC) for month in range(1, 13)]
    for letters, uses in ABBREVIATIONS.items():
        for key, hours in uses:
            days = [day.astimezone(ZoneInfo(key)) for day in months]
            offsets = {day.utcoffset() for day in days if not day.tzname().isalpha() or day.tzname() == letters}
            assert (letters, key, offsets) == (letters, key, {timedelta(hours=hours)})


def test_the_events_own_zone_comes_before_the_table():
    def cities(letters, home):
        return [city(meaning.zone) for meaning in meanings(letters, home=ZoneInfo(home), year=2023)]

    assert cities("IST", LONDON) == ["Kolkata", "Dublin", "Jerusalem"]
    assert cities("IST", DUBLIN) == ["Dublin"]
    assert cities("SST", "Pacific/Pago_Pago") == ["Pago Pago"]
    assert cities("SST", LONDON) == []


PIECES = [
    "5",
    "pm",
    " ",
    "to",
    "-",
    ":",
    "30",
    "GMT",
    "EST",
    "/",
    ",",
    "London",
    "New",
    "York",
    "2023",
    "March",
    "Z",
    "IST",
    "UTC+",
    "\n",
]
TEXTS = st.text(max_size=500) | st.lists(st.sampled_from(PIECES), max_size=120).map(lambda parts: "".join(parts)[:500])


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from([LONDON, NEW_YORK, KOLKATA, ADELAIDE, "Pacific/Apia"]))
@example("5pm IST " * 62, LONDON)
@example("\ufdfa" * 500, LONDON)
def test_any_text_is_accepted(text, zone):
    found = check(text, day="2026-03-29", zone=zone)
    assert bool(found.public_note) == (found.verdict == Verdict.CONFLICT)
    assert (found.verdict == Verdict.NOTHING_STATED) == (not text.strip())
    assert found.statement.readings or found.verdict in {Verdict.NOTHING_STATED, Verdict.NOT_READ, Verdict.CONFLICT}


def seconds(text):
    def once():
        begun = process_time()
        check(text)
        return process_time() - begun

    return min(once() for _ in range(7))


@pytest.mark.parametrize(
    "piece",
    ["5pm IST ", "5 to ", "5", "A", "New York ", " ", "UTC+", "30 March ", "Africa/", "5pm GMT - ", "12:", "5pm EST/EDT ", "London ", "1:"],
)  # fmt: skip
def test_parsing_takes_linear_time(piece):
    """Eight times the text takes about eight times as long; quadratic time would be sixty-four times."""
    assert seconds((piece * 4000)[:4000]) < 40 * max(seconds((piece * 500)[:500]), 0.0005)
