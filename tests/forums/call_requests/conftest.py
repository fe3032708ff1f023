"""Fixtures of the tests of call requests: one call request, its forum and its handlers."""

import pytest
import time_machine

from forums.call_requests import team_actions
from forums.models import Forum
from mscos.groups import CALL_HANDLERS
from tests.forums.call_requests.helpers import NOW, make_request
from tests.outcomes.conftest import make_outcome
from tests.people import make_staff, sign_in


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
    """A call request from the housing forum, and its code."""
    return make_request(forum=forum)


@pytest.fixture
def sam(db):
    return make_staff("sam@example.org", display_name="Sam", groups=[CALL_HANDLERS])


@pytest.fixture
def alex(db):
    return make_staff("alex@example.org", display_name="Alex", groups=[CALL_HANDLERS])


@pytest.fixture
def mine(asked, sam):
    """The call request, handled by Sam."""
    team_actions.claim(call_request=asked.call_request, by=sam)
    return asked


@pytest.fixture
def desk(client, sam):
    """Sam's browser."""
    sign_in(client, sam)
    return client
