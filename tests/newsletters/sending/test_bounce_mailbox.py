"""The bounce mailbox: each mail is processed once and deleted, and none stops the job."""

import logging
import mailbox
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.utils import timezone

from mscos.jobs import run_due_jobs
from mscos.models import Job
from newsletters.models import Delivery, Mailing, Subscriber
from newsletters.sending.bounces import MAX_BYTES, read_bounces
from tests.newsletters.conftest import make_issue, make_subscriber
from tests.newsletters.sending.helpers import bounce_address, mail, qmail, quoted, report

pytestmark = pytest.mark.django_db
MANY = 1_000_000  # bytes


@pytest.fixture
def rows(db):
    """The deliveries of an issue to four subscribers."""
    now = timezone.now()
    mailing = Mailing.objects.create(issue=make_issue(5), state="done", finished_at=now)
    readers = [make_subscriber(f"r{number}@example.org") for number in range(4)]
    return [Delivery.objects.create(mailing=mailing, subscriber=each, state="sent", due_at=now) for each in readers]


@pytest.fixture(params=["Maildir", "mbox"])
def box(request, tmp_path, settings):
    """A mailbox of each kind."""
    made = getattr(mailbox, request.param)(tmp_path / "returned", create=True)
    made.flush()
    settings.BOUNCE_MAILBOX = str(tmp_path / "returned")
    yield made
    made.close()


def arrive(*texts):
    """Return a function that adds mails to a mailbox with proper locking."""

    def into(box):
        box.lock()
        for text in texts:
            box.add(text if isinstance(text, bytes) else text.encode())
        box.flush()
        box.unlock()

    return into


def left_in(settings):
    """Return the number of mails in the mailbox."""
    path = settings.BOUNCE_MAILBOX
    opened = (mailbox.Maildir if Path(path).is_dir() else mailbox.mbox)(path, create=False)
    count = len(opened)
    opened.close()
    return count


def bounced():
    """Return the number of bounced deliveries."""
    return Delivery.objects.filter(state="bounced").count()


class Meanwhile:
    """Does something at the first statement to the database."""

    def __init__(self, do):
        self.do = do

    def __call__(self, execute, *statement):
        do, self.do = self.do, None
        if do:
            do()
        return execute(*statement)


def test_each_mail_is_processed_and_deleted(box, rows, settings):
    arrive(*(report("5.1.1", to=bounce_address(row)) for row in rows[:2]), mail("Hello", to="bounces@example.org"))(box)
    read_bounces()
    assert (bounced(), left_in(settings)) == (2, 0)
    assert (
        list(Subscriber.objects.order_by("email").values_list("state", flat=True))
        == ["bounced"] * 2 + ["confirmed"] * 2
    )
    read_bounces()  # nothing there


def test_no_mail_stops_the_job(box, rows, settings, caplog):
    to = bounce_address(rows[0])
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(2000))
    half = f"To: {to}\nContent-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"
    arrive(
        "\n",
        "Subject: only that\n",
        f"To: {to}\n\nNobody wrote this.\n",
        b"\xff\xfe\x80 \n" * 1000,
        half.encode() + b"\xff\n",
        f"To: {to}\nSubject: =?utf-8?q?unsubscrib=E2?=\nContent-Type: text/plain; charset=none\n\n".encode()
        + b"\x80\n",
        f"To: {to}\nSubject: \xe9\nFrom: \xe9\nContent-Transfer-Encoding: base64\n\n!\n".encode("latin-1"),
        f"To: {to}\n{deep}\n",
        report("5.1.1", to=bounce_address(rows[1])),
    )(box)
    read_bounces()
    assert (bounced(), left_in(settings)) == (1, 0)
    assert Subscriber.objects.filter(state="confirmed").count() == 3
    said = {record.getMessage() for record in caplog.records if record.name == "newsletters.sending.bounces"}
    assert said <= {"A mail that came back could not be read. It is thrown away."}


