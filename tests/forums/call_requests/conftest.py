"""One request for a call, and the people around it."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine

from forums.call_requests import requester_actions, team_actions
from forums.models import CallRequest, Forum
from mscos.forms import new_submission_id
from mscos.groups import CALL_HANDLERS
from tests.outcomes.conftest import make_outcome
from tests.people import make_staff, sign_in

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
ANSWERS = {
    "how": "contact",
    "way": "phone",
    "contact": "07700 900123, ask twice",
    "times": "Monday, Friday\nIn the morning, 9am to midday",
    "zone": "America/New_York",
    "leave_message": False,
    "say_instead": "a survey about parks",
    "ask_for": "Juniper",
    "agreed_word": "marmalade",
    "interpreter": "Amharic",
    "topic": "a landlord who keeps the deposit",
}
TYPED = [ANSWERS[name] for name in requester_actions.ENCRYPTED]


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def outcome(forum):
    """The outcome that the forum is about."""
    outcome = make_outcome("housing")
    Forum.objects.filter(pk=forum.pk).update(outcome=outcome)
    return outcome


@pytest.fixture
def asked(db, forum):
    """A request from the housing forum, with its code."""
    return make_request(forum=forum)


@pytest.fixture
def sam(db):
    return make_staff("sam@example.org", display_name="Sam", groups=[CALL_HANDLERS])


@pytest.fixture
def alex(db):
    return make_staff("alex@example.org", display_name="Alex", groups=[CALL_HANDLERS])


@pytest.fixture
def mine(asked, sam):
    """The request, handled by Sam."""
    team_actions.claim(call_request=asked.call_request, by=sam)
    return asked


@pytest.fixture
def desk(client, sam):
    """Sam's browser."""
    sign_in(client, sam)
    return client


def make_request(forum=None, **answers):
    """Return a request that was asked for a moment ago, and its code."""
    code = requester_actions.request_call(submission_id=new_submission_id(), forum=forum, **{**ANSWERS, **answers}).code
    return SimpleNamespace(code=code, call_request=CallRequest.objects.by_code(code).get())


def fresh(asked):
    """Return the request as it is now."""
    return CallRequest.objects.get(pk=asked.call_request.pk)
