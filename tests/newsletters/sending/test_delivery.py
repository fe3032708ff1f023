"""Delivery to every confirmed subscriber once, and the ledger during failures."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from mscos.mail.queue import enqueue
from mscos.mail.worker import LEASE
from newsletters.emails import your_link
from newsletters.models import Delivery, Issue, Mailing, Section, Subscriber
from newsletters.sending import mailings
from newsletters.sending.ledger import RETRY_MINUTES
from newsletters.subscribers import subscriptions
from tests.newsletters.conftest import make_subscriber
from tests.newsletters.sending.helpers import addresses, begin, make_readers, state_of, states, work
from tests.smtp_server import Hang, HangUp, smtp_server, use

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with smtp_server() as running:
        use(running, settings)
        yield running


@pytest.fixture
def readers(db):
    return make_readers(5)


def only(email, step, answer):
    """Return a script that answers so to one recipient's mail at one step, or raises it."""

    def script(now, recipient, _):
        if (now, recipient) != (step, email):
            return None
        if isinstance(answer, str):
            return answer
        raise answer

    return script


def parsed(taken):
    return message_from_bytes(taken.content, policy=policy.default)


# The ledger


def test_subscribers_confirmed_at_publication_get_the_text_of_that_moment(server, editor, readers):
    make_subscriber("waiting@example.org", state="pending", consent_on=None, consent_wording="")
    make_subscriber("lost@example.org", state="bounced")
    mailing = begin(editor)
    make_subscriber("late@example.org")
    Section.objects.update(body="Other words.", body_html="<p>Other words.</p>")
    Issue.objects.update(subject="Other", plain_subject="Other")
    assert states(mailing) == {"queued": 5}
    assert work() == 5
    assert sorted(server.recipients()) == addresses(5)
    assert {parsed(taken)["Subject"] for taken in server.taken} == {"Week 5"}
    assert all(b"\r\nWords.\r\n" in taken.content for taken in server.taken)
    assert states(mailing) == {"sent": 5}


def test_the_issue_is_sending_until_no_delivery_is_open(server, editor, readers):
    mailing = begin(editor)
    assert (Issue.objects.get().state, Issue.objects.get().recipient_count, mailing.state) == ("sending", 5, "running")
    work()
    mailing.refresh_from_db()
    assert (Issue.objects.get().state, mailing.state) == ("sent", "done")
    assert mailing.finished_at is not None
    assert work() == 0


def test_without_subscribers_an_issue_is_published_and_nothing_is_sent(server, editor):
    with pytest.raises(Mailing.DoesNotExist):
        begin(editor)
    assert (Issue.objects.get().state, Issue.objects.get().recipient_count) == ("sent", 0)


def test_each_subscriber_gets_their_own_links_and_subject_line(server, editor, settings):
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    make_subscriber("plain@example.org", token="p" * 22)
    make_subscriber("full@example.org", token="f" * 22, subject_style="full")
    mailing = begin(editor)
    work()
    mails = {taken.recipient: taken for taken in server.taken}
    assert {to: parsed(mail)["Subject"] for to, mail in mails.items()} == {
        "plain@example.org": "Week 5",
        "full@example.org": "Week 5: housing",
    }
    for to, token in (("plain@example.org", "p" * 22), ("full@example.org", "f" * 22)):
        mail = parsed(mails[to])
        delivery = mailing.deliveries.get(subscriber__email=to)
        tag = mail["Message-ID"].removeprefix("<").removesuffix("@testserver>")
        assert re.fullmatch(rf"{delivery.pk}-[0-9a-f]{{16}}", tag)
        assert mails[to].sender == f"bounces+{tag}@example.org"
        assert mail["To"] == to
        assert mail["List-Unsubscribe"] == (
            f"<http://testserver/unsubscribe/{token}/>, <mailto:bounces+{tag}@example.org?subject=unsubscribe>"
        )
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        bodies = "".join(part.get_content() for part in mail.iter_parts())
        assert set(re.findall(r"/unsubscribe/([^/]+)/", bodies)) == {token}
        assert b"READERS-OWN" not in mails[to].content.replace(b"=\r\n", b"")


def test_no_line_of_a_mail_is_too_long_after_merging(server, editor, readers):
    begin(editor)
    work()
    body = server.taken[0].content.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 78


