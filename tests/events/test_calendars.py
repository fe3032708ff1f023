"""Calendar files, read back by two independent libraries."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from icalendar import Calendar

from events.models import Event
from tests.admin_forms import save
from tests.events.conftest import NOW, make_event
from tests.outcomes.conftest import make_outcome
from tests.people import sign_in

pytestmark = pytest.mark.django_db
# Around both clock changes of a year, which differ in London and New York, and with half hours.
DAYS = [
    "2023-03-12T15:00", "2023-03-20T15:00", "2023-03-26T00:30", "2023-03-26T01:30", "2023-03-30T16:00",
    "2023-10-28T23:00", "2023-10-29T00:30", "2023-10-29T01:30", "2023-11-04T15:00", "2023-11-05T15:00",
]  # fmt: skip
ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Adelaide", "UTC"]


def read(answer):
    """Return the entries of a file as icalendar reads them."""
    return list(Calendar.from_ical(answer.getvalue()).walk("VEVENT"))


@pytest.mark.parametrize("zone", ZONES)
def test_two_libraries_find_each_time_to_the_minute(client, zone):
    expected = set()
    for day in DAYS:
        starts = datetime.fromisoformat(day).replace(tzinfo=UTC)
        make_event(day, starts=starts, zone=zone, hours=3)
        expected.add((starts, starts + timedelta(hours=3)))
    file = b""
    for event in Event.objects.all():
        answer = client.get(f"{event.get_absolute_url()}event.ics")
        [entry] = read(answer)
        assert (entry.start.astimezone(UTC), entry.end.astimezone(UTC)) == (event.starts, event.ends)
        other = vobject.readOne(answer.content.decode()).vevent
        assert (other.dtstart.value.astimezone(UTC), other.dtend.value.astimezone(UTC)) == (event.starts, event.ends)
        file += answer.content
    assert {(event.starts, event.ends) for event in Event.objects.all()} == expected
    assert (b"BEGIN:VTIMEZONE" in file) is (zone != "UTC")


def test_a_file_in_full(client, training):
    answer = client.get(f"{training.get_absolute_url()}event.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="event.ics"'
    [entry] = read(answer)
    assert (str(entry["SUMMARY"]), str(entry["LOCATION"]), str(entry["STATUS"])) == (
        "A training",
        "Online",
        "CONFIRMED",
    )
    assert str(entry["URL"]) == f"http://testserver{training.get_absolute_url()}"
    assert "Cost: US$50." in entry["DESCRIPTION"]
    assert "tickets.example.org" not in answer.content.decode()


def test_a_plain_file_does_not_tell_what_the_event_is(client, training):
    content = client.get(f"{training.get_absolute_url()}event.ics?title=plain").content.decode()
    [entry] = read(client.get(f"{training.get_absolute_url()}event.ics?title=plain"))
    assert str(entry["SUMMARY"]) == "Online meeting"
    for word in ("training", "Survivor", "testserver", "Cost", training.code):
        assert word not in content


def test_an_edit_is_a_newer_version_of_the_same_entry(client, training, editor):
    def entry():
        [found] = read(client.get(f"{training.get_absolute_url()}event.ics"))
        return found

    before = entry()
    sign_in(client, editor)
    save(client,
        f"/admin/events/event/{training.pk}/change/",
        {
            "title": "Moved", "kind": "training", "state": "changed", "change_note": "A day later.", "summary": "x",
            "organiser": training.organiser_id, "starts": "2023-03-31T17:00", "ends": "2023-03-31T18:30",
            "zone": "Europe/London", "currency": "USD", "recording": "", "is_online": "on",
        },
    )  # fmt: skip
    after = entry()
    assert (after["UID"], after["SEQUENCE"], str(after["SUMMARY"])) == (before["UID"], before["SEQUENCE"] + 1, "Moved")


def test_a_cancelled_event_stays_as_cancelled(client):
    event = make_event(state="cancelled", change_note="The trainer is ill.")
    for path in (f"{event.get_absolute_url()}event.ics", "/events/calendar.ics", "/events/calendar.ics?title=plain"):
        [entry] = read(client.get(path))
        assert str(entry["STATUS"]) == "CANCELLED"


def test_a_calendar_to_subscribe_to_has_what_the_list_shows(client):
    housing = make_outcome("housing")
    make_event("On housing", on=[housing])
    other = make_event("Another's", organiser="Another")
    make_event("Last month", starts=NOW - timedelta(weeks=4))
    make_event("Last year", starts=NOW - timedelta(weeks=40))
    make_event("A draft", state="draft")

    def titles(query):
        return sorted(str(entry["SUMMARY"]) for entry in read(client.get(f"/events/calendar.ics{query}")))

    assert titles("") == ["Another's", "Last month", "On housing"]
    assert titles("?outcome=housing") == ["On housing"]
    assert titles(f"?by={other.organiser_id}") == ["Another's"]
    assert "/events/calendar.ics?outcome=housing" in client.get("/events/?outcome=housing").content.decode()


def test_a_draft_has_no_file(client):
    assert client.get(f"{make_event(state='draft').get_absolute_url()}event.ics").status_code == 404


def test_a_calendar_of_many_needs_as_many_queries_as_one_of_one(client, django_assert_max_num_queries):
    for number in range(60):
        make_event(f"Event {number}", organiser=f"Organiser {number}")
    with django_assert_max_num_queries(8):
        assert len(read(client.get("/events/calendar.ics"))) == 60
