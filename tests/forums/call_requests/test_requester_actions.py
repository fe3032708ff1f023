"""The form of a call request: three steps, nothing stored before the last, and the code."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from forums.call_requests import requester_actions
from forums.call_requests.forms import sign_answers
from forums.models import CallRequest
from mscos.codes import digest
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from tests.forums.call_requests.helpers import NOW, make_request
from tests.forums.helpers import kept, problems, title, words
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db
PATH = "/call/"
TEXTS = ("contact", "say_instead", "ask_for", "agreed_word", "interpreter", "topic")


def fields(**changed):
    return {
        "step": "check", "from": "housing", "how": "contact", "way": "phone", "contact": "07700 900123",
        "days": ["Monday", "Friday"], "hours": ["In the morning, 9am to midday"], "zone": "America/New_York",
        "leave_message": "no", "say_instead": "a survey", "ask_for": "Juniper", "agreed_word": "marmalade",
        "interpreter": "", "topic": "A deposit.\nMore later.", "submission_id": new_submission_id(), "leave_empty": "", **changed,
    }  # fmt: skip


def signed_answers(page):
    """Return the signed answers in the page's form."""
    return html.unescape(re.search(r'name="answers" value="([^"]*)"', page.content.decode())[1])


def send(client, **changed):
    answers = signed_answers(client.post(PATH, fields(**changed)))
    return client.post(PATH, {"step": "send", "from": "housing", "answers": answers})


def code_in(page):
    found = re.search(r'<p class="code">(.*?)</p>', page.content.decode())
    return found and found[1]


def checked(page, name):
    inputs = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.content.decode())
    return [re.search(r'value="([^"]*)"', each)[1] for each in inputs if "checked" in each]


def test_the_first_step_says_what_will_happen_and_asks_nothing(client, forum):
    page = client.get(f"{PATH}?from=housing")
    for sentence in (
        "This is not an emergency line. It can take 2 working days until we answer. In danger now? Call 999,",
        "On this site nobody outside that group can open your answers. Those who run the server hold the key.",
        "We erase a number or address 7 days after the call, and everything 90 days after you ask.",
        "we may have to tell others. We would try to talk to you first.",
    ):
        assert sentence in words(page)
    assert title(page) == "Ask for a call – Community of Practice"
    assert "<input" not in page.content.decode()
    assert 'href="/call/?step=answer&amp;from=housing">Continue' in page.content.decode()


def test_the_code_comes_first_and_a_message_is_not_left_unless_asked_for(client):
    page = client.get(f"{PATH}?step=answer")
    assert re.findall(r'name="how" value="(\w+)"', page.content.decode()) == ["code", "contact"]
    assert [checked(page, name) for name in ("how", "way", "leave_message", "days", "hours")] == [
        [],
        [],
        ["no"],
        [],
        [],
    ]
    assert re.findall(r'autocomplete="(?!off)', page.content.decode()) == []


def test_answers_are_shown_to_be_checked_and_nothing_is_stored(client, forum):
    page = client.post(PATH, fields())
    text = words(page)
    assert "Check your answers Nothing has been sent yet." in text
    for answer in ("You contact me", "Phone call", "07700 900123", "Monday", "marmalade", "New York", "a survey", "No"):
        assert answer in text
    assert not CallRequest.objects.exists()


def test_a_request_is_stored_with_what_was_typed_and_the_forum(client, forum):
    page = send(client)
    assert title(page) == "Sent – Community of Practice"
    call_request = CallRequest.objects.get()
    assert call_request.code_digest == digest(code_in(page))
    assert (call_request.how, call_request.way, call_request.zone, call_request.leave_message) == (
        "contact",
        "phone",
        "America/New_York",
        False,
    )
    assert {name: getattr(call_request, name).reveal() for name in requester_actions.ENCRYPTED} == {
        "contact": "07700 900123",
        "times": "Monday, Friday\nIn the morning, 9am to midday",
        "say_instead": "a survey",
        "ask_for": "Juniper",
        "agreed_word": "marmalade",
        "topic": "A deposit.\nMore later.",
        "interpreter": "",
    }
    assert (call_request.forum, call_request.state, call_request.handler, call_request.urgent) == (
        forum,
        "new",
        None,
        False,
    )
    assert (str(call_request.asked_on), str(call_request.erased_after)) == ("2026-03-20", "2026-06-18")


