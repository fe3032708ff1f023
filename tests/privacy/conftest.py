"""Fixtures of the privacy tests: those of the forums, a marked writer, and all that is logged."""

import logging

import pytest
from django.test import Client

from mscos.groups import MODERATORS
from mscos.redacting_logs import RedactingFormatter
from tests.forums.conftest import alex, consultation, forum, published, sam, thread, waiting  # noqa: F401  fixtures
from tests.people import make_staff, sign_in
from tests.privacy.helpers import ACCOUNT, MARKS, LogOfEverything


@pytest.fixture
def log():
    """All log lines of any logger during a test, as they would be written."""
    handler = LogOfEverything()
    handler.setFormatter(RedactingFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(params=["signed out", "signed in"])
def writer(request, sam):  # noqa: F811  a fixture by its name
    """A client with a marked device, and if signed in a marked account."""
    client = Client(
        REMOTE_ADDR=MARKS["address"],
        headers={
            "x-forwarded-for": MARKS["forwarded address"],
            "user-agent": MARKS["agent"],
            "referer": MARKS["referrer"],
            "accept-language": MARKS["language"],
        },
    )
    client.marks = dict(MARKS)
    if request.param == "signed in":
        person = make_staff(ACCOUNT, display_name="Marked Writer", groups=[MODERATORS])
        sign_in(client, person)
        client.marks |= {"email": ACCOUNT, "name": "Marked Writer", "session": client.session.session_key}
    client.cookies["marked"] = MARKS["cookie"]
    return client
