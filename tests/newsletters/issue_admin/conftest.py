"""Fixtures of the admin of issues."""

import socket

import pytest
from aiosmtpd.controller import Controller
from django.test import Client

from mscos.groups import EDITORS
from tests.newsletters.conftest import add_section, make_issue
from tests.people import make_staff, sign_in


@pytest.fixture
def client(client, editor):
    """Robin, signed in."""
    sign_in(client, editor)
    return client


@pytest.fixture
def kim_client(db):
    """Kim, who edits too, in another browser."""
    kim = Client()
    sign_in(kim, make_staff("kim@example.org", display_name="Kim", groups=[EDITORS]))
    return kim


@pytest.fixture
def draft(db):
    """A draft with text only that is ready to be published."""
    issue = make_issue(5)
    for heading in ("One", "Two"):
        add_section(issue, "text", heading=heading, body=f"The words of {heading}.")
    return issue


@pytest.fixture
def mail_server():
    """A mail server on a free port; the mails that it accepted are in `handler.envelopes`."""

    class Letterbox:
        def __init__(self):
            self.envelopes = []

        async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's own
            self.envelopes.append(envelope)
            return "250 Taken"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Letterbox(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()
