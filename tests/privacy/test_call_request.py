"""Traces of a call request: one row, nothing of a person or device, and no typed text unencrypted."""

import base64
import html
import re

import pytest
import time_machine
from django.db import connection, transaction

from forums.call_requests import team_actions
from forums.models import CallRequest
from mscos.encryption import EncryptedText
from mscos.forms import new_submission_id
from mscos.groups import CALL_HANDLERS
from tests.people import make_staff, sign_in
from tests.privacy.helpers import DAY, MOMENT, assert_no_trace, code_in, take_snapshot

pytestmark = pytest.mark.django_db
TYPED = {
    "contact": "07700 900123 typed",
    "say_instead": "typed answer for others",
    "ask_for": "Typed Juniper",
    "agreed_word": "typed marmalade",
    "interpreter": "typed Amharic",
    "topic": "typed words about a landlord",
}


def ask_for_call(client, **changed):
    """Send the three steps and return the last page."""
    answers = {
        "step": "check", "how": "contact", "way": "phone", "days": ["Monday"], "zone": "Africa/Lagos",
        "hours": ["In the morning, 9am to midday"], "leave_message": "no", "submission_id": new_submission_id(), **TYPED, **changed,
    }  # fmt: skip
    with time_machine.travel(MOMENT, tick=False):
        client.get("/call/?from=housing")
        page = client.post("/call/", {**answers, "from": "housing"})
        riding = html.unescape(re.search(r'name="answers" value="([^"]*)"', page.content.decode())[1])
        return client.post("/call/", {"step": "send", "from": "housing", "answers": riding})


def send_command(client, code, act, **typed):
    with time_machine.travel(MOMENT, tick=False):
        return client.post("/code/call/", {"code": code, "submission_id": new_submission_id(), "act": act, **typed})


@pytest.fixture
def code(forum):
    """The code of a call request from another device."""
    from django.test import Client

    return code_in(ask_for_call(Client()))


def test_asking_leaves_one_row_and_no_trace(writer, forum, log):
    before = take_snapshot(log)
    page = ask_for_call(writer)
    after = take_snapshot(log)
    code = code_in(page)
    assert {name: len(rows) for name, rows in after.added(before).items()} == {"forums_callrequest": 1}
    assert after.gone(before) == {}
    [row] = after.added(before)["forums_callrequest"]
    encrypted = {"contact", "times", "say_instead", "ask_for", "agreed_word", "interpreter", "topic", "reach"}
    random = {"code", "code_digest", "form_digest"}
    plain = {name: str(value) for name, value in row.items() if name not in encrypted | random}
    assert plain == {
        "forum_id": str(forum.pk), "state": "new", "urgent": str(row["urgent"]), "handler_id": "None", "how": "contact",
        "way": "phone", "zone": "Africa/Lagos", "leave_message": str(row["leave_message"]), "asked_on": DAY,
        "done_on": "None", "contact_erased_on": "None",
    }  # fmt: skip
    assert (bool(row["urgent"]), bool(row["leave_message"])) == (False, False)
    assert {name: EncryptedText(row[name]).reveal() for name in TYPED} == TYPED
    tokens = [base64.urlsafe_b64decode(row[name]) for name in encrypted if row[name]]
    assert {token[1:9] for token in tokens} == {bytes(8)}, "a token has the second at which it was made"
    assert_no_trace({**writer.marks, **TYPED, "code": code, "bare code": code.replace("-", "")}, before, after)
    assert (list(page.cookies), after.log, after.mail) == ([], before.log, before.mail)


@pytest.mark.parametrize(
    ("act", "typed", "rows"),
    [
        ("write", {"words": "typed message"}, {"forums_callmessage": 1}),
        ("others", {"words": "typed message"}, {"forums_callmessage": 1}),
        ("withdraw", {}, {}),
        ("", {"offer": "2026-03-30T14:00:00+00:00"}, {}),
    ],
)
def test_what_the_asker_does_leaves_no_trace(writer, code, log, act, typed, rows):
    before = take_snapshot(log)
    send_command(writer, code, act, **typed)
    after = take_snapshot(log)
    assert {name: len(found) for name, found in after.added(before).items()} == rows
    assert_no_trace({**writer.marks, **typed, "code": code}, before, after)


def test_withdrawing_leaves_a_count_by_month_and_no_trace(writer, code, log):
    before = take_snapshot(log)
    send_command(writer, code, "withdraw", sure="on")
    after = take_snapshot(log)
    assert after.gone(before) == {"forums_callrequest": 1}
    [counted] = after.added(before).pop("forums_erasedrequests")
    assert {name: str(value) for name, value in counted.items() if name != "id"} == {
        "month": "2026-03-01",
        "count": "1",
        "called": "0",
    }
    assert set(after.added(before)) == {
        "forums_erasedrequests",
        "mscos_erasure",
    }  # the second for a backup that is restored
    assert_no_trace({**writer.marks, **TYPED, "code": code}, before, after)


def test_looking_and_what_is_refused_change_nothing(writer, code, log):
    before = take_snapshot(log)
    asking_page = writer.post("/call/", {"step": "check", "how": "contact", **TYPED})
    with time_machine.travel(MOMENT, tick=False):
        writer.post("/code/", {"code": code})
    send_command(writer, code, "write", words="")
    send_command(writer, "K7QW-3MHT-9XRC-V2PD", "write", words="typed message")
    after = take_snapshot(log)
    assert asking_page.status_code == 200
    assert (after.added(before), after.gone(before)) == ({}, {})
    assert_no_trace({**writer.marks, **TYPED, "message": "typed message", "code": code}, before, after)


def test_what_the_team_opens_stands_in_no_log_cache_session_or_history(client, code, log):
    sam = make_staff("handler@example.org", display_name="Handler", groups=[CALL_HANDLERS])
    sign_in(client, sam)
    call = CallRequest.objects.get()
    team_actions.claim(call_request=call, by=sam)
    before = take_snapshot(log)
    client.get(f"/admin/forums/callrequest/{call.pk}/change/")
    assert b"07700 900123" in client.post(f"/admin/forums/callrequest/{call.pk}/card/").content
    client.post(f"/admin/forums/callrequest/{call.pk}/change/", {"act": "write", "words": "typed message"})
    after = take_snapshot(log)
    assert_no_trace({**TYPED, "message": "typed message"}, before, after)
    assert set(after.added(before)) <= {
        "forums_contactdisclosure",
        "forums_callmessage",
        "django_admin_log",
        "django_session",
    }


def test_a_fault_while_asking_logs_its_place_and_nothing_of_the_request(writer, forum, log):
    writer.raise_request_exception = False
    before = take_snapshot(log)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE forums_callrequest RENAME TO forums_away")
    before_the_fault = transaction.savepoint()
    page = ask_for_call(writer)
    transaction.savepoint_rollback(before_the_fault)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE forums_away RENAME TO forums_callrequest")
    after = take_snapshot(log)
    assert page.status_code == 500
    assert_no_trace({**writer.marks, **TYPED}, before, after)