# Subscribers who leave


def test_one_who_unsubscribes_before_their_mail_is_sent_gets_none(server, editor, readers):
    mailing = begin(editor)
    subscriptions.unsubscribe(subscriber=readers[0], never_again=False)
    subscriptions.erase(email="r1@example.org", never_again=True)
    Subscriber.objects.filter(email="r2@example.org").update(state="bounced")
    work()
    assert sorted(server.recipients()) == ["r3@example.org", "r4@example.org"]
    assert states(mailing) == {"sent": 2, "withheld": 3}
    assert Mailing.objects.get().state == "done"


def test_one_who_changes_address_before_their_mail_is_sent_gets_it_there(server, editor, readers):
    begin(editor)
    subscriptions.change_email(subscriber=readers[0], to="new@example.org")
    work()
    assert sorted(server.recipients()) == ["new@example.org", *addresses(5)[1:]]


def test_the_delivery_of_an_unsubscribed_person_names_nobody(server, editor, readers):
    mailing = begin(editor)
    work()
    subscriptions.unsubscribe(subscriber=readers[0], never_again=False)
    assert states(mailing) == {"sent": 5}
    assert mailing.deliveries.filter(subscriber=None).count() == 1


# A server that misbehaves


@pytest.mark.parametrize(
    ("answer", "code", "reader"),
    [
        ("550 5.1.1 unknown: r2@example.org", "550 5.1.1", "bounced"),
        ("553 malformed", "553", "confirmed"),
        ("554 5.7.1 f\xf8r mange", "554 5.7.1", "confirmed"),
    ],
)
def test_a_refused_recipient_fails_and_the_others_get_their_mail(server, editor, readers, answer, code, reader):
    server.script = only("r2@example.org", "rcpt", answer)
    mailing = begin(editor)
    work()
    assert sorted(server.recipients()) == ["r0@example.org", "r1@example.org", "r3@example.org", "r4@example.org"]
    assert states(mailing) == {"sent": 4, "failed": 1}
    refused = Delivery.objects.get(subscriber__email="r2@example.org")
    assert (refused.state, refused.code, refused.attempts) == ("failed", code, 1)
    assert Subscriber.objects.get(email="r2@example.org").state == reader
    assert Mailing.objects.get().state == "done"


def test_a_deferred_mail_is_retried_and_fails_in_the_end(server, editor, readers):
    server.script = only("r2@example.org", "rcpt", "450 4.2.0 later")
    begin(editor)
    assert work() == 5
    after = timedelta(0)
    for tries, minutes in enumerate(RETRY_MINUTES, 1):
        waiting = Delivery.objects.get(subscriber__email="r2@example.org")
        assert (waiting.state, waiting.attempts, waiting.code) == ("queued", tries, "450 4.2.0")
        assert work(after + timedelta(minutes=minutes - 0.5)) == 0
        after += timedelta(minutes=minutes, seconds=2)
        work(after)
    assert state_of("r2@example.org") == "failed"
    assert Mailing.objects.get().state == "done"


@pytest.mark.parametrize("silence", [HangUp(), Hang()])
def test_a_connection_lost_during_a_mail_leaves_it_uncertain_and_resends_it(server, editor, readers, silence):
    server.script = only("r2@example.org", "taken", silence)
    mailing = begin(editor)
    work()
    assert states(mailing) == {"sent": 4, "uncertain": 1}
    assert sorted(server.recipients()) == addresses(5)
    server.script = lambda *_: None
    work(timedelta(minutes=RETRY_MINUTES[0], seconds=1))
    assert states(mailing) == {"sent": 5}
    twice = [taken for taken in server.taken if taken.recipient == "r2@example.org"]
    assert len(twice) == 2
    assert twice[0] == twice[1]  # byte for byte, the Message-ID included


def test_uncertain_deliveries_are_not_resent_where_the_setting_says_so(server, editor, readers, settings):
    settings.RESEND_UNCERTAIN = False
    server.script = only("r2@example.org", "taken", HangUp())
    mailing = begin(editor)
    work()
    server.script = lambda *_: None
    work(timedelta(days=2))
    assert states(mailing) == {"sent": 4, "uncertain": 1}
    assert (Mailing.objects.get().state, Issue.objects.get().state) == ("done", "sent")
    assert mailings.send_uncertain_again(mailing=mailing, by=editor) == 1
    assert (Mailing.objects.get().state, Issue.objects.get().state) == ("running", "sending")
    work()
    assert states(mailing) == {"sent": 5}
    assert len(server.taken) == 6


