"""Recurring events in lists, on pages, in calendars and in the admin."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from dateutil.rrule import rrulestr
from dateutil.tz import tzical
from django.db import IntegrityError, transaction
from icalendar import Calendar

from events.actions import save_event
from events.models import Event
from tests.events.conftest import NOW, make_event
from tests.events.helpers import ADD, errors, text_of, titles, typed
from tests.people import sign_in

pytestmark = pytest.mark.django_db
DATES = [datetime(2023, *day, tzinfo=UTC) for day in ((3, 23, 17), (3, 30, 16), (4, 13, 16))]


@pytest.fixture
def weekly(db):
    """5pm in London on Thursdays from 23 March to 13 April, but not on 6 April."""
    return make_event(
        "Weekly", starts=DATES[0], repeats="weekly", repeats_until=date(2023, 4, 13), left_out="2023-04-06"
    )


def test_the_dates_are_stored_for_lists_and_follow_the_event(weekly):
    assert list(weekly.dates.values_list("starts", flat=True)) == DATES
    assert weekly.over_at == DATES[-1] + timedelta(hours=1.5)
    weekly.repeats, weekly.repeats_until, weekly.left_out = "", None, ""
    save_event(event=weekly)
    assert list(weekly.dates.values_list("starts", "ends")) == [(weekly.starts, weekly.ends)]
    assert weekly.over_at == weekly.ends


def test_saving_without_a_change_keeps_the_dates(weekly):
    before = list(weekly.dates.values_list("pk", flat=True))
    save_event(event=weekly)
    assert list(weekly.dates.values_list("pk", flat=True)) == before


def test_a_list_shows_it_once_by_its_next_date_until_the_last_is_over(client, weekly):
    make_event("Between", starts=DATES[0] + timedelta(days=1))
    assert titles(client.get("/events/")) == ["Weekly", "Between"]
    for moment, expected, day in (
        (weekly.ends, ["Between", "Weekly"], "Thursday 30 March 2023 . Every week on Thursday until 13 April 2023"),
        (DATES[1] + timedelta(hours=2), ["Weekly"], "Thursday 13 April 2023 . Every week on Thursday"),
    ):
        with time_machine.travel(moment, tick=False):
            answer = client.get("/events/")
            assert (titles(answer), day in text_of(answer)) == (expected, True)
    with time_machine.travel(weekly.over_at, tick=False):
        assert titles(client.get("/events/")) == []
        past = client.get("/events/past/")
        assert titles(past)[0] == "Weekly"
        assert "Thursday 13 April 2023 5pm to 6:30pm" in text_of(past)


def test_the_page_shows_each_date_on_both_clocks(client, weekly):
    text = text_of(client.get(weekly.get_absolute_url()))
    assert "Every week on Thursday until Thursday 13 April 2023. Not on 6 April 2023. See all 3 dates to come" in text
    # London changes its clocks on 26 March; New York has done so already.
    assert "Thursday 23 March 2023 : 5pm in London, 1pm in New York" in text
    assert "Thursday 30 March 2023 : 5pm in London, midday in New York" in text
    assert "6 April 2023 :" not in text


def test_dates_of_two_days_each_name_both(client):
    given = {"starts": datetime(2023, 4, 4, 8, tzinfo=UTC), "hours": 30}
    page = client.get(make_event(repeats="weekly", repeats_until=date(2023, 4, 11), **given).get_absolute_url())
    assert "Tuesday 11 to Wednesday 12 April 2023 : 9am in London, 4am in New York" in text_of(page)


def test_calendars_have_the_rule_with_its_exceptions(client, weekly):
    [entry] = Calendar.from_ical(client.get(f"{weekly.get_absolute_url()}event.ics").getvalue()).walk("VEVENT")
    assert entry["RRULE"].to_ical().decode() == "FREQ=WEEKLY;UNTIL=20230413T160000Z;BYDAY=TH"
    assert entry["EXDATE"].to_ical().decode() == "20230406T170000"
    assert entry.start.isoformat() == "2023-03-23T17:00:00+00:00"


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Adelaide"])
def test_another_library_finds_each_date_of_the_file_to_the_minute(client, zone):
    """Over both clock changes of a year, with the zone that the file defines."""
    starts = datetime(2023, 2, 2, 16, 30, tzinfo=UTC)
    event = make_event(
        starts=starts, zone=zone, repeats="weekly", repeats_until=date(2023, 12, 7), left_out="2023-04-06"
    )
    text = client.get(f"{event.get_absolute_url()}event.ics").content.decode()
    lines = [line for line in text.splitlines() if line.startswith(("DTSTART;", "RRULE", "EXDATE"))]
    zones = tzical(StringIO(text))
    read = rrulestr("\n".join(lines), tzids=zones.get)
    assert [each.astimezone(UTC) for each in read] == [span.starts for span in event.spans]
    assert len(event.spans) == 44


def test_a_statement_is_compared_with_the_next_date_and_its_day_is_ignored(client, weekly):
    weekly.stated_time = "23 March, 5 to 6:30pm GMT"
    save_event(event=weekly)
    assert "uncertain" not in text_of(client.get(weekly.get_absolute_url()))
    with time_machine.travel(weekly.ends, tick=False):
        assert "The organiser wrote 5pm GMT. London is on BST that day" in text_of(
            client.get(weekly.get_absolute_url())
        )


def repeated(**fields):
    return typed(**{"repeats": "weekly", "repeats_every": "2", "repeats_until": "27/4/2023", **fields})


def test_an_editor_makes_an_event_recurring_and_is_warned_of_clock_changes(client, editor):
    sign_in(client, editor)
    stated = {"starts": "2023-03-16T17:00", "ends": "2023-03-16T18:00", "stated_time": "5pm GMT"}
    answer = client.post(ADD, repeated(**stated, left_out="13/4/2023\n"), follow=True)
    event = Event.objects.get()
    days = ["2023-03-16", "2023-03-30", "2023-04-27"]
    assert [f"{starts:%Y-%m-%d}" for starts in event.dates.values_list("starts", flat=True)] == days
    assert (event.repeats_every, event.left_out) == (2, "2023-04-13")
    assert "London is on BST (UTC+1) on 30 March 2023" in " ".join(map(str, answer.context["messages"]))
    page = client.get(f"/admin/events/event/{event.pk}/change/").content.decode()
    assert "Thursday 30 March 2023, 17:00<br>Thursday 27 April 2023, 17:00" in page


@pytest.mark.parametrize("written", ["13 April 2023", "2023-04-13", "13/4/2023", "13/04/23", "\n 13 april 2023 \n"])
def test_a_day_is_read_as_people_write_it(client, editor, written):
    sign_in(client, editor)
    client.post(ADD, repeated(left_out=written))
    assert Event.objects.get().left_out == "2023-04-13"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"repeats_until": ""}, "Say how it repeats and up to which day, or leave both out."),
        ({"repeats": ""}, "Say how it repeats and up to which day, or leave both out."),
        ({"repeats_until": "1/4/2023"}, "It does not come again by its last day."),
        ({"repeats": "weekday"}, "A month seldom has a fifth Thursday."),
        ({"repeats_every": "13"}, "Ensure this value is less than or equal to 12."),
        ({"left_out": "Easter"}, "'Easter' is no day. Write it as 6 April 2023."),
        ({"left_out": "14/4/2023"}, "Not among its dates, so it cannot be left out: 14 April 2023."),
    ],
)
def test_an_invalid_rule_is_refused_with_all_that_was_typed(client, editor, fields, sentence):
    sign_in(client, editor)
    answer = client.post(ADD, repeated(**fields))
    assert sentence in " ".join(errors(answer)).replace("&#x27;", "'")
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"repeats": "weekly"}, {"repeats_until": "2023-04-13"}, {"left_out": "2023-04-13"}, {"over_at": NOW}],
)
def test_the_constraints_of_rules(fields):
    event = make_event()
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**fields)


def test_a_copy_is_a_draft_about_whose_time_nobody_has_asked(client, editor):
    sign_in(client, editor)
    event = make_event("A training", stated_time="5pm GMT", time_settled_on=date(2023, 3, 1))
    again = typed(time_settled_on="1/3/2023", state="changed", change_note="New", stated_time="5pm GMT", _saveasnew="1")
    client.post(f"/admin/events/event/{event.pk}/change/", again)
    copy = Event.objects.exclude(pk=event.pk).get()
    assert (copy.state, copy.change_note, copy.time_settled_on, copy.listed_at) == ("draft", "", None, None)


def test_the_time_of_the_first_listing_stays(editor):
    event = make_event(state="draft")
    assert event.listed_at is None
    event.state = "published"
    assert save_event(event=event).listed_at == NOW
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert save_event(event=event).listed_at == NOW
