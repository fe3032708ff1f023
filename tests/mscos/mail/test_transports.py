"""The answers of a mail server to one mail, and their outcomes."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives

from mscos.mail.transports import Envelope, Outcome, SendResult, ServerAway, as_message, open_transport, wire_format
from tests.smtp_server import Hang, HangUp, smtp_server, use

LETTER = Envelope("team@example.org", "reader@example.org", b"Subject: Hello\r\n\r\n.A line\r\n..\r\nThe end\r\n")
TAKEN = SendResult(Outcome.TAKEN, "250")


def at(step, answer, only_for="reader@example.org"):
    """Return a script that answers like this at one step, or raises it."""

    def script(now, recipient, count):
        if now != step or recipient not in {only_for, ""}:
            return None
        if isinstance(answer, str):
            return answer
        raise answer

    return script


@pytest.fixture
def transport(settings):
    """Return a function that opens a carrier to a server."""
    opened = []

    def open_to(server):
        use(server, settings)
        opened.append(open_transport())
        return opened[-1]

    yield open_to
    for each in opened:
        each.close()


@pytest.mark.parametrize("pipelining", [True, False])
def test_many_mails_go_over_one_line_byte_for_byte(transport, pipelining):
    with smtp_server(pipelining=pipelining) as server:
        ours = transport(server)
        assert [ours.send(LETTER), ours.send(LETTER._replace(recipient="kim@example.org"))] == [TAKEN, TAKEN]
    assert server.recipients() == ["reader@example.org", "kim@example.org"]
    assert [mail.content for mail in server.taken] == [LETTER.content] * 2
    assert [mail.sender for mail in server.taken] == ["team@example.org"] * 2
    assert server.lines == 1


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("step", "answer", "result"),
    [
        ("rcpt", "550 5.1.1 no such person", SendResult(Outcome.REFUSED, "550 5.1.1")),
        ("rcpt", "553 malformed", SendResult(Outcome.REFUSED, "553")),
        ("rcpt", "450 4.2.1 later", SendResult(Outcome.LATER, "450 4.2.1")),
        ("mail", "552 too large", SendResult(Outcome.REFUSED, "552")),
        ("data", "451 not now", SendResult(Outcome.LATER, "451")),
        ("content", "554 5.7.1 not wanted: l\xf8rdag", SendResult(Outcome.REFUSED, "554 5.7.1")),
        ("content", "452 disk full", SendResult(Outcome.LATER, "452")),
    ],
)
def test_a_refusal_tells_its_code_and_the_next_mail_goes_on(transport, pipelining, step, answer, result):
    script = at(step, answer) if step != "mail" else at("mail", answer, only_for="never")
    with smtp_server(pipelining=pipelining, script=script) as server:
        ours = transport(server)
        assert ours.send(LETTER) == result
        server.script = lambda *_: None
        assert ours.send(LETTER._replace(recipient="kim@example.org")) == TAKEN
    assert server.recipients() == ["kim@example.org"]
    assert server.lines == 1


@pytest.mark.parametrize("step", ["connect", "mail", "rcpt", "data"])
@pytest.mark.parametrize("answer", ["421 4.3.2 closing", HangUp(), Hang(), "no number"])
def test_a_server_that_goes_away_before_the_content_took_nothing(transport, step, answer):
    with smtp_server(script=at(step, answer)) as server:
        ours = transport(server)
        with pytest.raises(ServerAway):
            ours.send(LETTER)
        server.script = lambda *_: None
        assert ours.send(LETTER) == TAKEN
    assert server.lines == 2


@pytest.mark.parametrize("answer", [HangUp(), Hang(), "no number"])
def test_a_line_that_breaks_after_the_content_leaves_it_uncertain(transport, answer):
    with smtp_server(script=at("taken", answer)) as server:
        ours = transport(server)
        assert ours.send(LETTER) == SendResult(Outcome.UNCERTAIN)
        server.script = lambda *_: None
        assert ours.send(LETTER) == TAKEN
    assert server.recipients() == ["reader@example.org"] * 2


def test_closing_as_the_answer_to_the_content_is_a_refusal_for_now(transport):
    with smtp_server(script=at("content", "421 closing")) as server:
        assert transport(server).send(LETTER) == SendResult(Outcome.LATER, "421")
    assert server.taken == []


def test_nobody_there(transport):
    with smtp_server() as server:
        pass
    with pytest.raises(ServerAway):
        transport(server).send(LETTER)


@pytest.mark.parametrize("recipient", ["a@example.org>\r\nRCPT TO:<b@example.org", "ø@example.org"])
def test_an_address_cannot_say_more_than_an_address(transport, recipient):
    with smtp_server() as server:
        assert transport(server).send(LETTER._replace(recipient=recipient)) == SendResult(Outcome.REFUSED, "553 5.1.3")
    assert server.taken == []


@pytest.mark.parametrize(
    ("result", "is_permanent"),
    [
        (SendResult(Outcome.REFUSED, "550 5.1.1"), True),
        (SendResult(Outcome.REFUSED, "550 5.1.10"), True),
        (SendResult(Outcome.REFUSED, "550 5.1.8"), False),
        (SendResult(Outcome.REFUSED, "550 5.7.1"), False),
        (SendResult(Outcome.REFUSED, "550"), False),
        (SendResult(Outcome.LATER, "450 4.1.1"), False),
    ],
)
def test_only_the_address_itself_makes_a_refusal_hard(result, is_permanent):
    assert result.is_permanent is is_permanent


def test_on_the_wire_a_mail_is_ascii_with_short_lines():
    message = EmailMultiAlternatives(
        "Überall \N{BLACK HEART SUIT}", "Für alle\n" * 3, to=["reader@example.org"], headers={"X-Long": "word " * 150}
    )
    message.attach_alternative("<p>" + "Für alle " * 200 + "</p>", "text/html")
    wire = wire_format(message)
    assert wire.isascii()
    assert {line[-1:] for line in wire.split(b"\n")[:-1]} == {b"\r"}
    assert max(len(line) for line in wire.split(b"\r\n")) <= 998
    body = wire.partition(b"\r\n\r\n")[2]
    assert max(len(line) for line in body.split(b"\r\n")) <= 78
    back = as_message(Envelope("team@example.org", "reader@example.org", wire))
    assert (back.subject, back.body, back.to) == (message.subject, message.body, message.to)
    assert back.alternatives[0].content.rstrip("\n") == message.alternatives[0].content
    assert back.extra_headers["Message-ID"].endswith("@testserver>")


@pytest.mark.parametrize("where", ["subject", "to", "header"])
def test_a_line_break_in_a_header_is_refused(where):
    bad = "one\r\nBcc: b@example.org"
    fields = {
        "subject": {"subject": bad},
        "to": {"to": [bad]},
        "header": {"headers": {"X-Word": bad}},
    }[where]
    with pytest.raises(ValueError, match=r"(?i)newline|linefeed|header"):
        wire_format(EmailMessage(**{"body": "Words", "to": ["reader@example.org"], **fields}))
