"""Offers of times: typed in London time, compared with the times that the requester said are safe."""

from datetime import UTC, datetime, timedelta

import pytest

from forums.call_requests import requester_actions, team_actions
from forums.models import CallOffer
from tests.forums.call_requests.helpers import NOW, reload, send_command
from tests.forums.helpers import messages_of

pytestmark = pytest.mark.django_db


def test_times_are_offered_on_the_teams_clocks(desk, mine):
    times = {"time_1": "2026-03-30T15:00", "time_3": "2026-03-27T14:30", "time_4": "2026-03-30T15:00"}
    page = send_command(desk, mine, "offer", **times)
    assert messages_of(page) == ["The times are offered. The asker sees them with their code."]
    assert list(CallOffer.objects.values_list("starts", flat=True)) == [
        datetime(2026, 3, 27, 14, 30, tzinfo=UTC),
        datetime(2026, 3, 30, 14, tzinfo=UTC),
    ]
    assert reload(mine).state == "offered"
    assert "Monday 30 March 2026, 10am, New York (EDT, UTC\u22124)" in page.content.decode()
    send_command(desk, mine, "offer", time_1="2026-04-03T15:00")
    assert CallOffer.objects.get().starts == datetime(2026, 4, 3, 14, tzinfo=UTC)


def test_times_that_are_not_safe_are_told_of_on_the_askers_clocks(desk, mine):
    typed = {"time_1": "2026-03-30T10:00", "time_2": "2026-03-31T15:00", "time_3": "2026-03-30T15:00"}
    page = send_command(desk, mine, "offer", **typed).content.decode()
    assert "Monday 30 March, 5am in New York is not among the safe times." in page
    assert "Tuesday 31 March, 10am in New York is not among the safe times." in page
    assert page.count("is not among the safe times.") == 2
    assert CallOffer.objects.count() == 0
    send_command(desk, mine, "offer", **typed, sure="on")
    assert CallOffer.objects.count() == 3


def test_new_times_cancel_an_agreed_one_only_when_told_to(desk, mine, sam):
    starts = NOW + timedelta(days=3, hours=2)
    team_actions.offer(call_request=mine.call_request, by=sam, starts=[starts])
    requester_actions.accept_offer(call_request=mine.call_request, starts=starts)
    page = send_command(desk, mine, "offer", time_1="2026-03-30T15:00")
    assert "A time is agreed: new ones cancel it." in page.content.decode()
    assert reload(mine).state == "agreed"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Offer at least one time, and 6 at most."),
        ({"time_1": "2026-03-20T11:59"}, "A time that you offer is over. Offer times to come."),
        ({"time_1": "2026-03-29T01:30"}, "01:30 on 29 March 2026 does not exist in London"),
        ({"time_1": "2026-10-25T01:30"}, "01:30 on 25 October 2026 comes twice in London"),
        ({"time_1": "tomorrow"}, "Enter a valid date/time."),
        ({"time_1": "9999-12-31T23:59", "time_2": "0001-01-01T00:00"}, "A time that you offer is over."),
    ],
)
def test_times_that_cannot_be_offered_are_told_and_kept(desk, mine, typed, sentence):
    page = send_command(desk, mine, "offer", **typed, sure="on")
    assert sentence in page.content.decode()
    for text in typed.values():
        assert f'value="{text}"' in page.content.decode()
    assert (reload(mine).state, CallOffer.objects.count()) == ("new", 0)
