"""A mail service instead of an SMTP server: the same mail, and its outcome."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from anymail.message import AnymailRecipientStatus
from anymail.signals import post_send, pre_send
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from mscos.mail.transports import (
    BackendTransport,
    Envelope,
    Outcome,
    SendResult,
    ServerAway,
    open_transport,
    wire_format,
)

TAG = "<7-0123456789abcdef@testserver>"


@pytest.fixture
def envelope():
    """Kim's mail."""
    message = EmailMultiAlternatives(
        "Week 5: h\xe4user",
        "Words.\n",
        from_email="Team <team@example.org>",
        to=["kim@example.org"],
        headers={"Message-ID": TAG, "List-Id": "Team <newsletter.testserver>", "List-Unsubscribe": "<https://x/>"},
    )
    message.attach_alternative("<p>Words.</p>\n", "text/html")
    return Envelope("bounces+7@example.org", "kim@example.org", wire_format(message))


@pytest.fixture
def transport(settings):
    """What brings mail to anymail's own stand-in for a service."""
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    opened = open_transport()
    assert isinstance(opened, BackendTransport)
    opened.open()
    yield opened
    opened.close()


class Service:
    """A service on this machine: answers with a status, or hangs up once it has read the mail."""

    def __init__(self):
        self.status, self.taken, self.port = 200, [], 0


@contextmanager
def service():
    known = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known.taken.append(sent)
            if known.status == 0:
                self.close_connection = True
                return
            if known.status == 1:
                known.over.wait(10)
                return
            answer = json.dumps({"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": sent["To"]}).encode()
            self.send_response(known.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            """Say nothing at the terminal."""

    known.over = threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Handler)
    known.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        known.over.set()
        server.shutdown()
        thread.join(60)
        server.server_close()


@pytest.fixture
def postmark(settings):
    """A real service's backend, which talks to the one on this machine."""
    with service() as running:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {
            "IGNORE_UNSUPPORTED_FEATURES": True,
            "POSTMARK_SERVER_TOKEN": "word",
            "POSTMARK_API_URL": f"http://127.0.0.1:{running.port}/",
            "REQUESTS_TIMEOUT": 0.5,
        }
        yield running


def answering(status):
    """Let the service answer so to the next mail; return what undoes it."""

    def answer(sender, message, **_):
        message.anymail_test_response = {"recipient_status": {message.to[0]: AnymailRecipientStatus("1", status)}}

    pre_send.connect(answer, weak=False)
    return lambda: pre_send.disconnect(answer)


def test_the_service_gets_the_mail_as_it_is(transport, envelope):
    assert transport.send(envelope) == SendResult(Outcome.TAKEN)
    [message] = mail.outbox
    params = message.anymail_test_params
    assert [str(each) for each in params["to"]] == ["kim@example.org"]
    assert str(params["from"]) == "Team <team@example.org>"
    assert (params["subject"], params["text_body"], params["html_body"]) == (
        "Week 5: h\xe4user",
        "Words.\n",
        "<p>Words.</p>\n",
    )
    headers = dict(params["extra_headers"])
    assert {name: headers[name] for name in ("Message-ID", "List-Id", "List-Unsubscribe")} == {
        "Message-ID": TAG,
        "List-Id": "Team <newsletter.testserver>",
        "List-Unsubscribe": "<https://x/>",
    }
    assert params["metadata"] == {"message": TAG}
    assert params["envelope_sender"] == "bounces+7@example.org"
    assert (params["track_opens"], params["track_clicks"]) == (False, False)


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("invalid", SendResult(Outcome.REFUSED, "550 5.1.1")),
        ("rejected", SendResult(Outcome.REFUSED, "550 5.7.1")),
        ("sent", SendResult(Outcome.TAKEN)),
        ("queued", SendResult(Outcome.TAKEN)),
    ],
)
def test_what_the_service_says_of_an_address_is_told(transport, envelope, status, result):
    undo = answering(status)
    try:
        assert transport.send(envelope) == result
        assert result.is_permanent is (status == "invalid")
    finally:
        undo()


@pytest.mark.parametrize("error", [RuntimeError("no"), OSError("no"), ValueError("no")])
def test_whatever_else_fails_loses_nothing(transport, envelope, error):
    def fail(sender, **_):
        raise error

    pre_send.connect(fail, weak=False)
    try:
        with pytest.raises(ServerAway):
            transport.send(envelope)
    finally:
        pre_send.disconnect(fail)
    assert transport.send(envelope) == SendResult(Outcome.TAKEN)
    assert not post_send.receivers


def test_an_address_that_the_service_cannot_write_holds_up_nobody(transport, envelope):
    assert transport.send(envelope._replace(recipient="kim@a..b")) == SendResult(Outcome.LATER, "553")


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, SendResult(Outcome.TAKEN)),
        (400, SendResult(Outcome.LATER, "400")),
        (413, SendResult(Outcome.LATER, "413")),
        (504, SendResult(Outcome.UNCERTAIN)),
        (0, SendResult(Outcome.UNCERTAIN)),
        (1, SendResult(Outcome.UNCERTAIN)),
    ],
)
def test_the_answer_of_a_real_service_is_told(postmark, envelope, status, result):
    postmark.status = status
    assert open_transport().send(envelope) == result
    assert [sent["Metadata"] for sent in postmark.taken] == [{"message": TAG}]
    assert [sent["TrackOpens"] for sent in postmark.taken] == [False]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_service_that_takes_nothing_now_is_away(postmark, envelope, status):
    postmark.status = status
    with pytest.raises(ServerAway):
        open_transport().send(envelope)


def test_a_service_that_is_not_there_took_nothing(settings, postmark, envelope):
    settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_API_URL": "http://127.0.0.1:1/"}
    with pytest.raises(ServerAway):
        open_transport().send(envelope)