@pytest.mark.parametrize("filling", ["word " * 15 + "\n", "<" * 76 + "\n", "1-0123456789abcde " * 4 + "\n", " \n"])
def test_a_huge_mail_does_not_delay_the_others(box, rows, settings, filling):
    huge = filling * (MANY // len(filling))
    arrive(mail("Hello", to=bounce_address(rows[0])) + huge, qmail("550 5.1.1 nobody", bounce_address(rows[1])) + huge)(
        box
    )
    read_bounces()
    assert (bounced(), left_in(settings)) == (1, 0)


def test_the_end_of_a_huge_mail_is_not_read(box, rows, settings):
    """Reading all of it takes minutes, and the reason comes first."""
    for row, lines in zip(rows, (15, MAX_BYTES // 5), strict=False):
        arrive(qmail("550 5.1.1 nobody", "someone@example.org") + "word\n" * lines + quoted(row))(box)
    read_bounces()
    assert (bounced(), left_in(settings)) == (1, 0)


def test_a_mail_that_arrives_while_others_are_read_is_not_lost(box, rows, settings, tmp_path):
    arrive(report("5.1.1", to=bounce_address(rows[0])))(box)
    late = report("5.1.1", to=bounce_address(rows[1]))

    def without_asking():
        """Add a mail without a lock."""
        if isinstance(box, mailbox.Maildir):
            box.add(late.encode())
            return
        with (tmp_path / "returned").open("ab") as file:
            file.write(b"From MAILER-DAEMON Mon Mar 20 09:00:00 2023\n" + late.encode() + b"\n")

    with connection.execute_wrapper(Meanwhile(without_asking)):
        try:
            read_bounces()
        except mailbox.ExternalClashError:
            assert isinstance(box, mailbox.mbox)
    read_bounces()
    assert (bounced(), left_in(settings)) == (2, 0)


def test_a_locked_file_is_read_in_the_next_run(rows, settings, tmp_path):
    settings.BOUNCE_MAILBOX = str(tmp_path / "returned")
    box = mailbox.mbox(tmp_path / "returned")
    arrive(report("5.1.1", to=bounce_address(rows[0])))(box)
    lock = tmp_path / "returned.lock"
    lock.touch()
    with pytest.raises(mailbox.ExternalClashError):
        read_bounces()
    assert (bounced(), left_in(settings)) == (0, 1)
    lock.unlink()
    read_bounces()
    assert (bounced(), left_in(settings), list(tmp_path.iterdir())) == (1, 0, [tmp_path / "returned"])
    box.close()


def test_the_file_is_locked_while_it_is_read(rows, settings, tmp_path):
    settings.BOUNCE_MAILBOX = str(tmp_path / "returned")
    box = mailbox.mbox(tmp_path / "returned")
    arrive(report("5.1.1", to=bounce_address(rows[0])))(box)
    seen = []
    with connection.execute_wrapper(Meanwhile(lambda: seen.append((tmp_path / "returned.lock").exists()))):
        read_bounces()
    assert seen == [True]
    box.close()


@pytest.mark.django_db(transaction=True)
def test_mail_stays_while_the_database_is_down(box, rows, settings):
    arrive(*(report("5.1.1", to=bounce_address(row)) for row in rows[:3]))(box)

    noted = []

    def go_away(execute, sql, *rest):
        """Respond until the first mail is processed."""
        if sql.startswith('UPDATE "newsletters_delivery"'):
            noted.append(sql)
        if len(noted) > 1:
            raise OperationalError
        return execute(sql, *rest)

    with connection.execute_wrapper(go_away), pytest.raises(OperationalError):
        read_bounces()
    assert (bounced(), left_in(settings)) == (1, 2)
    read_bounces()
    assert (bounced(), left_in(settings)) == (3, 0)


def test_it_is_a_job_of_the_background_worker(box, rows, settings):
    arrive(report("5.1.1", to=bounce_address(rows[0])))(box)
    assert "newsletters.sending.bounces.read_bounces" in run_due_jobs()
    assert bounced() == 1


def test_a_missing_mailbox_is_reported(rows, settings, tmp_path, caplog):
    settings.BOUNCE_MAILBOX = str(tmp_path / "nothing")
    sentence = f"BOUNCE_MAILBOX is '{tmp_path}/nothing', where there is no Maildir folder and no mbox file."
    with pytest.raises(ImproperlyConfigured) as caught:
        read_bounces()
    assert str(caught.value) == sentence
    settings.BOUNCE_MAILBOX = str(tmp_path)  # a folder, but no Maildir
    with pytest.raises(ImproperlyConfigured):
        read_bounces()
    Job.objects.all().delete()
    with caplog.at_level(logging.ERROR):
        run_due_jobs()
    assert "The job newsletters.sending.bounces.read_bounces failed." in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_without_a_mailbox_there_is_nothing_to_read(db, settings, django_assert_num_queries):
    settings.BOUNCE_MAILBOX = ""
    with django_assert_num_queries(0):
        read_bounces()
