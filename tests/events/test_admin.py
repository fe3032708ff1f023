"""Events in the admin, whose times are on the organiser's clocks."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from events.models import Event
from tests.admin_forms import save
from tests.events.conftest import make_event
from tests.events.helpers import ADD, errors, typed
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client, editor):
    sign_in(client, editor)
    return client


@pytest.mark.parametrize(
    ("zone", "utc"),
    [("Europe/London", 16), ("America/New_York", 21), ("Asia/Kolkata", 11.5), ("Pacific/Auckland", 4)],
)
def test_a_time_is_local_to_the_organiser(client, zone, utc):
    assert client.post(ADD, typed(zone=zone)).status_code == 302
    event = Event.objects.get()
    assert (event.starts.hour + event.starts.minute / 60, event.starts.astimezone(event.clock).hour) == (utc, 17)
    page = client.get(f"/admin/events/event/{event.pk}/change/").content.decode()
    assert 'value="2023-03-30T17:00"' in page


def test_saving_again_changes_no_time(client):
    client.post(ADD, typed(zone="America/New_York", book_by="2023-03-28T12:00"))
    event = Event.objects.get()
    save(
        client,
        f"/admin/events/event/{event.pk}/change/",
        typed(zone="America/New_York", book_by="2023-03-28T12:00", title="New"),
    )
    again = Event.objects.get()
    assert (again.title, again.starts, again.ends, again.book_by) == ("New", event.starts, event.ends, event.book_by)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"zone": "Atlantis"}, "Choose a time zone such as Europe/London or America/New_York."),
        ({"zone": ""}, "This field is required."),
        ({"ends": "2023-03-30T16:00"}, "It ends before it starts."),
        (
            {"starts": "2023-03-26T01:30"},
            "01:30 on 26 March 2023 does not exist in London, where the clocks go forward by an hour.",
        ),
        ({"starts": "2023-10-29T01:30", "ends": "2023-10-29T04:00"}, "01:30 on 29 October 2023 comes twice in London"),
        ({"starts": "tomorrow"}, "Enter a valid date/time."),
        ({"price": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"price": "50.5", "currency": "JPY"}, "JPY has no smaller unit. Give a whole number."),
        ({"currency": "pounds"}, "Ensure this value has at most 3 characters"),
        ({"currency": "gb1"}, "Give the three letters of the currency, such as GBP or USD."),
        ({"state": "cancelled"}, "Say in 'What changed' what is new."),
        ({"contact": "nobody"}, "Enter a valid email address."),
    ],
)
def test_an_invalid_event_is_reported_and_not_stored(client, fields, sentence):
    answer = client.post(ADD, typed(**fields))
    assert answer.status_code == 200
    assert sentence in " ".join(errors(answer)).replace("&#x27;", "'")
    assert 'value="A training"' in answer.content.decode()
    assert not Event.objects.exists()


def test_a_url_without_a_scheme_gets_https(client):
    client.post(ADD, typed(booking_url="tickets.example.org/training"))
    assert Event.objects.get().booking_url == "https://tickets.example.org/training"


def test_a_new_event_has_londons_zone_and_the_form_explains_the_time_check(client):
    page = client.get(ADD).content.decode()
    assert re.findall(r'<input[^>]* name="zone"[^>]*>', page)[0].count('value="Europe/London"') == 1
    assert ("Checked once it is saved." in page, "One day a line: 6 April 2023." in page) == (True, True)
    saved = client.get(f"/admin/events/event/{make_event().pk}/change/").content.decode()
    assert "Nothing to check: write down above what the organiser wrote." in saved


def test_a_copy_keeps_the_zone_and_all_else(client):
    event = make_event("A training", zone="Asia/Kolkata")
    answer = save(
        client,
        f"/admin/events/event/{event.pk}/change/",
        typed(zone="Asia/Kolkata", starts="2023-04-27T17:00", ends="2023-04-27T18:00", _saveasnew="1"),
    )
    assert answer.status_code == 302
    copy = Event.objects.exclude(pk=event.pk).get()
    assert (copy.zone, copy.starts.astimezone(event.clock).hour, copy.code == event.code) == ("Asia/Kolkata", 17, False)


def test_editors_look_at_a_draft_and_nobody_else(client):
    draft = make_event(state="draft")
    preview = f"/admin/events/event/{draft.pk}/preview/"
    assert "Draft: only editors can see this page." in client.get(preview).content.decode()
    moderator = Client()
    sign_in(moderator, make_staff("sam@example.org", groups=["Moderators"]))
    assert moderator.get(preview).status_code == 403
    assert moderator.get("/admin/events/event/").status_code == 403


@pytest.mark.parametrize("fields", [{"state": "changed"}, {"price": -1}, {"ends": "2020-01-01T00:00Z"}])
def test_the_constraints_of_events(fields):
    event = make_event()
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**fields)


STATED = "5 to 6:30pm GMT / 12 to 1:30pm EST"


def test_a_conflict_names_both_readings_until_somebody_has_asked(client):
    answer = client.post(ADD, typed(stated_time=STATED), follow=True)
    event = Event.objects.get()
    warned = [str(message) for message in answer.context["messages"]]
    assert "A note tells readers so until you fill in 'Time asked about on'." in warned
    assert "Read as GMT it begins at 18:00 in London; read as London" in " ".join(warned)
    note = (
        "The organiser wrote 5pm GMT and 12pm EST. London is on BST and New York on EDT that day, so the time could be an "
        "hour later. Check with the organiser."
    )
    assert note in client.get(event.get_absolute_url()).content.decode()
    assert "Time uncertain" in client.get("/events/").content.decode()
    save(client, f"/admin/events/event/{event.pk}/change/", typed(stated_time=STATED, time_settled_on="21/03/2023"))
    assert "uncertain" not in client.get(event.get_absolute_url()).content.decode()


def test_the_page_says_that_a_statement_agrees(client):
    client.post(ADD, typed(stated_time="5pm to 6:30pm BST"))
    page = client.get(f"/admin/events/event/{Event.objects.get().pk}/change/").content.decode()
    assert "It agrees with the time above." in page


def test_an_event_over_a_change_of_the_clocks_says_so(client):
    client.post(ADD, typed(starts="2023-10-28T22:00", ends="2023-10-29T03:00"))
    assert (
        "The clocks in London go back by an hour during this event"
        in client.get(Event.objects.get().get_absolute_url()).content.decode()
    )
