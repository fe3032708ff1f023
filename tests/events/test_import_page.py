"""The page on which editors import a calendar file."""

import re

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.ics_import import file as ics_file
from events.ics_import.forms import NO_FILE, NO_ORGANISER, NO_ZONE
from events.models import Event
from mscos.groups import CALL_HANDLERS, MODERATORS
from outcomes.models import Organisation
from tests.events.helpers import calendar, entry
from tests.people import make_staff, problems, sign_in

pytestmark = pytest.mark.django_db
IMPORT, EVENTS = "/admin/events/event/import/", reverse("admin:events_event_changelist")
AGAIN = "Choose the file again: it is not kept"
UNKNOWN_ZONE = "Choose a time zone such as Europe/London or America/New_York."


@pytest.fixture
def signed_in(client, editor):
    """Robin's browser."""
    sign_in(client, editor)
    return client


@pytest.fixture
def organiser(db):
    return Organisation.objects.create(name="Survivor Alliance")


def send(client, data, organiser, /, **typed):
    """Send a file, or the form without one for None."""
    file = {} if data is None else {"file": SimpleUploadedFile("events.ics", data)}
    return client.post(IMPORT, {"organiser": organiser.pk, "zone": "Europe/London", **file, **typed})


def words(answer):
    """Return the text of the page's content on one line."""
    html = answer.content.decode().split('id="content"', 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("group", [MODERATORS, CALL_HANDLERS])
def test_the_import_needs_the_permission_to_add_events(client, organiser, group):
    assert client.get(IMPORT)["Location"] == f"/accounts/login/?next={IMPORT}"
    sign_in(client, make_staff("other@example.org", groups=[group]))
    assert (client.get(IMPORT).status_code, send(client, calendar(entry()), organiser).status_code) == (403, 403)
    assert not Event.objects.exists()


def test_the_list_of_events_links_to_the_import(signed_in):
    assert f'href="{IMPORT}"' in signed_in.get(EVENTS).content.decode()


def test_the_page_asks_for_a_file_an_organiser_and_a_zone(signed_in, organiser):
    html = signed_in.get(IMPORT).content.decode()
    assert 'enctype="multipart/form-data"' in html
    assert re.findall(r'<(?:input|select)[^>]* name="(\w+)"', html.split('id="content"')[1]) == [
        "csrfmiddlewaretoken",
        "file",
        "organiser",
        "zone",
    ]
    assert 'name="zone" value="Europe/London" list="zones"' in html
    assert '<option value="America/New_York">New York, Toronto</option>' in html
    assert f'<option value="{organiser.pk}">Survivor Alliance</option>' in html


def test_a_file_has_a_result_for_each_entry(signed_in, organiser):
    data = calendar(
        entry(),
        entry("SUMMARY:<script>x</script>"),
        entry("UID:2", "SUMMARY", "DTSTART;VALUE=DATE:20230401"),
        entry("UID:3", "SUMMARY:<b>Bold</b>", "STATUS:CANCELLED", "DTSTART:20230403T170000Z", "DTEND:20230403T180000Z"),
    )
    answer = send(signed_in, data, organiser)
    page, html = words(answer), answer.content.decode()
    assert "Draft made: 2 · Twice in this file: 1 · Not taken: 1" in page
    assert (
        "Title First day What happened What to know "
        "A training 30 March 2023 Draft made "
        "&lt;script&gt;x&lt;/script&gt; 30 March 2023 Twice in this file "
        "No title 1 April 2023 Not taken It has no title. Add it by hand. "
        "&lt;b&gt;Bold&lt;/b&gt; 3 April 2023 Draft made "
        "The file says that it is cancelled: list it as cancelled, or delete the draft. "
        "Import another file"
    ) in page
    drafts = [reverse("admin:events_event_change", args=[event.pk]) for event in Event.objects.order_by("starts")]
    assert re.findall(r'<a href="([^"]+)">Draft made', html) == drafts
    assert [event.history.get().history_user.display_name for event in Event.objects.all()] == ["Robin", "Robin"]
    assert LogEntry.objects.get().change_message == "Imported 2 drafts from 4 entries"
    assert "Imported 2 drafts from 4 entries." in html


def test_an_existing_event_is_linked(signed_in, organiser):
    send(signed_in, calendar(entry()), organiser)
    html = send(signed_in, calendar(entry()), organiser).content.decode()
    event = Event.objects.get()
    assert f'<a href="{reverse("admin:events_event_change", args=[event.pk])}">Already there</a>' in html


def test_the_choices_stay_for_the_next_file(signed_in, organiser):
    form = send(signed_in, calendar(entry()), organiser, zone="Asia/Kolkata").context["form"]
    assert (form["organiser"].value(), form["zone"].value()) == (organiser.pk, "Asia/Kolkata")


def test_a_draft_can_be_opened_completed_and_saved(signed_in, organiser):
    send(signed_in, calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20230406")), organiser)
    event = Event.objects.get()
    page = reverse("admin:events_event_change", args=[event.pk])
    form = signed_in.get(page).context["adminform"].form
    sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, [], False)}
    sent |= {name: value.strftime("%Y-%m-%dT%H:%M") for name, value in sent.items() if name in {"starts", "ends"}}
    assert signed_in.post(page, {**sent, "tags": "", "state": "published"}).status_code == 302
    again = Event.objects.get()
    assert (again.state, again.starts, again.ends, again.left_out) == (
        "published",
        event.starts,
        event.ends,
        "2023-04-06",
    )
    assert again.imported_from == event.imported_from


