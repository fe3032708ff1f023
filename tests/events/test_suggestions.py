"""Suggestions of events: the form, the editors' list, and events made of them."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from events.emails import notify_editors
from events.forms import SuggestionForm
from events.meeting_links import MEETING_LINK
from events.models import Event, Suggestion
from events.suggestion_prefill import as_event
from events.suggestions import erase_old_suggestions, suggest, take_up, turn_down
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from outcomes.models import Organisation
from tests.events.conftest import NOW, make_event
from tests.events.test_admin import ADD, typed
from tests.forums.helpers import kept, problems, title, words
from tests.mailbox import sent_mail
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db
PATH = "/events/suggest/"
INBOX = "/admin/events/suggestion/"
SUGGESTION = {
    "title": "A talk on housing",
    "organiser": "The Passage",
    "stated_time": "30 March 2023, 5 to 6:30pm UK time",
    "url": "https://example.org/talk",
    "place": "Online",
    "cost": "£5, free for members",
    "about": "For caseworkers.\nCaptions.",
    "name": "Alex",
    "email": "alex@example.org",
}


def fields(**changed):
    return {**SUGGESTION, "submission_id": new_submission_id(), "leave_empty": "", **changed}


@pytest.fixture
def suggestion(db):
    return suggest(submission_id="one", **SUGGESTION)


@pytest.fixture
def desk(client, editor):
    sign_in(client, editor)
    return client


def messages(answer):
    return [str(message) for message in answer.context["messages"]]


def test_a_suggestion_is_stored_with_its_text_and_day(client):
    answer = client.post(PATH, fields())
    assert title(answer) == "Sent – Community of Practice"
    assert "usually within 5 working days" in words(answer)
    assert "we write to the address that you gave" in words(answer)
    suggestion = Suggestion.objects.get()
    assert {name: getattr(suggestion, name) for name in SUGGESTION} == SUGGESTION
    assert (suggestion.state, suggestion.event, suggestion.received_on) == ("new", None, date(2023, 3, 20))
    assert not Event.objects.exists()


def test_without_a_name_and_with_the_least_that_is_needed(client):
    sent = fields(**dict.fromkeys(["url", "place", "cost", "about", "name", "email"], ""))
    assert "we write to the address" not in words(client.post(PATH, sent))
    assert Suggestion.objects.get().name == ""


@pytest.mark.parametrize(
    ("changed", "messages"),
    [
        ({"title": " \u200b"}, ["Enter what it is called"]),
        ({"organiser": ""}, ["Enter who runs it"]),
        ({"stated_time": ""}, ["Enter when it is"]),
        ({"title": "x" * 161}, ["Title must be 160 characters or less"]),
        ({"stated_time": "x" * 201}, ["Day and time must be 200 characters or less"]),
        ({"url": "not a page"}, ["Enter a web address, like https://example.org/training"]),
        ({"url": "javascript:alert(1)"}, ["Enter a web address, like https://example.org/training"]),
        ({"url": "ftp://example.org/x"}, ["Enter a web address, like https://example.org/training"]),
        *(
            ({"url": address}, ["Enter a web address, like https://example.org/training"])
            for address in (
                "https://example.org@evil.example/x",
                "https://user:word@example.org/x",
                "https://@example.org/x",
                "http://localhost/x",
                "localhost:8000",
                "http://sub.localhost./x",
                "http://127.0.0.1/x",
                "http://[::1]/x",
                "http://2130706433/x",
                "intranet/x",
                "https://intranet./x",
            )
        ),
        ({"url": "https://us02web.zoom.us/j/86123456789?pwd=abc"}, [MEETING_LINK]),
        ({"place": "Online: meet.google.com/abc-defg-hij"}, [MEETING_LINK]),
        ({"about": "a\x00b"}, ["Text has characters that we cannot store. Type those words again, then send"]),
        ({"about": "x" * 2_001}, ["Text must be 2,000 characters or less"]),
        ({"email": "alex"}, ["Enter an email address in the correct format, like name@example.com"]),
        ({"submission_id": ""}, ["This form was open for too long. Nothing was lost. Check and send again."]),
        ({"leave_empty": "x"}, ["A field that should stay empty was filled in. Nothing was lost. Send again."]),
    ],
)
def test_a_refused_form_keeps_what_was_typed_and_stores_nothing(client, changed, messages):
    sent = fields(**changed)
    answer = client.post(PATH, sent)
    assert problems(answer) == messages
    assert title(answer) == "Error: Tell us about an event – Community of Practice"
    assert {name: kept(answer, name) for name in SUGGESTION} == {name: sent[name] for name in SUGGESTION}
    assert not Suggestion.objects.exists()


def test_a_url_without_a_scheme_gets_https(client):
    client.post(PATH, fields(url="example.org/talk"))
    assert Suggestion.objects.get().url == "https://example.org/talk"


def test_one_form_sent_twice_stores_one_and_a_changed_one_another(client):
    sent = fields()
    pages = [words(client.post(PATH, sent)) for _ in range(2)]
    assert (pages[0], Suggestion.objects.count()) == (pages[1], 1)
    client.post(PATH, {**sent, "title": "Another"})
    assert Suggestion.objects.count() == 2


def test_a_stale_token_and_too_many_forms_keep_the_text(client):
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post(PATH, fields())
    assert (refused.status_code, kept(refused, "about")) == (403, SUGGESTION["about"])
    for _ in range(10):
        assert client.post(PATH, fields()).status_code == 200
    refused = client.post(PATH, fields())
    assert (refused.status_code, kept(refused, "about")) == (429, SUGGESTION["about"])
    assert Suggestion.objects.count() == 10


def test_signed_in_or_not_nothing_of_the_person_is_stored(client):
    sign_in(client, make_staff("kim@example.org", display_name="Kim"))
    before = list(Session.objects.values_list("session_key", "session_data", "expire_date"))
    client.get(PATH)
    answer = client.post(PATH, fields(name="", email=""))
    assert list(Session.objects.values_list("session_key", "session_data", "expire_date")) == before
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store, private", "noindex, noarchive")
    columns = {field.name for field in Suggestion._meta.fields} - set(SUGGESTION)
    assert columns == {"id", "state", "event", "received_on", "form_digest"}
    assert "kim" not in str(Suggestion.objects.values().get()).lower()


def test_signed_out_the_form_sets_only_the_csrf_cookie(client):
    assert list(client.get(PATH).cookies) == ["form"]


def test_the_form_has_the_arguments_of_the_action():
    form = SuggestionForm(fields())
    assert form.is_valid()
    assert sorted(form.to_store()) == sorted([*SUGGESTION, "submission_id"])


def test_the_list_of_events_links_to_the_form(client):
    assert f'href="{PATH}">Tell us about one' in client.get("/events/").content.decode()
    make_event()
    assert f'href="{PATH}">Tell us about an event' in client.get("/events/").content.decode()


# The prefilled form of an event


def begins(stated, **changed):
    return as_event(suggest(submission_id=stated, **{**SUGGESTION, "stated_time": stated, **changed}))


@pytest.mark.parametrize(
    ("stated", "starts", "ends", "zone"),
    [
        ("30 March 2023, 5 to 6:30pm UK time", "2023-03-30 17:00", "18:30", "Europe/London"),
        ("30 March, 5pm ET", "2023-03-30 17:00", None, "America/New_York"),
        ("1 March, 9am to 1pm", "2024-03-01 09:00", "13:00", "Europe/London"),
        ("29 February, 9am", "2024-02-29 09:00", None, "Europe/London"),
        ("30 March 2023, 10pm to 1am IST", "2023-03-30 22:00", "01:00", "Europe/London"),
    ],
)
def test_times_that_were_written_clearly_are_filled_in(stated, starts, ends, zone):
    found = begins(stated)
    assert f"{found['starts']:%Y-%m-%d %H:%M}" == starts
    assert (f"{found['ends']:%H:%M}" if found["ends"] else None, found["zone"]) == (ends, zone)


@pytest.mark.parametrize("stated", ["soon", "30 March", "5pm", "30 or 31 March, 5pm", "31 February 2023, 5pm"])
def test_unclear_times_are_left_to_the_editor(stated):
    assert {"starts", "ends", "zone"} & set(begins(stated)) == set()


def test_texts_and_a_known_organiser_are_prefilled(suggestion):
    passage = Organisation.objects.create(name="the passage")
    found = as_event(suggestion)
    names = ("title", "stated_time", "booking_url", "place", "is_online", "organiser")
    assert [found[name] for name in names] == [
        SUGGESTION["title"], SUGGESTION["stated_time"], SUGGESTION["url"], "", True, passage
    ]  # fmt: skip
    assert begins("x", place="Leeds", organiser="Nobody we know")["is_online"] is False


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("online.", ""), ("Online, by Zoom", "Online, by Zoom"), ("Leeds", "Leeds"), ("", "")],
)
def test_the_place_online_is_no_place(db, typed, expected):
    assert begins("x", place=typed)["place"] == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("Free", 0), (" free. ", 0), ("Free for members", None), ("£5, free for members", None), ("", None)],
)
def test_the_cost_free_is_a_price(db, typed, expected):
    assert begins("x", cost=typed).get("price") == expected


# The inbox


def test_editors_see_waiting_suggestions_and_nobody_edits_them(desk, suggestion):
    listed = desk.get(INBOX).content.decode()
    assert (SUGGESTION["title"] in listed, "30 March 2023, 5 to 6:30pm" in listed) == (True, True)
    page = desk.get(f"{INBOX}{suggestion.pk}/change/").content.decode()
    for text in ("A talk on housing", "The Passage", "£5, free for members", "alex@example.org", "18 June 2023"):
        assert text in page
    assert re.findall(r'name="(title|about|email)"', page) == []
    assert desk.get(f"{INBOX}add/").status_code == 403
    take_up(suggestion=suggestion, event=make_event())
    assert "Nothing waits. Thank you." in desk.get(INBOX).content.decode()
    assert SUGGESTION["title"] in desk.get(f"{INBOX}?state=all").content.decode()


def test_an_editor_makes_an_event_of_it(desk, suggestion):
    page = desk.get(f"{ADD}?suggestion={suggestion.pk}").content.decode()
    assert "What somebody told us" in page
    assert ('value="2023-03-30T17:00"' in page, 'value="A talk on housing"' in page) == (True, True)
    answer = desk.post(f"{ADD}?suggestion={suggestion.pk}", typed(title=SUGGESTION["title"]), follow=True)
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.event) == ("taken up", Event.objects.get())
    again = desk.post(f"{ADD}?suggestion={suggestion.pk}", typed(title="Twice"), follow=True)
    warning = "Another editor dealt with this suggestion meanwhile: look whether the event is listed twice."
    assert (warning in messages(answer), warning in messages(again)) == (False, True)
    assert (Event.objects.count(), Suggestion.objects.get().event.title) == (2, SUGGESTION["title"])


def test_a_prefilled_form_needs_the_permission_to_read_suggestions(desk, editor, suggestion):
    assert "What somebody told us" in desk.get(f"{ADD}?suggestion={suggestion.pk}").content.decode()
    editor.groups.clear()
    editor.user_permissions.set(Permission.objects.filter(codename__in=["add_event", "view_event"]))
    page = desk.get(f"{ADD}?suggestion={suggestion.pk}").content.decode()
    assert ('name="title"' in page, "What somebody told us" in page, SUGGESTION["title"] in page) == (
        True,
        False,
        False,
    )
    desk.post(f"{ADD}?suggestion={suggestion.pk}", typed())
    assert (Event.objects.count(), Suggestion.objects.get().state) == (1, "new")


@pytest.mark.parametrize("named", ["", "0", "x", "9" * 40, "-1", "1 OR 1"])
def test_an_unknown_suggestion_gives_an_empty_form(desk, named):
    answer = desk.get(ADD, {"suggestion": named})
    assert (answer.status_code, "What somebody told us" in answer.content.decode()) == (200, False)


def test_turning_down_can_be_undone_and_is_logged_without_content(desk, suggestion):
    answer = desk.post(f"{INBOX}{suggestion.pk}/turn-down/", follow=True)
    assert messages(answer) == ["Turned down. Nobody is told. You can put it back until it is erased."]
    late = desk.post(f"{INBOX}{suggestion.pk}/turn-down/", follow=True)
    assert messages(late) == ["Another editor dealt with this suggestion while you were reading."]
    assert Suggestion.objects.get().state == "turned down"
    desk.post(f"{INBOX}{suggestion.pk}/put-back/")
    assert Suggestion.objects.get().state == "new"
    logged = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
    assert f"Suggestion {suggestion.pk}" in logged
    assert [text for text in SUGGESTION.values() if text in logged] == []


def test_only_editors_deal_with_suggestions(client, suggestion):
    sign_in(client, make_staff("sam@example.org", groups=["Moderators"]))
    for path in (INBOX, f"{INBOX}{suggestion.pk}/change/"):
        assert client.get(path).status_code == 403
    for act in ("turn-down", "put-back"):
        assert client.post(f"{INBOX}{suggestion.pk}/{act}/").status_code == 403
        assert client.get(f"{INBOX}{suggestion.pk}/{act}/").status_code in {403, 405}
    assert Suggestion.objects.get().state == "new"


def test_two_editors_cannot_both_deal_with_one(suggestion):
    turn_down(suggestion=suggestion)
    with pytest.raises(Refused):
        take_up(suggestion=suggestion, event=make_event())
    assert Suggestion.objects.get().event is None


def test_editors_are_notified_once_a_day_without_content(suggestion, editor):
    notify_editors()
    [mail] = sent_mail()
    assert (mail.to, mail.subject) == ([editor.email], "Something is waiting")
    assert "http://testserver/admin/events/suggestion/" in mail.body
    assert [text for text in SUGGESTION.values() if text in mail.message().as_string()] == []
    turn_down(suggestion=suggestion)
    notify_editors()
    assert len(sent_mail()) == 1


def test_a_suggestion_is_erased_on_its_day_and_the_event_stays(suggestion, settings):
    settings.ENQUIRY_DAYS = 30
    take_up(suggestion=suggestion, event=make_event())
    for days, count in ((29, 1), (30, 0)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            erase_old_suggestions()
            assert Suggestion.objects.count() == count
    assert (Event.objects.count(), timezone.localdate()) == (1, date(2023, 3, 20))