def test_a_connection_lost_before_a_mail_loses_nothing(server, editor, readers):
    server.script = only("r2@example.org", "rcpt", HangUp())
    mailing = begin(editor)
    work()
    assert state_of("r2@example.org") == "queued"
    server.script = lambda *_: None
    work(timedelta(minutes=1))
    assert states(mailing) == {"sent": 5}
    assert sorted(server.recipients()) == addresses(5)
    assert {row.attempts for row in Delivery.objects.all()} == {1}


def test_a_server_that_disconnects_after_ten_mails_gets_all_of_them(server, editor):
    make_readers(45)
    server.script = lambda step, _, count: "421 enough" if step == "mail" and count == 10 else None
    mailing = begin(editor)
    for minute in range(4):
        work(timedelta(minutes=minute))
    assert sorted(server.recipients()) == sorted(addresses(45))
    assert states(mailing) == {"sent": 45}


def test_while_the_server_is_down_nothing_is_claimed(settings, editor, readers):
    with smtp_server() as server:
        use(server, settings)
    mailing = begin(editor)
    assert work() == 0
    assert states(mailing) == {"queued": 5}
    assert mailing.deliveries.due().count() == 5


# Workers that are killed, stopped, or many


def test_the_mail_at_the_server_when_its_worker_was_killed_is_resent(server, editor, readers):
    mailing = begin(editor)
    killed = mailing.deliveries.get(subscriber__email="r2@example.org")
    Delivery.objects.filter(pk=killed.pk).update(state="sending", due_at=timezone.now() + LEASE)
    assert work() == 4
    assert states(mailing) == {"sending": 1, "sent": 4}
    assert Mailing.objects.get().state == "running"
    work(LEASE + timedelta(seconds=1))
    killed.refresh_from_db()
    assert (killed.state, killed.attempts, killed.doubted) == ("sent", 2, True)
    assert Mailing.objects.get().state == "done"


def test_only_the_first_delivery_of_a_killed_workers_batch_is_uncertain(server, editor, readers):
    mailing = begin(editor)
    rows = list(mailing.deliveries.order_by("pk"))
    for batch, ago in ((rows[:1], 3), (rows[1:3], 2), (rows[3:], 1)):  # of three workers
        past = timezone.now() - timedelta(seconds=ago)
        Delivery.objects.filter(pk__in=[row.pk for row in batch]).update(state="sending", due_at=past)
    assert work() == 5
    rows = mailing.deliveries.order_by("pk").values_list("state", "doubted", "attempts")
    in_doubt, others = ("sent", True, 2), ("sent", False, 1)
    assert list(rows) == [in_doubt, in_doubt, others, in_doubt, others]


def test_a_mail_that_kills_each_worker_fails_in_the_end(server, editor, readers):
    mailing = begin(editor)
    deadly = mailing.deliveries.first()
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(pk=deadly.pk).update(state="sending", attempts=len(RETRY_MINUTES), due_at=past)
    work()
    assert states(mailing) == {"sent": 4, "failed": 1}


def test_a_worker_that_is_stopped_releases_what_it_has_not_begun(server, editor, readers):
    mailing = begin(editor)
    assert work(stopping=lambda: len(server.taken) == 2) == 2
    assert states(mailing) == {"queued": 3, "sent": 2}
    assert work() == 3  # at once: nobody waits for a lease
    assert sorted(server.recipients()) == addresses(5)


def test_queued_mail_is_sent_before_newsletters(server, editor, readers):
    begin(editor)
    enqueue(your_link("urgent@example.org"))
    work()
    assert server.recipients()[0] == "urgent@example.org"
    assert len(server.taken) == 6


def test_the_older_of_two_issues_is_sent_first(server, editor, readers):
    begin(editor, number=5)
    begin(editor, number=6)
    work()
    assert [parsed(taken)["Subject"] for taken in server.taken] == ["Week 5"] * 5 + ["Week 6"] * 5
