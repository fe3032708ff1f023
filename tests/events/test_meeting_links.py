"""Detection and removal of links that open a meeting."""

import pytest
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from events.meeting_links import MEETING_LINK, meeting_links, without_meeting_links
from events.models import Event
from tests.events.helpers import typed
from tests.people import sign_in

OPEN_A_MEETING = [
    "https://zoom.us/j/123456789?pwd=abc",
    "HTTPS://ZOOM.US/J/123",
    "https://us02web.zoom.us/w/123?tk=x",
    "https://zoom.us/my/kim.room",
    "https://zoom.us/s/123",
    "https://zoom.us/wc/join/123",
    "https://example.zoomgov.com/j/123",
    "zoom.us/j/123",
    "zoommtg://zoom.us/join?confno=123",
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d",
    "https://teams.microsoft.com/meet/123?p=x",
    "https://teams.microsoft.com/dl/launcher/launcher.html?url=%2F_%23%2Fl%2Fmeetup-join%2F19",
    "https://teams.live.com/meet/9312?p=a",
    "https://gov.teams.microsoft.us/l/meetup-join/x",
    "msteams:/l/meetup-join/19",
    "https://meet.google.com/abc-defg-hij",
    "https://example.webex.com/example/j.php?MTID=m1",
    "https://example.webex.com/meet/kim",
    "https://example.webex.com/wbxmjs/joinservice/sites/example/meeting/download/1",
    "https://global.gotomeeting.com/join/123",
    "https://app.gotomeeting.com/?meetingId=123",
    "https://meet.goto.com/123",
    "https://whereby.com/room",
    "https://example.whereby.com/room",
    "https://meet.jit.si/Room",
    "https://jitsi.example.org/room",
    "https://bbb.example.org/b/abc-def-ghi",
    "https://bluejeans.com/123",
    "https://chime.aws/123",
    "https://app.chime.aws/meetings/123",
    "https://join.skype.com/abc",
    "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fzoom.us%2Fj%2F123&data=x",
    "https://www.google.com/url?q=https://zoom.us/j/1&sa=D",
    "https://urldefense.com/v3/__https://zoom.us/j/123__;!!x",
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__zoom.us_j_123&d=x",
]
OPEN_NONE = [
    "https://zoom.us/webinar/register/WN_x",
    "https://us02web.zoom.us/meeting/register/tZ",
    "https://zoom.us/rec/share/x",
    "https://zoom.us/",
    "https://events.teams.microsoft.com/event/x",
    "https://teams.microsoft.com/registration/x",
    "https://attendee.gotowebinar.com/register/1",
    "https://example.webex.com/weblink/register/r1",
    "https://whereby.com/information/",
    "https://jitsi.org/jitsi-meet/",
    "https://meet.google.com/",
    "https://notzoom.us/j/123",
    "https://my-zoom.us/j/123",
    "https://zoom.us.example.org/j/123",
    "https://example.org/j/123",
    "https://tickets.example.org/e/a-training",
    "We meet on Zoom, or on Teams.",
]


@pytest.mark.parametrize("link", OPEN_A_MEETING)
def test_a_link_that_opens_a_meeting_is_found_and_removed(link):
    text = f"Come.\nJoin us ({link}), all of you."
    assert meeting_links(text) == [link]
    assert without_meeting_links(text) == "Come.\nJoin us, all of you."


@pytest.mark.parametrize("text", OPEN_NONE)
def test_registration_pages_and_other_links_stay(text):
    assert meeting_links(text) == []
    assert without_meeting_links(text) == text


def test_links_are_found_in_markdown_html_and_behind_a_word():
    text = (
        "[Join](https://zoom.us/j/1) <https://zoom.us/j/2> "
        '<a href="https://zoom.us/j/3">x</a> Zoom:https://zoom.us/j/4; and https://zoom.us/j/5.'
    )
    assert meeting_links(text) == [f"https://zoom.us/j/{number}" for number in range(1, 6)]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("Meeting ID: 812 3456 7890", None),
        ("Webinar ID: 81234567890", None),
        ("Meeting number (access code): 2345 678 9012", None),
        ("Conference ID: 123 456 789#", None),
        ("Meeting code: abc-defg-hij", None),
        ("Passcode: 4Xy!2", None),
        ("Password = quiet-kettle", None),
        ("PIN: 1234", None),
        ("+442034815240,,81234567890#,,,,*123456# United Kingdom", None),
        ("81234567890@zoomcrc.com", None),
        ("On Zoom, Meeting ID: 812 3456 7890 Passcode: 12ab", "On Zoom,"),
        ("Password: we send it by mail", "Password: we send it by mail"),
        ("Code EARLY10 for 10% less.", "Code EARLY10 for 10% less."),
        ("Call 020 7946 0123, or pin it up.", "Call 020 7946 0123, or pin it up."),
        ("The meeting is in room 12", "The meeting is in room 12"),
    ],
)
def test_numbers_and_passwords_of_a_meeting_are_removed_too(line, left):
    lines = ["First.", line, "", "Last."]
    assert without_meeting_links("\n".join(lines)) == "\n".join(["First.", *([left] if left else []), "", "Last."])


PIECES = st.sampled_from(
    [*OPEN_A_MEETING, *OPEN_NONE, "Meeting ID: 12345678", "Passcode: 1a", " ", "\n", ".", "%2F", "("]
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=8).map("".join))
@example("%2Fzoom.us/j/123https://zoom.us/j/1")
def test_no_link_is_left_in_any_text(text):
    left = without_meeting_links(text)
    assert meeting_links(left) == []
    assert without_meeting_links(left) == left


@pytest.mark.django_db
@pytest.mark.parametrize(
    "field",
    ["title", "summary", "body", "learn", "audience", "free_for", "place", "cost_help", "access", "content_note",
     "change_note", "stated_time", "booking_url"],
)  # fmt: skip
def test_editors_cannot_store_such_a_link_anywhere(client, editor, field):
    sign_in(client, editor)
    answer = client.post(reverse("admin:events_event_add"), typed(**{field: "https://zoom.us/j/123"}))
    assert answer.context["adminform"].form.errors == {field: [MEETING_LINK]}
    assert not Event.objects.exists()