def test_a_copy_of_a_draft_is_not_taken_for_the_entry(signed_in, organiser):
    send(signed_in, calendar(entry()), organiser)
    page = reverse("admin:events_event_change", args=[Event.objects.get().pk])
    form = signed_in.get(page).context["adminform"].form
    sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, [], False)}
    sent |= {"starts": "2023-04-01T10:00", "ends": "2023-04-01T11:00", "tags": "", "_saveasnew": "1"}
    assert signed_in.post(page, sent).status_code == 302
    assert [bool(event.imported_from) for event in Event.objects.order_by("pk")] == [True, False]


@pytest.mark.parametrize(
    ("data", "typed", "expected"),
    [
        (None, {}, [NO_FILE]),
        (None, {"organiser": ""}, [NO_FILE, NO_ORGANISER]),
        (None, {"zone": ""}, [NO_FILE, NO_ZONE]),
        (calendar(entry()), {"organiser": ""}, [AGAIN, NO_ORGANISER]),
        (calendar(entry()), {"organiser": "99"}, [AGAIN, NO_ORGANISER]),
        (calendar(entry()), {"organiser": "x"}, [AGAIN, NO_ORGANISER]),
        (calendar(entry()), {"zone": "Atlantis"}, [UNKNOWN_ZONE, AGAIN]),
        (calendar(entry()), {"zone": "London\0"}, [UNKNOWN_ZONE, AGAIN]),
        (b"", {}, [ics_file.EMPTY, AGAIN]),
        (b"<!doctype html>", {}, [ics_file.NO_CALENDAR, AGAIN]),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", {}, [ics_file.NO_CALENDAR, AGAIN]),
        (b"PK\x03\x04", {}, [ics_file.ZIPPED, AGAIN]),
        (calendar(entry())[:-10], {}, [ics_file.CUT_OFF, AGAIN]),
        (calendar(entry()).decode().encode("utf-16"), {}, [ics_file.UTF_16, AGAIN]),
        (calendar(entry()) + b" " * 2_100_000, {}, [ics_file.TOO_LARGE, AGAIN]),
        (calendar(entry()) + b" " * 3_000_000, {}, [ics_file.TOO_LARGE]),
        (calendar("BEGIN:VEVENT\r\n" * 10_000), {}, [ics_file.TOO_MANY.format(10_000), AGAIN]),
    ],
)
def test_an_invalid_form_says_what_to_do_and_imports_nothing(signed_in, organiser, data, typed, expected):
    answer = send(signed_in, data, organiser, **typed)
    assert (answer.status_code, sorted(problems(answer))) == (200, sorted(expected))
    assert "Nothing was imported. Mend what is marked, then send again." in words(answer)
    form = answer.context["form"]
    if data is None or len(data) < settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        assert (form["organiser"].value(), form["zone"].value()) == (
            typed.get("organiser", str(organiser.pk)),
            typed.get("zone", "Europe/London"),
        )
    assert (Event.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_the_report_needs_no_more_queries_for_many_entries(signed_in, organiser):
    def asked(data):
        send(signed_in, data, organiser)
        with CaptureQueriesContext(connection) as queries:
            send(signed_in, data, organiser)
        return len(queries)

    one = asked(calendar(entry()))
    assert asked(calendar(*(entry(f"UID:{number}") for number in range(50)))) == one


def test_the_browser_caches_nothing_of_an_import(signed_in, organiser):
    assert "no-store" in send(signed_in, calendar(entry()), organiser)["Cache-Control"]
