"""The team's pages and actions on a call request, and who may use them."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from forums.call_requests import requester_actions, team_actions
from forums.emails import notify_call_handlers
from forums.models import CallOffer, CallRequest, ContactDisclosure, ErasedRequests, SafeguardingProcedure
from mscos.forms import new_submission_id
from mscos.groups import EDITORS, MODERATORS
from mscos.refusals import Refused
from tests.forums.call_requests.helpers import NOW, QUEUE, TYPED, make_request, page_url, reload, send_command
from tests.forums.helpers import messages_of
from tests.mailbox import sent_mail
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db
OTHER_ACTS = ["hand_over", "offer", "write", "read", "called", "not_reached", "open_again"]
SHOWN_ON_THE_PAGE = {"a landlord who keeps the deposit", "Amharic"}


def card_of(asked):
    return f"{QUEUE}{asked.call_request.pk}/card/"


def found(page, texts=TYPED):
    return {text for text in texts if text in page.content.decode()}


# Who sees what


@pytest.mark.parametrize("groups", [[], [MODERATORS], [EDITORS], [MODERATORS, EDITORS]])
@pytest.mark.parametrize("is_superuser", [False, True])
def test_whoever_is_no_handler_sees_nothing_whatever_else_they_may(client, asked, groups, is_superuser):
    sign_in(client, make_staff("kim@example.org", groups=groups, is_superuser=is_superuser))
    for path in (
        QUEUE,
        page_url(asked),
        f"{QUEUE}{asked.call_request.pk}/history/",
        "/admin/forums/contactdisclosure/",
    ):
        assert client.get(path).status_code == 403, path
    for path in (page_url(asked), card_of(asked)):
        assert client.post(path, {"act": "claim"}).status_code == 403
    assert "callrequest" not in client.get("/admin/").content.decode()
    assert (reload(asked).handler, ContactDisclosure.objects.count()) == (None, 0)


def test_moderators_see_that_requests_exist_and_nothing_of_them(client, asked):
    sign_in(client, make_staff("kim@example.org", groups=[MODERATORS]))
    page = client.get("/admin/forums/post/")
    assert "for a call" not in page.content.decode()
    CallRequest.objects.update(asked_on=NOW.date() - timedelta(days=1))
    page = client.get("/admin/forums/post/")
    assert "Requests for a call wait for the call handlers." in page.content.decode()
    assert found(page, [*TYPED, asked.call_request.code, "callrequest"]) == set()


def test_a_handler_who_loses_the_role_mid_way_does_nothing_more(desk, mine, sam):
    assert desk.get(page_url(mine)).status_code == 200
    sam.groups.clear()
    for name in ("called", "write", "urgent"):
        assert desk.post(page_url(mine), {"act": name, "words": "x"}).status_code == 403
    assert desk.post(card_of(mine)).status_code == 403
    assert (reload(mine).state, ContactDisclosure.objects.count()) == ("new", 0)


def test_the_queue_shows_age_and_state_and_no_word(desk, mine, forum):
    CallRequest.objects.update(asked_on=NOW.date() - timedelta(days=2))
    requester_actions.write(call_request=mine.call_request, submission_id=new_submission_id(), words="Secret words")
    page = desk.get(QUEUE)
    assert found(page, [*TYPED, "Secret words"]) == set()
    for text in (f"request {mine.call_request.code}", "2 days ago", "Housing forum", "Waiting for the team", "Sam"):
        assert text in page.content.decode()
    assert "1 waits for the team." in page.content.decode()


def test_the_queue_has_urgent_ones_first_then_the_oldest(desk, db):
    requests = [make_request().call_request for _ in range(3)]
    for days, each in zip((0, 3, 1), requests, strict=True):
        CallRequest.objects.filter(pk=each.pk).update(asked_on=NOW.date() - timedelta(days=days))
    team_actions.mark_urgent(call_request=requests[0], urgent=True)
    codes = re.findall(r">request (\w{8})<", desk.get(QUEUE).content.decode())
    assert codes == [requests[0].code, requests[1].code, requests[2].code]


def test_an_empty_queue_says_so_and_many_requests_ask_no_more(desk, django_assert_max_num_queries):
    assert "No requests. Thank you." in desk.get(QUEUE).content.decode()
    make_request()
    with django_assert_max_num_queries(30) as one:
        desk.get(QUEUE)
    for _ in range(20):
        make_request()
    with django_assert_max_num_queries(len(one)):
        desk.get(QUEUE)


# Acts


def test_a_request_is_claimed_once_and_handed_over(desk, asked, sam, alex):
    assert messages_of(send_command(desk, asked, "claim")) == ["You handle this request now."]
    theirs = Client()
    sign_in(theirs, alex)
    assert messages_of(send_command(theirs, asked, "claim")) == ["Sam handles this request. Ask them to hand it over."]
    assert messages_of(send_command(desk, asked, "hand_over", to=alex.pk)) == ["Alex handles this request now."]
    assert reload(asked).handler == alex
    assert messages_of(send_command(theirs, asked, "hand_over", to="")) == ["Nobody handles this request now."]
    assert reload(asked).handler is None


def test_a_request_of_somebody_who_handles_none_any_more_can_be_claimed(desk, asked, sam, alex):
    team_actions.claim(call_request=asked.call_request, by=alex)
    alex.groups.clear()
    assert messages_of(send_command(desk, asked, "claim")) == ["You handle this request now."]
    assert reload(asked).handler == sam


def test_it_is_handed_over_to_handlers_only(mine, sam):
    editor = make_staff("kim@example.org", display_name="Kim", groups=[EDITORS])
    with pytest.raises(Refused, match="Kim does not handle requests"):
        team_actions.hand_over(call_request=mine.call_request, by=sam, to=editor)


@pytest.mark.parametrize("name", OTHER_ACTS)
def test_only_whoever_handles_it_acts(desk, asked, name):
    typed = {"words": "x", "time_1": "2026-04-01T10:00", "to": "", "sure": "on"}
    assert messages_of(send_command(desk, asked, name, **typed)) == ["Claim this request first."]
    assert (reload(asked).state, asked.call_request.messages.count()) == ("new", 0)
    assert messages_of(desk.post(card_of(asked), follow=True)) == ["Claim this request first."]
    assert ContactDisclosure.objects.count() == 0


def test_the_page_shows_the_reason_and_no_contact_and_that_to_its_handler_only(desk, asked, sam):
    requester_actions.write(
        call_request=asked.call_request, submission_id=new_submission_id(), words="Not on this number."
    )
    assert found(desk.get(page_url(asked)), [*TYPED, "Not on this number."]) == set()
    team_actions.claim(call_request=asked.call_request, by=sam)
    page = desk.get(page_url(asked))
    assert found(page, [*TYPED, "Not on this number."]) == SHOWN_ON_THE_PAGE | {"Not on this number."}
    assert (
        "Monday, Friday<br>In the morning, 9am to midday<br>New York (EDT, UTC\u22124): it is 8am there now"
        in page.content.decode()
    )
    assert "no-store" in page["Cache-Control"]


def test_contact_details_are_opened_by_an_act_that_is_recorded(desk, mine, sam):
    assert desk.get(card_of(mine)).status_code == 302
    card = desk.post(card_of(mine))
    assert found(card) == set(TYPED) - SHOWN_ON_THE_PAGE - {TYPED[1]}
    assert "Monday, Friday<br>In the morning, 9am to midday" in card.content.decode()
    assert f"For the call: request {mine.call_request.code}" in card.content.decode()
    assert "New York (EDT, UTC\u22124): it is 8am there now" in card.content.decode()
    assert "no-store" in card["Cache-Control"]
    assert list(ContactDisclosure.objects.values_list("request_code", "viewer", "day")) == [
        (mine.call_request.code, "Sam", NOW.date())
    ]
    assert "Sam on 20 March 2026" in desk.get(page_url(mine)).content.decode()
    assert mine.call_request.code in desk.get("/admin/forums/contactdisclosure/").content.decode()


def test_the_record_of_openings_outlives_the_request_and_the_person(mine, sam):
    team_actions.open_contact(call_request=mine.call_request, by=sam)
    requester_actions.withdraw(call_request=mine.call_request)
    sam.delete()
    assert list(ContactDisclosure.objects.values_list("request_code", "viewer")) == [(mine.call_request.code, "Sam")]


def test_the_card_says_what_the_form_promised_and_warns_of_what_is_unread(desk, sam):
    asked = make_request(say_instead="")
    team_actions.claim(call_request=asked.call_request, by=sam)
    card = desk.post(card_of(asked)).content.decode()
    assert "That you have the wrong number. Nothing else." in card
    assert "nobody has read" not in card
    requester_actions.write(
        call_request=asked.call_request, submission_id=new_submission_id(), words="Not on this number."
    )
    assert (
        "The asker wrote something that nobody has read. Read it before you call."
        in desk.post(card_of(asked)).content.decode()
    )


def test_the_card_of_somebody_with_a_code_says_to_make_no_contact(desk, sam):
    asked = make_request(how="code", way="", contact="")
    team_actions.claim(call_request=asked.call_request, by=sam)
    card = desk.post(card_of(asked)).content.decode()
    assert "They reach the team. Make no contact" in card
    assert ("Number or address" in card, "May leave a message" in card) == (False, False)


@pytest.mark.parametrize("name", ["offer", "write", "called", "not_reached", "read", "open_again"])
def test_a_page_that_is_older_than_what_the_asker_did_does_nothing(desk, mine, sam, name):
    """The requester accepts and writes a warning; the page that was opened before shows neither."""
    starts = NOW + timedelta(days=3)
    team_actions.offer(call_request=mine.call_request, by=sam, starts=[starts])
    version = team_actions.call_request_version(reload(mine))
    requester_actions.accept_offer(call_request=mine.call_request, starts=starts)
    requester_actions.write(
        call_request=mine.call_request, submission_id=new_submission_id(), words="Not on this number any more."
    )
    typed = {"version": version, "words": "Kept words", "time_1": "2026-04-01T15:00", "sure": "on"}
    page = send_command(desk, mine, name, **typed)
    assert messages_of(page) == [team_actions.CHANGED]
    assert (reload(mine).state, mine.call_request.messages.get().read) == ("agreed", False)
    assert ("Kept words" in page.content.decode()) is (name == "write")


def test_a_message_after_the_call_waits_for_the_team(desk, mine, sam):
    send_command(desk, mine, "called")
    requester_actions.write(call_request=mine.call_request, submission_id=new_submission_id(), words="I am in danger.")
    assert CallRequest.objects.waiting().count() == 1
    notify_call_handlers()
    assert [mail.to for mail in sent_mail()] == [["sam@example.org"]]


def test_nothing_in_the_admins_log_outlives_the_request(desk, mine):
    send_command(desk, mine, "urgent")
    desk.post(card_of(mine))
    assert LogEntry.objects.filter(object_id=mine.call_request.pk).count() == 2
    requester_actions.withdraw(call_request=mine.call_request)
    assert mine.call_request.code not in " ".join(
        f"{each.object_id} {each.object_repr}" for each in LogEntry.objects.all()
    )


def test_a_code_in_a_message_is_refused_on_both_sides(client, desk, mine):
    page = send_command(desk, mine, "write", words=f"Your code is {mine.code}")
    assert "This seems to hold a code." in page.content.decode()
    client.post(
        "/code/call/",
        {"code": mine.code, "submission_id": new_submission_id(), "act": "write", "words": f"It is {mine.code}"},
    )
    assert mine.call_request.messages.count() == 0


def test_words_go_to_the_asker_and_empty_ones_do_not(desk, mine):
    assert "Enter your message" in send_command(desk, mine, "write", words=" ").content.decode()
    assert messages_of(send_command(desk, mine, "write", words="Would Monday do?")) == [
        "Written. The asker reads it with their code."
    ]
    assert [message.body.reveal() for message in mine.call_request.messages.all()] == ["Would Monday do?"]


def test_what_the_asker_wrote_is_news_until_it_is_read_or_answered(desk, mine, sam):
    for name, typed in (("read", {}), ("write", {"words": "x"}), ("called", {})):
        requester_actions.write(call_request=mine.call_request, submission_id=new_submission_id(), words="Hello?")
        assert CallRequest.objects.waiting().count() == 1
        send_command(desk, mine, name, **typed)
        assert not CallRequest.objects.for_handlers().get().has_news


def test_a_call_that_took_place_can_be_taken_back(desk, mine):
    assert messages_of(send_command(desk, mine, "called")) == ["Noted as called."]
    assert (reload(mine).state, reload(mine).done_on) == ("done", NOW.date())
    assert "Contact details on 27 March 2026, everything on 18 June 2026" in desk.get(page_url(mine)).content.decode()
    late = send_command(desk, mine, "offer", time_1="2026-04-01T10:00", sure="on")
    assert "This request is done. Open it again first." in messages_of(late)
    assert messages_of(send_command(desk, mine, "open_again")) == ["Open again."]
    assert (reload(mine).state, reload(mine).done_on) == ("new", None)


def test_what_was_agreed_on_is_agreed_on_again_when_it_is_opened_again(desk, mine, sam):
    starts = NOW + timedelta(days=3)
    team_actions.offer(call_request=mine.call_request, by=sam, starts=[starts])
    requester_actions.accept_offer(call_request=mine.call_request, starts=starts)
    send_command(desk, mine, "called")
    send_command(desk, mine, "open_again")
    assert reload(mine).state == "agreed"


def test_noting_a_call_twice_keeps_the_number_no_longer(desk, mine, sam):
    team_actions.called(call_request=mine.call_request, by=sam)
    with time_machine.travel(NOW + timedelta(days=5), tick=False):
        team_actions.called(call_request=mine.call_request, by=sam)
    assert reload(mine).done_on == NOW.date()


def test_the_asker_reads_that_nobody_could_be_reached(desk, mine, sam):
    team_actions.offer(call_request=mine.call_request, by=sam, starts=[NOW + timedelta(days=1)])
    send_command(desk, mine, "not_reached")
    assert (reload(mine).state, CallOffer.objects.count()) == ("new", 0)
    assert [message.body.reveal() for message in mine.call_request.messages.all()] == [team_actions.NOT_REACHED]


def test_urgent_shows_the_steps_that_the_team_has_set(desk, asked):
    assert SafeguardingProcedure.objects.get().body_html
    SafeguardingProcedure.objects.update(body="Ring **Jo**.", body_html="<p>Ring <strong>Jo</strong>.</p>")
    assert "Ring <strong>Jo</strong>." not in desk.get(page_url(asked)).content.decode()
    assert "Ring <strong>Jo</strong>." in send_command(desk, asked, "urgent").content.decode()
    assert reload(asked).urgent
    send_command(desk, asked, "not_urgent")
    assert not reload(asked).urgent


def test_a_request_that_is_erased_while_its_page_is_open_says_so(desk, mine):
    requester_actions.withdraw(call_request=mine.call_request)
    gone = ["This request was withdrawn and erased. There is nothing more to do."]
    for name in ("claim", "called", "urgent", "write"):
        assert messages_of(send_command(desk, mine, name, words="x")) == gone
    assert messages_of(desk.post(card_of(mine), follow=True)) == gone
    assert messages_of(desk.get(page_url(mine), follow=True)) == gone


@pytest.mark.parametrize("name", ["", "x", "delete", "__class__"])
def test_an_act_that_is_none_does_nothing(desk, mine, name):
    assert send_command(desk, mine, name).status_code == 200
    assert reload(mine).state == "new"


def test_the_log_names_what_was_done_and_no_word(desk, mine):
    send_command(desk, mine, "write", words="Would Monday do?")
    desk.post(card_of(mine))
    logged = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
    assert f"request {mine.call_request.code}" in logged
    assert [text for text in [*TYPED, "Would Monday do?"] if text in logged] == []


def test_handlers_are_told_that_something_waits_and_nothing_of_what(asked, sam, alex):
    make_staff("kim@example.org", groups=[MODERATORS])
    notify_call_handlers()
    assert sorted(mail.to for mail in sent_mail()) == [["alex@example.org"], ["sam@example.org"]]
    content = sent_mail()[0].message().as_string()
    assert sent_mail()[0].subject == "Something is waiting"
    assert [text for text in [*TYPED, asked.call_request.code, asked.code, "call for"] if text in content] == []
    team_actions.claim(call_request=asked.call_request, by=sam)
    team_actions.offer(call_request=asked.call_request, by=sam, starts=[NOW + timedelta(days=1)])
    notify_call_handlers()
    assert len(sent_mail()) == 2


def test_the_yearly_report_counts_and_keeps_nothing_else(desk, mine):
    send_command(desk, mine, "called")
    requester_actions.withdraw(call_request=mine.call_request)
    requester_actions.withdraw(call_request=make_request().call_request)
    assert list(ErasedRequests.objects.values_list("count", "called")) == [(2, 1)]
    assert "March 2026" in desk.get("/admin/forums/erasedrequests/").content.decode()


def test_the_group_is_the_one_that_a_migration_made():
    assert Group.objects.filter(name="Call handlers").exists()
