"""The conversation, as the requester sees it with the code."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from forums.call_requests import erasure, requester_actions, team_actions
from forums.models import CallMessage, CallOffer, CallRequest, ErasedRequests, Post
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from tests.forums.call_requests.helpers import ANSWERS, NOW, make_request, reload
from tests.forums.helpers import kept, problems, title, words

pytestmark = pytest.mark.django_db
CODE, ACT = "/code/", "/code/call/"


@pytest.fixture
def offered(mine, sam):
    """The call request with two offers: 30 and 31 March 2026, 3pm in London, which is 10am in New York."""
    starts = [datetime(2026, 3, day, 14, tzinfo=UTC) for day in (30, 31)]
    team_actions.offer(call_request=mine.call_request, by=sam, starts=starts)
    return mine


def send_command(client, asked, name, **typed):
    return client.post(ACT, {"code": asked.code, "submission_id": new_submission_id(), "act": name, **typed})


def offers_of(asked):
    return list(CallOffer.objects.filter(call_request=asked.call_request).values_list("starts", "accepted"))


def conversation_of(asked):
    return [(message.by_team, message.body.reveal()) for message in asked.call_request.messages.all()]


def test_the_code_opens_the_request_in_any_writing(client, asked):
    for typed in (asked.code, asked.code.lower().replace("-", " ")):
        page = client.post(CODE, {"code": typed})
        assert "Your request for a call Waiting for the team" in words(page)
    assert title(page) == "Use a code – Community of Practice"
    assert "No times yet. Please look again in 2 working days." in words(page)
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("no-store, private", "noindex, noarchive")


def test_a_code_that_opens_nothing_says_the_same_for_posts_and_requests(client, asked, waiting):
    assert problems(client.post(CODE, {"code": "K7QW-3MHT-9XRC-V2PD"})) == problems(
        client.post(ACT, {"code": "K7QW-3MHT-9XRC-V2PD", "act": "write", "words": "x"})
    )
    assert "What happened to your post" in words(client.post(CODE, {"code": waiting.code}))
    page = client.post(
        ACT, {"code": waiting.code, "act": "withdraw", "sure": "on", "submission_id": new_submission_id()}
    )
    assert words(page).startswith("Use a code")
    assert (CallRequest.objects.count(), Post.objects.get().state) == (1, "waiting")


def test_all_that_is_held_is_shown_with_when_it_is_erased(client, asked):
    text = words(client.post(CODE, {"code": asked.code}))
    for part in (
        "Number or address 07700 900123, ask twice",
        "Word that the caller says first marmalade",
        "What to talk about a landlord who keeps the deposit",
        "Interpreter for Amharic",
        "Asked on 20 March 2026",
        "Time zone America/New_York",
        "We erase your number or address, and what goes with it, 7 days after the call. We erase everything on 18 June 2026.",
    ):
        assert part in text
    page = client.post(CODE, {"code": asked.code}).content.decode()
    kept_by_us = {"code", "code_digest", "form_digest", "urgent", "handler", "state"}
    empty = {"reach", "done_on", "contact_erased_on"}
    told = [field.verbose_name for field in CallRequest._meta.concrete_fields if field.name not in kept_by_us | empty]
    assert [name.lower() for name in re.findall(r"<dt>(.*?)</dt>", page)] == [str(name).lower() for name in told]


def test_nothing_on_the_page_could_alarm_whoever_looks_on(client, mine):
    team_actions.mark_urgent(call_request=mine.call_request, urgent=True)
    text = words(client.post(CODE, {"code": mine.code}))
    for telling in ("danger", "Number of the row", "Sam", mine.call_request.code, mine.call_request.code_digest):
        assert telling not in text


def test_times_are_on_the_askers_clocks_and_on_the_teams(client, offered):
    text = words(client.post(CODE, {"code": offered.code}))
    assert "Monday 30 March 2026, 10am , New York (EDT, UTC\u22124)" in text
    assert "For the team: Monday 30 March, 3pm, London (BST, UTC+1)" in text


@pytest.mark.parametrize(
    ("day", "asker", "team"),
    [
        ("2026-03-07", "9am , New York (EST, UTC\u22125)", "2pm, London (GMT, UTC)"),
        (
            "2026-03-09",
            "10am , New York (EDT, UTC\u22124)",
            "2pm, London (GMT, UTC)",
        ),  # New York has changed, London not
        ("2026-03-30", "10am , New York (EDT, UTC\u22124)", "3pm, London (BST, UTC+1)"),
        (
            "2026-10-26",
            "10am , New York (EDT, UTC\u22124)",
            "2pm, London (GMT, UTC)",
        ),  # London has changed, New York not
        ("2026-11-02", "9am , New York (EST, UTC\u22125)", "2pm, London (GMT, UTC)"),
    ],
)
def test_times_are_right_around_both_changes_of_the_clocks(client, mine, sam, day, asker, team):
    starts = datetime.fromisoformat(f"{day}T14:00").replace(tzinfo=UTC)
    with time_machine.travel(starts - timedelta(days=3), tick=False):
        team_actions.offer(call_request=mine.call_request, by=sam, starts=[starts])
        text = words(client.post(CODE, {"code": mine.code}))
    assert (asker in text, team in text) == (True, True)


def test_a_day_is_that_of_the_askers_clocks_wherever_london_is(client, sam):
    asked = make_request(zone="Pacific/Auckland")
    team_actions.claim(call_request=asked.call_request, by=sam)
    team_actions.offer(call_request=asked.call_request, by=sam, starts=[datetime(2026, 3, 30, 14, tzinfo=UTC)])
    text = words(client.post(CODE, {"code": asked.code}))
    assert "Tuesday 31 March 2026, 3am , Auckland" in text
    assert "For the team: Monday 30 March, 3pm, London" in text


def test_an_asker_in_london_sees_one_clock(client, forum, sam):
    asked = make_request(zone="Europe/London")
    team_actions.claim(call_request=asked.call_request, by=sam)
    team_actions.offer(call_request=asked.call_request, by=sam, starts=[NOW + timedelta(days=1)])
    assert "For the team" not in words(client.post(CODE, {"code": asked.code}))


def test_a_time_is_agreed_on(client, offered):
    first = CallOffer.objects.first()
    page = send_command(client, offered, "", offer=first.starts.isoformat(), words="Half written")
    assert kept(page, "words") == "Half written"
    assert "Done. The time is agreed." in page.content.decode().replace("<strong>", "").replace("</strong>", "")
    assert "A time is agreed" in words(page)
    assert (reload(offered).state, [accepted for _, accepted in offers_of(offered)]) == ("agreed", [True, False])


@pytest.mark.parametrize(
    ("given", "moment", "sentence"),
    [
        ("2026-03-30T14:01:00+00:00", NOW, "This time is no longer offered. Look at what stands here now"),
        ("", NOW, "This time is no longer offered. Look at what stands here now"),
        ("2026-03-30T14:00:00+00:00", datetime(2026, 3, 30, 14, tzinfo=UTC), "This time is over. Ask for other times"),
    ],
)
def test_a_time_that_cannot_be_agreed_on_is_told(client, offered, given, moment, sentence):
    with time_machine.travel(moment, tick=False):
        page = send_command(client, offered, "", offer=given)
    assert (page.status_code, problems(page)) == (409, [sentence])
    assert reload(offered).state == "offered"


def test_a_time_of_another_request_cannot_be_agreed_on(client, offered, sam):
    other = make_request()
    team_actions.claim(call_request=other.call_request, by=sam)
    team_actions.offer(call_request=other.call_request, by=sam, starts=[NOW + timedelta(days=2)])
    theirs = CallOffer.objects.get(call_request=other.call_request)
    assert send_command(client, offered, "", offer=theirs.starts.isoformat()).status_code == 409
    odd = send_command(client, offered, "", offer="3")
    assert problems(odd) == ["This time is no longer offered. Look at what stands here now"]
    assert not CallOffer.objects.filter(accepted=True).exists()


def test_other_times_can_be_asked_for(client, offered):
    page = send_command(client, offered, "others")
    assert "No times yet." in words(page)
    assert (reload(offered).state, offers_of(offered)) == ("new", [])
    assert conversation_of(offered) == [(False, "Please offer me other times.")]


def test_a_reload_undoes_nothing_that_was_agreed_on_since(client, offered, sam):
    typed = {"code": offered.code, "submission_id": new_submission_id(), "act": "others", "words": "Later, please."}
    client.post(ACT, typed)
    later = NOW + timedelta(days=9)
    team_actions.offer(call_request=offered.call_request, by=sam, starts=[later])
    send_command(client, offered, "", offer=later.isoformat())
    client.post(ACT, typed)
    client.post(ACT, {**typed, "sure": "on"})
    assert (reload(offered).state, offers_of(offered)) == ("agreed", [(later, True)])


def test_an_agreed_time_is_cancelled_only_after_asking(client, offered):
    send_command(client, offered, "", offer=CallOffer.objects.first().starts.isoformat())
    page = send_command(client, offered, "others", words="I cannot.")
    assert "The time that you agreed on is cancelled, and we offer you others." in words(page)
    assert (reload(offered).state, kept(page, "words")) == ("agreed", "I cannot.")
    send_command(client, offered, "others", words="I cannot.", sure="on")
    assert (reload(offered).state, conversation_of(offered)) == ("new", [(False, "I cannot.")])


def test_too_many_messages_come_back_with_429(client, mine):
    for number in range(30):
        assert send_command(client, mine, "write", words=f"Word {number}").status_code == 200
    page = send_command(client, mine, "write", words="One more")
    assert (page.status_code, kept(page, "words"), mine.call_request.messages.count()) == (429, "One more", 30)


def test_somebody_who_comes_back_with_a_code_is_told_how_to_reach_the_team(client, sam):
    asked = make_request(how="code", way="", contact="")
    team_actions.claim(call_request=asked.call_request, by=sam)
    starts = NOW + timedelta(days=1)
    with pytest.raises(Refused, match="Say how they reach the team"):
        team_actions.offer(call_request=asked.call_request, by=sam, starts=[starts])
    team_actions.offer(call_request=asked.call_request, by=sam, starts=[starts], reach="Call 020 7946 0000.")
    assert "Call 020 7946 0000." in words(client.post(CODE, {"code": asked.code}))
    page = send_command(client, asked, "", offer=starts.isoformat())
    assert "Agreed: " in words(page)
    assert "Call 020 7946 0000." in words(page)
    team_actions.open_contact(call_request=asked.call_request, by=sam)
    assert "looked at" not in words(client.post(CODE, {"code": asked.code}))


def test_a_request_that_was_withdrawn_is_not_made_again_by_its_form(client, forum):
    given = {"submission_id": "one", "forum": forum, **ANSWERS}
    requester_actions.request_call(**given)
    with time_machine.travel(NOW + timedelta(minutes=40), tick=False):
        requester_actions.withdraw(call_request=CallRequest.objects.get())
        assert requester_actions.request_call(**given).is_repeat
    assert not CallRequest.objects.exists()


def test_number_and_times_go_even_where_nobody_noted_the_call(client, offered):
    send_command(client, offered, "", offer=CallOffer.objects.first().starts.isoformat())
    for day, left in (("2026-04-06T13:59", 2), ("2026-04-06T14:01", 0)):
        with time_machine.travel(datetime.fromisoformat(day).replace(tzinfo=UTC), tick=False):
            erasure.erase_old_requests()
        assert (CallOffer.objects.count(), bool(reload(offered).contact)) == (left, bool(left))


def test_messages_go_both_ways_and_one_form_is_one_message(client, mine, sam):
    typed = {
        "code": mine.code,
        "submission_id": new_submission_id(),
        "act": "write",
        "words": "Not on Friday.\r\nSorry.",
    }
    for _ in range(2):
        page = client.post(ACT, typed)
    team_actions.write(call_request=mine.call_request, by=sam, words="Then Monday?")
    assert conversation_of(mine) == [(False, "Not on Friday.\nSorry."), (True, "Then Monday?")]
    assert "Your message is with the team." in page.content.decode()
    page = client.post(CODE, {"code": mine.code})
    assert "You , 20 March 2026 Not on Friday. Sorry. The team , 20 March 2026 Then Monday?" in words(page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"words": " \u200b"}, "Enter your message"),
        ({"words": "x" * 5_001}, "Message must be 5,000 characters or less"),
        ({"words": "a\x00b"}, "Message has characters that we cannot store. Type those words again, then send"),
        (
            {"words": "Hello", "submission_id": ""},
            "This form was open for too long. Nothing was lost. Check and send again.",
        ),
    ],
)
def test_a_message_that_is_refused_is_kept(client, mine, typed, sentence):
    page = send_command(client, mine, "write", **typed)
    assert (problems(page), kept(page, "words")) == ([sentence], typed["words"])
    assert conversation_of(mine) == []


def test_a_stale_token_keeps_the_words_and_does_nothing(mine):
    strict = Client(enforce_csrf_checks=True)
    page = strict.post(ACT, {"code": mine.code, "submission_id": new_submission_id(), "act": "write", "words": "Kept"})
    assert (page.status_code, kept(page, "words")) == (403, "Kept")
    assert send_command(strict, mine, "withdraw", sure="on").status_code == 403
    assert (conversation_of(mine), CallRequest.objects.count()) == ([], 1)


def test_ten_wrong_codes_are_enough_on_every_way_in_and_keep_the_words(mine):
    strict = Client(enforce_csrf_checks=True)
    for number in range(9):
        wrong = {
            "code": f"K7QW-3MHT-9XRC-V2P{number}",
            "act": "write",
            "words": "Kept",
            "submission_id": new_submission_id(),
        }
        (strict if number % 2 else Client()).post(ACT, wrong)
    for client in (strict, Client()):
        page = client.post(
            ACT, {"code": mine.code, "act": "write", "words": "Kept", "submission_id": new_submission_id()}
        )
        assert (page.status_code, kept(page, "words")) == (429, "Kept")
    assert Client().post(CODE, {"code": mine.code}).status_code == 429
    assert conversation_of(mine) == []


def test_words_that_were_kept_go_along_with_the_code(client, mine):
    page = client.post(CODE, {"code": mine.code, "words": "Kept"})
    assert kept(page, "words") == "Kept"


def test_withdrawing_asks_once_and_erases_everything(client, offered):
    send_command(client, offered, "write", words="One more thing")
    page = send_command(client, offered, "withdraw")
    assert "Withdraw and erase everything?" in words(page)
    assert CallRequest.objects.count() == 1
    page = send_command(client, offered, "withdraw", sure="on")
    assert words(page).startswith("Erased Your answers, the times and the messages are erased")
    assert (CallRequest.objects.count(), CallMessage.objects.count(), CallOffer.objects.count()) == (0, 0, 0)
    assert list(ErasedRequests.objects.values_list("count", "called")) == [(1, 0)]
    again = send_command(client, offered, "withdraw", sure="on")
    assert problems(again) == ["Check the code. It has 16 letters and numbers"]


def test_two_at_once_erase_it_once(asked):
    requester_actions.withdraw(call_request=asked.call_request)
    with pytest.raises(CallRequest.DoesNotExist):
        requester_actions.withdraw(call_request=asked.call_request)
    assert ErasedRequests.objects.get().count == 1


def test_reading_the_address_alone_shows_nothing(client, asked):
    assert client.get(ACT).status_code == 302
    assert asked.code not in client.get(f"{CODE}?code={asked.code}").content.decode()


def test_on_its_day_first_the_contact_goes_then_everything(client, mine, sam, settings):
    team_actions.called(call_request=mine.call_request, by=sam)
    assert "were erased" not in words(client.post(CODE, {"code": mine.code}))
    for days, contact in ((6, True), (7, False)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            erasure.erase_old_requests()
        assert all(getattr(reload(mine), name).reveal() for name in CallRequest.CONTACT) is contact
    assert reload(mine).topic.reveal() == "a landlord who keeps the deposit"
    assert "Your number or address, and what goes with it, were erased on 27 March 2026." in words(
        client.post(CODE, {"code": mine.code})
    )
    for days, count in ((89, 1), (90, 0)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            erasure.erase_old_requests()
        assert CallRequest.objects.count() == count
    assert list(ErasedRequests.objects.values_list("month", "count", "called")) == [(date(2026, 6, 1), 1, 1)]


def test_the_days_are_settings(client, mine, sam, settings):
    settings.CONTACT_DAYS, settings.REQUEST_DAYS = 1, 2
    team_actions.called(call_request=mine.call_request, by=sam)
    text = words(client.post(CODE, {"code": mine.code}))
    assert "and what goes with it, on 21 March 2026. We erase everything on 22 March 2026." in text
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        erasure.erase_old_requests()
    assert reload(mine).contact.reveal() == ""


def test_the_asker_reads_when_the_contact_was_opened(client, mine, sam):
    team_actions.open_contact(call_request=mine.call_request, by=sam)
    text = words(client.post(CODE, {"code": mine.code}))
    team_actions.open_contact(call_request=mine.call_request, by=sam)
    text = words(client.post(CODE, {"code": mine.code}))
    assert "Someone from the team looked at your number or address on 20 March 2026." in text
    assert "Sam" not in text


def test_a_lost_key_is_said_and_breaks_nothing(client, asked, settings):
    settings.FIELD_KEY = "another"
    text = words(client.post(CODE, {"code": asked.code}))
    assert "Number or address (cannot be read: the key that encrypted this is not here)" in text
    assert send_command(client, asked, "write", words="Still here").status_code == 200
    assert send_command(client, asked, "withdraw", sure="on").status_code == 200
    assert not CallRequest.objects.exists()
