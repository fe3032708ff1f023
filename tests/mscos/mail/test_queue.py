"""Queued mail: stored with its change, encrypted while it waits, and sent whatever the mail server does."""

from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from mscos.mail import queue, worker
from mscos.mail.queue import enqueue
from mscos.mail.worker import MailWorker
from mscos.models import QueuedEmail
from tests.mailbox import sent_mail
from tests.smtp_server import HangUp, smtp_server, use

pytestmark = pytest.mark.django_db


def email(to="reader@example.org"):
    return EmailMessage("Your link", "https://community.example.org/a/b/", to=[to])


@pytest.fixture
def server(settings):
    with smtp_server() as running:
        use(running, settings)
        yield running


def run_slice(after=timedelta(0)):
    """Let a new worker take one turn, some time from now; return how many mails the server answered."""
    with time_machine.travel(timezone.now() + after, tick=True):
        worker = MailWorker()
        try:
            return worker.run_slice()
        finally:
            worker.close()


def test_a_letter_leaves_once_with_its_words(server):
    enqueue(email())
    assert [run_slice(), run_slice()] == [1, 0]
    [taken] = server.taken
    assert (taken.sender, taken.recipient) == ("community@testserver", "reader@example.org")
    assert b"\r\nSubject: Your link\r\n" in taken.content
    assert taken.content.endswith(b"\r\n\r\nhttps://community.example.org/a/b/\r\n")
    assert QueuedEmail.objects.count() == 0


def test_while_it_waits_nobody_can_read_to_whom_it_is():
    enqueue(email())
    [row] = QueuedEmail.objects.values()
    assert "reader" not in str(row)
    assert "community.example.org" not in str(row)


def test_a_letter_to_nobody_is_as_much_work_and_goes_nowhere(server, django_assert_num_queries):
    with django_assert_num_queries(1):
        enqueue(email())
    with django_assert_num_queries(1):
        enqueue(email("stranger@example.org"), to_nobody=True)
    assert run_slice() == 1
    assert server.recipients() == ["reader@example.org"]
    assert QueuedEmail.objects.count() == 0


def test_what_did_not_happen_is_not_told():
    with transaction.atomic():
        enqueue(email())
        transaction.set_rollback(True)
    assert sent_mail() == []


def test_a_letter_survives_a_server_that_is_down(settings, server, caplog):
    enqueue(email())
    settings.EMAIL_PORT = 1
    assert run_slice() == 0
    assert [record.message for record in caplog.records] == [
        "The mail server went away or does not answer. Mail waits."
    ]
    settings.EMAIL_PORT = server.port
    assert run_slice() == 0
    assert run_slice(queue.SERVER_AWAY_WAIT) == 1
    assert server.recipients() == ["reader@example.org"]


@pytest.mark.parametrize("answer", ["450 4.2.0 later", HangUp()])
def test_a_letter_is_tried_again_a_while_later_and_given_up_at_last(server, caplog, answer):
    def script(step, recipient, count):
        if step != "taken" if isinstance(answer, Exception) else step != "rcpt":
            return None
        if isinstance(answer, Exception):
            raise answer
        return answer

    server.script = script
    enqueue(email())
    after = timedelta(0)
    for minutes in queue.WAITS:
        assert run_slice(after) == 1
        assert run_slice(after + timedelta(minutes=minutes - 0.5)) == 0
        after += timedelta(minutes=minutes, seconds=1)
    assert QueuedEmail.objects.count() == 1
    run_slice(after)
    assert QueuedEmail.objects.count() == 0
    code = "" if isinstance(answer, Exception) else "450 4.2.0"
    assert caplog.records[-1].message == f"A mail was given up: the mail server said {code}."
    assert len({mail.content for mail in server.taken}) <= 1  # the same mail, with the same Message-ID


def test_a_refused_letter_is_given_up_and_holds_up_no_other(server, caplog):
    server.script = lambda step, recipient, _: "550 5.1.1 sam@example.org?" if recipient[:1] + step == "srcpt" else None
    enqueue(email("sam@example.org"))
    enqueue(email())
    assert run_slice() == 2
    assert server.recipients() == ["reader@example.org"]
    assert [record.message for record in caplog.records] == ["A mail was given up: the mail server said 550 5.1.1."]
    assert QueuedEmail.objects.count() == 0


def test_a_letter_of_a_worker_that_was_killed_goes_out_after_its_lease(server):
    enqueue(email())
    [claimed_row] = queue._claimed(WorkerThatMay())
    assert claimed_row.attempts == 1
    assert run_slice() == 0
    assert run_slice(worker.LEASE - timedelta(seconds=5)) == 0
    assert run_slice(worker.LEASE + timedelta(seconds=1)) == 1


class WorkerThatMay(MailWorker):
    """A worker that is killed as soon as it has claimed something."""

    def may_send(self):
        return True


def test_a_letter_encrypted_with_a_lost_key_is_thrown_away_and_said_so(server, settings, caplog):
    enqueue(email())
    settings.FIELD_KEY = "another"
    enqueue(email("kim@example.org"))
    assert run_slice() == 1
    assert server.recipients() == ["kim@example.org"]
    [record] = caplog.records
    assert record.message == "A mail is encrypted with a key that FIELD_KEY does not have. It is thrown away."


def test_a_worker_that_is_told_to_stop_finishes_the_mail_at_hand(server):
    for number in range(3):
        enqueue(email(f"r{number}@example.org"))
    worker = MailWorker(stopping=lambda: len(server.taken) >= 2)
    assert worker.run_slice() == 2
    worker.close()
    assert QueuedEmail.objects.due().count() == 1


def test_one_line_carries_many_letters_and_an_idle_one_is_let_go(server):
    for number in range(3):
        enqueue(email(f"r{number}@example.org"))
    worker = MailWorker()
    assert [worker.run_slice(), server.lines] == [3, 1]
    assert worker.run_slice() == 0
    enqueue(email())
    assert [worker.run_slice(), server.lines] == [1, 2]
    worker.close()


def test_a_server_that_ends_each_line_after_two_mails_gets_them_all(server):
    server.script = lambda step, _, count: "421 enough" if step == "mail" and count == 2 else None
    for number in range(5):
        enqueue(email(f"r{number}@example.org"))
    worker, moment = MailWorker(), timezone.now()
    for minutes in range(4):
        with time_machine.travel(moment + timedelta(minutes=minutes), tick=True):
            worker.run_slice()
    worker.close()
    assert sorted(server.recipients()) == [f"r{number}@example.org" for number in range(5)]


@pytest.mark.parametrize(("limit", "portion"), [(26, 2), (5, 1)])
def test_no_minute_holds_more_than_the_limit_whoever_sends(server, settings, limit, portion):
    settings.MAIL_PER_MINUTE = limit
    for number in range(4 * limit):
        enqueue(email(f"r{number}@example.org"))
    start = timezone.now()
    times = []
    for second in range(150):
        with time_machine.travel(start + timedelta(seconds=second), tick=False):
            for worker in (MailWorker(), MailWorker()):
                taken = worker.run_slice()
                worker.close()
                assert taken <= portion
                times += [second] * taken
    assert len(times) == len(server.taken)
    assert max(sum(first <= each < first + 60 for each in times) for first in times) in range(
        int(limit * 0.9), limit + 1
    )
    assert times[0] == 0


def test_a_portion_that_is_not_used_is_given_back(server, settings):
    settings.MAIL_PER_MINUTE = 130
    for second in range(3):
        with time_machine.travel(f"2026-03-02T12:00:0{second}Z", tick=False):
            enqueue(email())
            assert run_slice() == 1