def test_with_a_code_there_is_no_number_and_no_way(client, forum):
    send(client, how="code", contact="")
    call_request = CallRequest.objects.get()
    assert (call_request.how, call_request.way, call_request.contact.reveal()) == ("code", "", "")


@pytest.mark.parametrize("slug", ["", "nowhere", "a\x00b", "x" * 5000, "../housing"])
def test_a_forum_that_is_none_is_left_out(client, forum, slug):
    answers = signed_answers(client.post(PATH, fields(**{"from": slug})))
    client.post(PATH, {"step": "send", "from": slug, "answers": answers})
    assert CallRequest.objects.get().forum is None
    assert client.get(PATH, {"from": slug}).status_code == 200


@pytest.mark.parametrize(
    ("changed", "messages"),
    [
        ({"how": ""}, ["Choose how you would like this to work"]),
        ({"how": "x"}, ["Choose how you would like this to work"]),
        ({"way": ""}, ["Choose by phone call, text message or email"]),
        ({"way": "fax"}, ["Choose by phone call, text message or email"]),
        ({"contact": " \u200b\t "}, ["Enter a number or address that is safe to use"]),
        ({"contact": "x" * 201}, ["Number or address must be 200 characters or less"]),
        ({"contact": "a\x00b"}, ["Number or address has characters that we cannot store. Type those words again, then send"]),
        ({"how": "code"}, ["Take this out, or choose 'You contact me': with a code we need no number or address"]),
        ({"days": []}, ["Choose at least one day"]),
        ({"days": ["Noday"]}, ["Choose at least one day"]),
        ({"hours": []}, ["Choose at least one time"]),
        ({"zone": "Atlantis"}, ["Choose a time zone from the list"]),
        ({"leave_message": "perhaps"}, ["Choose yes or no"]),
        ({"topic": "x" * 2_001}, ["Text must be 2,000 characters or less"]),
        ({"submission_id": ""}, ["This form was open for too long. Nothing was lost. Check and send again."]),
        ({"leave_empty": "x"}, ["A field that should stay empty was filled in. Nothing was lost. Send again."]),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_and_kept_and_not_stored(client, forum, changed, messages):
    sent = fields(**changed)
    page = client.post(PATH, sent)
    assert problems(page) == messages
    assert title(page) == "Error: Ask for a call – Community of Practice"
    assert {name: kept(page, name) for name in TEXTS} == {name: sent[name] for name in TEXTS}
    assert checked(page, "days") == [day for day in sent["days"] if day != "Noday"]
    assert kept(page, "from") == "housing"
    assert not CallRequest.objects.exists()


def test_answers_can_be_changed_and_nothing_is_lost(client, forum):
    answers = signed_answers(client.post(PATH, fields()))
    page = client.post(PATH, {"step": "change", "from": "housing", "answers": answers})
    assert {name: kept(page, name) for name in TEXTS} == {name: fields()[name] for name in TEXTS}
    assert [checked(page, name) for name in ("how", "way", "days")] == [["contact"], ["phone"], ["Monday", "Friday"]]
    assert title(page) == "Ask for a call – Community of Practice"


@pytest.mark.parametrize("step", ["send", "change", "x", ""])
@pytest.mark.parametrize("riding_along", [None, "", "forged:1:x", "e30:1abc:x"])
def test_a_step_out_of_order_starts_again_and_sends_nothing(client, step, riding_along):
    given = {} if riding_along is None else {"answers": riding_along}
    page = client.post(PATH, {"step": step, **given})
    assert page.status_code == 200
    assert "Nothing was sent." in words(page) or "Nothing was sent." in page.content.decode()
    assert not CallRequest.objects.exists()


def test_answers_that_were_changed_on_the_way_or_are_too_old_are_not_taken(client, forum):
    answers = signed_answers(client.post(PATH, fields()))
    client.post(PATH, {"step": "send", "answers": answers[:-1] + ("A" if answers[-1] != "A" else "B")})
    with time_machine.travel(NOW + timedelta(hours=13), tick=False):
        client.post(PATH, {"step": "send", "answers": answers})
    assert not CallRequest.objects.exists()
    assert sign_answers({}) != answers


def test_one_form_sent_twice_is_one_request_with_one_code(client, forum):
    answers = signed_answers(client.post(PATH, fields()))
    pages = [client.post(PATH, {"step": "send", "from": "housing", "answers": answers}) for _ in range(2)]
    assert code_in(pages[0]) == code_in(pages[1]) != ""
    assert CallRequest.objects.count() == 1
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        late = client.post(PATH, {"step": "send", "from": "housing", "answers": answers})
    assert (code_in(late), "This page is only shown once" in words(late)) == (None, True)


def test_two_forms_are_two_requests(client, forum):
    codes = {code_in(send(client)) for _ in range(2)}
    assert (len(codes), CallRequest.objects.count()) == (2, 2)


def test_a_form_sent_again_after_withdrawing_makes_nothing(client, forum):
    answers = signed_answers(client.post(PATH, fields()))
    again = {"step": "send", "from": "housing", "answers": answers}
    client.post(PATH, again)
    requester_actions.withdraw(call_request=CallRequest.objects.get())
    assert "This page is only shown once" in words(client.post(PATH, again))
    assert not CallRequest.objects.exists()


def test_a_stale_token_gives_every_step_back(forum):
    strict = Client(enforce_csrf_checks=True)
    page = strict.post(PATH, fields())
    assert (page.status_code, kept(page, "topic")) == (403, fields()["topic"])
    answers = signed_answers(Client().post(PATH, fields()))
    page = strict.post(PATH, {"step": "send", "answers": answers, "from": "housing"})
    assert (page.status_code, title(page)) == (403, "Error: Ask for a call – Community of Practice")
    assert "Something went wrong when sending. Nothing was lost." in page.content.decode()
    token = kept(page, "csrfmiddlewaretoken")
    assert not CallRequest.objects.exists()
    strict.post(PATH, {"step": "send", "answers": signed_answers(page), "csrfmiddlewaretoken": token})
    assert CallRequest.objects.count() == 1


def test_after_five_requests_in_an_hour_the_answers_come_back_with_429(client, forum):
    for _ in range(5):
        assert send(client).status_code == 200
    page = send(client)
    assert (page.status_code, "Wait 60 minutes" in page.content.decode()) == (429, True)
    assert CallRequest.objects.count() == 5
    cache.clear()
    client.post(PATH, {"step": "send", "answers": signed_answers(page)})
    assert CallRequest.objects.count() == 6


def test_signed_in_or_not_no_step_touches_a_session_or_keeps_a_person(client, forum):
    sign_in(client, make_staff("kim@example.org", display_name="Kim"))
    before = list(Session.objects.values_list("session_key", "session_data", "expire_date"))
    client.get(PATH)
    page = send(client)
    assert list(Session.objects.values_list("session_key", "session_data", "expire_date")) == before
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("no-store, private", "noindex, noarchive")
    assert CallRequest.objects.get().handler is None


def test_signed_out_the_form_sets_the_form_token_only(client, forum):
    assert list(client.get(f"{PATH}?step=answer").cookies) == ["form"]
    assert list(client.get(PATH).cookies) == []


@pytest.mark.parametrize(
    "path", ["/forums/", "/forums/housing/", "/forums/housing/new/", "{thread}", "{thread}reply/", "/views/{consultation}/",
             "/outcomes/housing/", "/contact/", "/", "/safety/", "/about/"]
)  # fmt: skip
def test_every_place_where_people_say_something_leads_here(client, outcome, thread, consultation, path):
    address = path.format(thread=thread.get_absolute_url(), consultation=consultation.code)
    page = client.get(address).content.decode()
    from_forum = "housing" in address or "/views/" in address
    assert 'href="/call/?from=housing">Ask for a call' in page if from_forum else 'href="/call/">Ask for a call' in page


def test_the_action_refuses_who_may_store_nothing_new(forum):
    with pytest.raises(Refused, match="Wait"):
        make_request(forum=forum, limit_message="Wait")
    assert not CallRequest.objects.exists()
