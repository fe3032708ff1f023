"""The import of calendar files: parsing, drafts, duplicates and reports."""

import codecs
import hashlib

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.ics_import import file as ics_file
from events.ics_import.drafts import (
    BODY_CUT,
    CANCELLED,
    LINK_OUT,
    MAX_BODY,
    MAX_PLACE,
    MAX_SUMMARY,
    MAX_TITLE,
    MAX_URL,
    NO_PLACE,
    NO_SUMMARY,
    NO_TITLE,
    NUMBER_OUT,
    PLACE_CUT,
    SUMMARY_CUT,
    TITLE_CUT,
)  # fmt: skip
from events.ics_import.file import NotACalendar, raw_entries
from events.models import Event, EventDate
from outcomes.models import Organisation
from tests.concurrency import all_at_once
from tests.events.helpers import calendar, entry, import_one, import_results, imported

pytestmark = pytest.mark.django_db
TAKEN = ("A training", "Draft made", [])
THERE, TWICE = ("A training", "Already there", []), ("A training", "Twice in this file", [])
CALENDAR = calendar(entry())


def refused(data):
    """Return the refusal of a file."""
    with pytest.raises(NotACalendar) as caught:
        raw_entries(data)
    return str(caught.value)


# Files


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", ics_file.EMPTY),
        (b"\xef\xbb\xbf \r\n\r\n", ics_file.EMPTY),
        (b"<!doctype html><title>A calendar</title>", ics_file.NO_CALENDAR),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", ics_file.NO_CALENDAR),
        (b"PK\x03\x04\x14\x00\x06\x00", ics_file.ZIPPED),
        (bytes(range(256)) * 40, ics_file.NO_CALENDAR),
        (b"BEGIN:VCALENDAR" * 100_000, ics_file.NO_ENTRIES),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", ics_file.NO_CALENDAR),
        (CALENDAR[:-20], ics_file.CUT_OFF),
        (CALENDAR[:120], ics_file.CUT_OFF),
        (CALENDAR.removesuffix(b"END:VCALENDAR\r\n"), ics_file.CUT_OFF),
        (calendar(), ics_file.NO_ENTRIES),
        (calendar("BEGIN:VTODO\r\nSUMMARY:A task\r\nEND:VTODO\r\n"), ics_file.NO_ENTRIES),
        (CALENDAR.decode().encode("utf-16"), ics_file.UTF_16),
        (CALENDAR.decode().encode("utf-16-le"), ics_file.UTF_16),
        (CALENDAR.decode().encode("utf-16-be"), ics_file.UTF_16),
        (CALENDAR + b" " * 2_100_000, ics_file.TOO_LARGE),
        (
            calendar("BEGIN:VEVENT\r\n" * 10_000),
            "The file has 10,000 events. At most 500 can be taken at once: export a shorter span of time.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(data, problem):
    assert refused(data) == problem


def test_a_file_has_at_most_500_events():
    assert len(raw_entries(calendar(entry() * 500))) == 500
    assert refused(calendar(entry() * 501)) == (
        "The file has 501 events. At most 500 can be taken at once: export a shorter span of time."
    )


@pytest.mark.parametrize(
    "data",
    [
        CALENDAR,
        codecs.BOM_UTF8 + CALENDAR,
        b"\r\n" + CALENDAR,
        CALENDAR.replace(b"\r\n", b"\n"),
        CALENDAR.replace(b"\r\n", b"\r"),
        CALENDAR.replace(b"\r\n", b"\r\r\n"),
        CALENDAR.replace(b"A training", b"A tra\r\n ining"),
        CALENDAR.replace(b"A training", b"A tra\n\tining"),
        CALENDAR.replace(b"A training", b"\x00A tra\x07in\x00ing"),
        CALENDAR.replace(b"SUMMARY:", b"summary;LANGUAGE=en:"),
        CALENDAR.replace(b"BEGIN:VEVENT", b"begin:vevent ").replace(b"END:", b"end:"),
        CALENDAR.replace(b"UID", b"BEGIN:VALARM\r\nSUMMARY:Soon\r\nBEGIN:X\r\nEND:X\r\nDTSTART:x\r\nEND:VALARM\r\nUID"),
        CALENDAR.replace(b"UID", b"ATTENDEE;CN=Zo\xeb:mailto:x\r\nX-ODD:\xff\r\nno line\r\n:\r\nUID"),
        CALENDAR + calendar(),
    ],
)
def test_line_ends_folds_boms_and_ignored_properties_do_not_matter(editor, data):
    assert import_results(data, editor) == [TAKEN]


def test_a_character_that_is_folded_is_joined(editor):
    event, _ = import_one("SUMMARY:Zoë", by=editor)
    data = calendar(entry("UID:2", "SUMMARY:Zoë")).replace("ë".encode(), b"\xc3\r\n \xab")
    assert [title for title, _, _ in import_results(data, editor)] == [event.title] == ["Zoë"]


def test_an_entry_that_cannot_be_read_spoils_no_other(editor):
    latin, no_end = entry("UID:2", "SUMMARY:A café of ours"), entry("UID:3").removesuffix("END:VEVENT\r\n")
    data = calendar(entry(), latin, no_end, entry("UID:4")).replace("é".encode(), "é".encode("latin-1"))
    assert import_results(data, editor) == [
        TAKEN,
        ("A caf� of ours", "Not taken", [ics_file.NO_UTF_8.format(13)]),
        ("A training", "Not taken", [ics_file.NO_END]),
        TAKEN,
    ]


def test_a_reminder_without_an_end_spoils_no_other_entry(editor):
    open_still = entry().replace("END:VEVENT", "BEGIN:VALARM\r\nEND:VEVENT")
    assert import_results(calendar(open_still, entry("UID:2")), editor) == [TAKEN, TAKEN]


@pytest.mark.parametrize(
    "inside",
    [
        "BEGIN:A\r\n" * 20_000,
        "BEGIN:VALARM\r\n" * 5_000 + "END:VALARM\r\n" * 5_000,
        "END:A\r\n" * 20_000,
        "X" * 500_000 + "\r\n",
        "CONTACT;" + "A=b;" * 100_000 + ":x\r\n",
        "SUMMARY;" + 'A="b;' * 20_000 + ":x\r\n",
        "\r\n" * 200_000,
        "EXDATE:" + "20230406T160000Z," * 5_000 + "\r\n",
    ],
)
def test_nested_long_and_malformed_content_does_no_harm(editor, inside):
    (line,) = import_results(calendar(entry().replace("END:VEVENT", f"{inside}END:VEVENT")), editor)
    assert line[:2] == ("A training", "Draft made")


# Texts


def test_the_lengths_are_those_of_the_fields():
    names = ("title", "summary", "place", "booking_url")
    assert [Event._meta.get_field(name).max_length for name in names] == [MAX_TITLE, MAX_SUMMARY, MAX_PLACE, MAX_URL]


def test_an_entry_becomes_a_draft(editor):
    event, said = import_one(
        "DESCRIPTION:What it is\\,\\nin two lines.\\n\\nSecond.\\n\\nThird\\; last.",
        "URL:https://tickets.example.org/a,b?c=d_e",
        by=editor,
    )
    assert (event.state, event.organiser.name, event.kind) == ("draft", "Survivor Alliance", "training")
    assert (event.title, event.summary, event.body) == (
        "A training",
        "What it is, in two lines.",
        "Second.\n\nThird; last.",
    )
    assert (event.place, event.is_online) == ("Town Hall, Leeds", False)
    assert event.booking_url == "https://tickets.example.org/a,b?c=d_e"
    assert EventDate.objects.get().starts == event.starts
    assert event.history.count() == 1
    assert said == []


def test_markup_is_escaped(editor):
    text = "First.\\n\\n# *One* [two](https://x.org) `three`\\n- four\\n1. five\\nhttps://x.org/a_b_c (_six_)\\n| a | b |\\n|--|--|"
    event, _ = import_one(f"DESCRIPTION:{text}", by=editor)
    link = '<a href="https://x.org/a_b_c" rel="noreferrer noopener">https://x.org/a_b_c</a>'
    inner = '<a href="https://x.org" rel="noreferrer noopener">https://x.org</a>'
    assert event.body_html.replace("<br>\n", "\n") == (
        f"<p># *One* [two]({inner}) `three`\n- four\n1. five\n{link} (_six_)\n| a | b |\n|--|--|</p>\n"
    )


def test_a_description_in_html_becomes_text(editor):
    text = (
        '<p>What it <b>is</b> &amp; was.</p><br><br>Book <a href="https://x.org/a">a place</a>.<ul><li>one<li>two</ul>'
    )
    event, _ = import_one(f"DESCRIPTION:{text}", by=editor)
    assert event.summary == "What it is & was."
    assert event.body == "Book a place (https://x.org/a).\n\\- one\n\\- two"


@pytest.mark.parametrize(
    ("lines", "fields", "remarks"),
    [
        (["SUMMARY:" + "word " * 40], {"title": "word " * 30 + "word word…"}, [TITLE_CUT]),
        (["SUMMARY:" + "w" * 160], {"title": "w" * 160}, []),
        (["SUMMARY:" + "w" * 161], {"title": "w" * 159 + "…"}, [TITLE_CUT]),
        (["SUMMARY: A\\n tra\u200bining\u202e "], {"title": "A training"}, []),
        (["DESCRIPTION"], {"summary": "", "body": ""}, [NO_SUMMARY]),
        (["DESCRIPTION:" + "w" * 300], {"summary": "w" * 300, "body": ""}, []),
        (["DESCRIPTION:" + "word " * 61], {"summary": "word " * 59 + "word…", "body": ("word " * 61).strip()}, [SUMMARY_CUT]),
        (["DESCRIPTION:What it is.\\n\\n" + "w" * MAX_BODY], {"body": "w" * (MAX_BODY - 13)}, [BODY_CUT]),
        (["DESCRIPTION:What it is.\\n\\n__________\\nMore."], {"body": "More."}, []),
        (["LOCATION"], {"place": "", "is_online": True}, [NO_PLACE]),
        (["LOCATION:Microsoft Teams Meeting"], {"place": "Microsoft Teams Meeting", "is_online": True}, []),
        (["LOCATION:" + "w" * 201], {"place": "w" * 199 + "…", "is_online": False}, [PLACE_CUT]),
        (["STATUS:CANCELLED"], {"state": "draft", "title": "A training"}, [CANCELLED]),
        (["STATUS:CONFIRMED"], {"state": "draft"}, []),
        (["URL:http://x.org/"], {"booking_url": "http://x.org/"}, []),
        (["URL:ftp://x.org/"], {"booking_url": ""}, ["Its address, 'ftp://x.org/', is no web page: give the page where people book."]),
        (["URL:javascript:alert(1)"], {"booking_url": ""}, ["Its address, 'javascript:alert(1)', is no web page: give the page where people book."]),
        (["URL:https://x.org/" + "w" * 500], {"booking_url": ""},
         [f"Its address, 'https://x.org/{'w' * 46}', is no web page: give the page where people book."]),
        (["SUMMARY:Join https://zoom.us/j/1 now"], {"title": "Join now", "is_online": True}, [LINK_OUT]),
        (["LOCATION:https://zoom.us/j/1?pwd=x"], {"place": "", "is_online": True}, [LINK_OUT]),
        (["URL:https://zoom.us/j/1"], {"booking_url": "", "place": "Town Hall, Leeds", "is_online": True}, [LINK_OUT]),
        (["DESCRIPTION:What it is.\\n\\nJoin\\nhttps://zoom.us/j/1\\nMeeting ID: 123 456 789"], {"body": "Join", "is_online": True}, [LINK_OUT]),
        (["DESCRIPTION:<p>What it is.</p><a href=\"https://zoom.us/j/1\">Join</a>"], {"body": "Join:", "is_online": True}, [LINK_OUT]),
        (["DESCRIPTION:What it is.\\nPasscode: 1x2y"], {"summary": "What it is.", "is_online": False}, [NUMBER_OUT]),
    ],
)  # fmt: skip
def test_texts_are_converted_with_remarks(editor, lines, fields, remarks):
    event, said = import_one(*lines, by=editor)
    assert {name: getattr(event, name) for name in fields} == fields
    assert said == remarks


@pytest.mark.parametrize("summary", ["SUMMARY", "SUMMARY: ", "SUMMARY:\u200b", "SUMMARY:https://zoom.us/j/1"])
def test_an_entry_without_a_title_is_not_taken(editor, summary):
    ((_, became, said),) = import_results(calendar(entry(summary)), editor)
    assert (became, said) == ("Not taken", [NO_TITLE])


# Duplicates, and entries of one series


def test_the_same_file_imported_twice_makes_no_duplicates(editor):
    data = calendar(entry(), entry("UID"), entry("UID:2", "RRULE:FREQ=WEEKLY;COUNT=3"))
    assert import_results(data, editor) == [TAKEN] * 3
    event = Event.objects.get(imported_from=hashlib.sha256(b"1@example.org\n\n").hexdigest())
    Event.objects.filter(pk=event.pk).update(title="As an editor put it", state="published")
    before = list(Event.objects.order_by("pk").values())
    report = imported(data.replace(b"What it is.", b"Other words."), editor)
    assert [str(line.outcome.label) for line in report.lines] == ["Already there", "Draft made", "Already there"]
    assert [line.event.pk for line in report.lines][::2] == [before[0]["id"], before[2]["id"]]
    assert list(Event.objects.order_by("pk").values())[:3] == before
    assert import_results(data, editor) == [THERE] * 3


def test_an_entry_that_is_twice_in_a_file_is_taken_once(editor):
    bad = entry("UID:2", "DTSTART")
    assert import_results(calendar(entry(), entry("SUMMARY:Again"), bad, entry("UID:2")), editor)[1::2] == [
        ("Again", "Twice in this file", []),
        TAKEN,
    ]
    assert Event.objects.count() == 2


def test_a_date_that_the_file_changes_is_an_event_of_its_own(editor):
    series = entry("RRULE:FREQ=WEEKLY;COUNT=4")
    changed = entry(
        "RECURRENCE-ID;TZID=Europe/London:20230406T170000",
        "DTSTART;TZID=Europe/London:20230407T090000",
        "DTEND;TZID=Europe/London:20230407T100000",
    )
    cancelled = entry("RECURRENCE-ID:20230413T160000Z", "STATUS:CANCELLED")
    data = calendar(changed, series, cancelled, changed)
    left_out = "Left out, as the file changes or cancels these dates: 6 April 2023, 13 April 2023."
    of_series = "It takes the place of 6 April 2023 in a series, which leaves that date out."
    gone = "The file cancels 13 April 2023 in a series. Is the series here already? Leave that date out of it."
    assert import_results(data, editor) == [
        ("A training", "Draft made", [of_series]),
        ("A training", "Draft made", [left_out]),
        ("A training", "Not taken", [gone]),
        TWICE,
    ]
    events = Event.objects.order_by("repeats", "starts")
    assert [(event.repeats, event.left_out.split()) for event in events] == [
        ("", []),
        ("weekly", ["2023-04-06", "2023-04-13"]),
    ]
    assert [f"{date.starts:%d %H}" for date in EventDate.objects.order_by("starts")] == ["30 16", "07 08", "20 16"]
    assert import_results(data, editor) == [THERE, THERE, ("A training", "Not taken", [gone]), THERE]


def test_a_replaced_date_says_whether_its_series_exists(editor):
    series, lost = entry("RRULE:FREQ=WEEKLY;COUNT=4"), entry("UID:2", "RECURRENCE-ID;VALUE=DATE:20230406")
    import_results(calendar(series), editor)
    changed = entry("RECURRENCE-ID;TZID=Europe/London:20230406T170000", "RRULE:FREQ=WEEKLY;COUNT=4")
    assert import_results(calendar(series, changed, lost, entry("UID:3", "RECURRENCE-ID:x", "STATUS:CANCELLED")), editor) == [
        THERE,
        ("A training", "Draft made", ["It takes the place of 6 April 2023 in a series that is here already. Leave that date out of it."]),
        ("A training", "Draft made", ["It takes the place of 6 April 2023 in a series of which nothing was taken."]),
        ("A training", "Draft made", ["It takes the place of one date in a series of which nothing was taken.", CANCELLED]),
    ]  # fmt: skip
    assert [event.repeats for event in Event.objects.order_by("pk")] == ["weekly", "", "", ""]


def test_where_the_first_date_is_changed_the_series_starts_on_the_next(editor):
    changed = entry("RECURRENCE-ID;TZID=Europe/London:20230330T170000", "SUMMARY:Changed")
    import_results(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3"), changed), editor)
    starts = Event.objects.order_by("starts").values_list("title", "starts__day", "left_out")
    assert list(starts) == [("Changed", 30, ""), ("A training", 6, "")]


def test_the_report_has_counts_and_the_import_is_logged(editor):
    report = imported(calendar(entry(), entry(), entry("UID:2", "SUMMARY")), editor)
    assert report.counts == [("Draft made", 1), ("Twice in this file", 1), ("Not taken", 1)]
    assert [line.day.isoformat() for line in report.lines] == ["2023-03-30"] * 3
    log = LogEntry.objects.get()
    assert (log.user, log.content_type.model, log.object_id, log.object_repr, log.action_flag) == (
        editor, "event", None, "import", ADDITION
    )  # fmt: skip
    assert log.change_message == report.summary == "Imported 1 draft from 3 entries"


@pytest.mark.django_db(transaction=True)
def test_one_file_imported_twice_concurrently_makes_no_duplicates(editor):
    Organisation.objects.create(name="Survivor Alliance")
    data = calendar(*(entry(f"UID:{number}") for number in range(50)))
    one, other = all_at_once(*[lambda: import_results(data, editor)] * 2)
    assert sorted(one + other) == sorted([TAKEN, THERE] * 50)
    assert Event.objects.count() == 50


# Arbitrary input


NAMES = st.sampled_from(
    ["UID", "RECURRENCE-ID", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "STATUS", "DTSTART", "DTEND", "DURATION",
     "RRULE", "RDATE", "EXRULE", "EXDATE", "BEGIN", "END"]
)  # fmt: skip
VALUES = st.sampled_from(
    ["20230330T170000", "20230330T170000Z", "20230330", "99991231T235959Z", "00010101T000000Z", "20230330T170000/PT1H",
     "170000", "P1D", "-PT1H", "P99999999999D", "FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=-1TH", "FREQ=WEEKLY;COUNT=9999999",
     "FREQ=MONTHLY;INTERVAL=12;UNTIL=99991231", "FREQ=WEEKLY;UNTIL=00010101T000000Z", "FREQ=WEEKLY;UNTIL=170000",
     "FREQ=WEEKLY;UNTIL=P1D", "20230330T170000/170000", "20230330T170000/20230330", "FREQ=;COUNT=;BYDAY=", "VEVENT", "VALARM", "VCALENDAR", "https://zoom.us/j/1", "CANCELLED",
     "<b>x</b><br>", "\\n\\n", "\\"]
)  # fmt: skip
PARAMETERS = st.sampled_from(
    ["", ";TZID=Europe/London", ";TZID=-2359", ";TZID=+99:99", ";TZID=/", ";TZID=Europe", ";VALUE=DATE", ";VALUE=TEXT",
     ";VALUE=PERIOD", ";VALUE=BINARY", ";VALUE=X", ";=", ';A="']
)  # fmt: skip
LINES = st.tuples(NAMES, PARAMETERS, VALUES | st.text(max_size=20)).map(lambda line: f"{line[0]}{line[1]}:{line[2]}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(LINES, max_size=8), st.sampled_from(["Europe/London", "Pacific/Apia", "UTC"]))
def test_any_entry_has_a_result(editor, lines, zone):
    body = "\r\n".join(["DTSTART:20230330T170000", "SUMMARY:A", *lines][:: -1 if len(lines) % 2 else 1])
    data = calendar(f"BEGIN:VEVENT\r\n{body}\r\nEND:VEVENT\r\n")
    try:
        report = imported(data, editor, zone=zone)
    except NotACalendar:
        return
    assert [line.event is not None or bool(line.remarks) or line.outcome == "twice" for line in report.lines] == [
        True
    ] * len(report.lines)


@given(st.binary(max_size=300), st.booleans())
def test_any_file_is_read_or_refused(data, begins_well):
    try:
        answer = raw_entries(b"BEGIN:VCALENDAR\n" + data if begins_well else data)
    except NotACalendar as problem:
        answer = str(problem)
    assert answer != []
