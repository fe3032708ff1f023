"""Bounces and their effect on subscriptions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mscos.codes import bounce_digest
from newsletters.models import Delivery, Mailing, Subscriber
from newsletters.models.delivery import pk_of, tag_of
from newsletters.sending.bounces import MAX_SOFT_BOUNCES, process_returned
from newsletters.subscribers import subscriptions
from tests.newsletters.conftest import make_issue, make_subscriber
from tests.newsletters.sending.helpers import (
    bounce_address,
    exim,
    mail,
    parsed,
    postfix,
    qmail,
    quoted,
    report,
    warning,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim():
    return make_subscriber("r0@example.org")


@pytest.fixture
def delivery(kim):
    return send(5, kim)


def send(number, reader, state="sent"):
    """Store a sent delivery to a subscriber, and return it."""
    now = timezone.now()
    mailing = Mailing.objects.create(issue=make_issue(number), state="done", finished_at=now)
    return Delivery.objects.create(mailing=mailing, subscriber=reader, state=state, due_at=now)


def outcome(delivery):
    """Return the state and code of a delivery, and the state of its subscriber."""
    delivery.refresh_from_db()
    return delivery.state, delivery.code, delivery.subscriber.state


def come_back(*texts):
    for text in texts:
        process_returned(parsed(text))


# Hard or soft


@pytest.mark.parametrize(
    ("status", "reader"),
    [
        ("5.1.1", "bounced"),
        ("5.1.2", "bounced"),
        ("5.1.10", "bounced"),
        ("5.2.1", "bounced"),
        ("5.1.7", "confirmed"),  # the sender's address
        ("5.1.8", "confirmed"),
        ("5.2.2", "confirmed"),  # the mailbox is full
        ("5.2.3", "confirmed"),
        ("5.3.4", "confirmed"),
        ("5.4.4", "confirmed"),
        ("5.7.1", "confirmed"),  # a policy
        ("4.4.7", "confirmed"),  # given up after days
        ("4.2.2", "confirmed"),
        ("4.1.1", "confirmed"),
    ],
)
def test_only_the_report_of_an_invalid_address_ends_the_subscription(delivery, status, reader):
    come_back(report(status, to=bounce_address(delivery)))
    assert outcome(delivery) == ("bounced", status, reader)


@pytest.mark.parametrize("system", [exim, qmail, postfix])
@pytest.mark.parametrize(
    ("says", "code", "reader"),
    [
        ("550 5.1.1 <r0@example.org>: nobody here", "5.1.1", "bounced"),
        ("550-5.1.1 The account does not\n    550 5.1.1 exist", "5.1.1", "bounced"),
        ("Sorry, no mailbox here by that name. (#5.1.1)", "5.1.1", "bounced"),
        ("552 5.2.2 <r0@example.org>: the mailbox is full", "5.2.2", "confirmed"),
        ("554 5.7.1 blocked, see our list", "5.7.1", "confirmed"),
        ("550 blocked, see our list", "", "confirmed"),
        ("no answer from 5.1.1.7", "", "confirmed"),
    ],
)
def test_reports_of_different_mail_systems_are_parsed(delivery, system, says, code, reader):
    come_back(system(says, bounce_address(delivery)))
    assert outcome(delivery) == ("bounced", code, reader)


@pytest.mark.parametrize(
    ("says", "code", "reader"),
    [("550 5.1.1 nobody", "5.1.1", "bounced"), ("552 5.2.2 full", "5.2.2", "confirmed"), ("550 no", "", "confirmed")],
)
def test_an_unspecific_status_is_replaced_by_that_of_the_text(delivery, says, code, reader):
    come_back(report("5.0.0", to=bounce_address(delivery), says=says))
    assert outcome(delivery) == ("bounced", code, reader)


def test_the_status_has_priority_over_the_text(delivery):
    come_back(report("5.2.2", to=bounce_address(delivery), says="550 5.1.1 that was another one"))
    assert outcome(delivery) == ("bounced", "5.2.2", "confirmed")


def test_a_delayed_mail_is_no_bounce(delivery):
    to = bounce_address(delivery)
    come_back(
        report("4.4.1", to=to, action="delayed"),
        # An address that cannot be parsed, with text like that of a failure.
        postfix("connection timed out", to).replace("--cut--", "--cut\n\nAction: delayed\n--cut--"),
        report("2.0.0", to=to, action="delivered"),
        report("2.0.0", to=to, action="relayed"),
        warning(to),
    )
    assert outcome(delivery) == ("sent", "", "confirmed")


# The delivery of a report


@pytest.mark.parametrize("header", ["To", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_recipient_address_identifies_the_delivery(delivery, header):
    come_back(report("5.1.1", to=f"Bounces <{bounce_address(delivery)}>", header=header))
    assert outcome(delivery) == ("bounced", "5.1.1", "bounced")


def test_a_quoted_message_id_identifies_the_delivery(delivery):
    come_back(report("5.1.1", back=quoted(delivery)))
    assert outcome(delivery) == ("bounced", "5.1.1", "bounced")


def test_a_report_about_no_mail_of_ours_changes_nothing(delivery):
    come_back(report("5.1.1"), report("5.1.1", back="Message-ID: <1234@example.org>\n"))
    assert outcome(delivery) == ("sent", "", "confirmed")


def test_a_tag_cannot_be_forged(delivery):
    pk, tag = delivery.pk, tag_of(delivery.pk)
    digest = bounce_digest(pk)
    forged = [
        f"{pk}-{'0' * 16}",
        f"{pk}-{bounce_digest(pk + 1)}",
        f"{pk}-{digest[:-1]}",
        f"{pk}-{digest}0",
        f"{pk}-",
        f"{pk + 1}-{digest}",
        f"0{pk}-{digest}",
        f"+{pk}-{digest}",
        f"{'9' * 5000}-{digest}",
        f"{'9' * 18}-{digest}",
        f"\N{SUPERSCRIPT TWO}-{digest}",
        f"\N{ARABIC-INDIC DIGIT THREE}-{digest}",
        f"-{digest}",
        "",
    ]
    short = [each for each in forged if len(each) < 100]  # a longer one is not asked about
    assert [pk_of(each) for each in short] == [None] * len(short)
    assert pk_of(tag) == pk
    for each in forged:
        if each != f"+{pk}-{digest}":  # after the plus sign of an address it is the tag itself
            come_back(
                report("5.1.1", to=f"bounces+{each}@example.org"), report("5.1.1", back=f"Message-ID: <{each}@x>\n")
            )
    assert outcome(delivery) == ("sent", "", "confirmed")


# Mail that is no bounce


def test_replies_of_people_and_autoresponders_change_nothing(delivery):
    to = bounce_address(delivery)
    come_back(
        mail("Away until Monday", to=to, Auto_Submitted="auto-replied"),
        mail("Automatic reply: Week 5", to=to, X_Autoreply="yes", Precedence="bulk"),
        mail("Re: Week 5", to=to, In_Reply_To=f"<{tag_of(delivery.pk)}@testserver>"),
        mail("My mailbox is full, 552 5.2.2", to=to),
        mail("Status: 5.1.1", to="community@testserver"),
    )
    assert outcome(delivery) == ("sent", "", "confirmed")


# Soft bounces


def test_enough_soft_bounces_in_a_row_end_the_subscription(kim):
    rows = [send(number, kim) for number in range(1, MAX_SOFT_BOUNCES + 1)]
    found = []
    for row in rows:
        come_back(report("5.2.2", to=bounce_address(row)))
        found.append(outcome(row)[2])
    assert found == ["confirmed"] * (MAX_SOFT_BOUNCES - 1) + ["bounced"]


def test_the_order_of_bounces_does_not_matter(kim):
    for row in reversed([send(number, kim) for number in range(1, MAX_SOFT_BOUNCES + 1)]):
        come_back(report("5.2.2", to=bounce_address(row)))
    assert outcome(row)[2] == "bounced"


def test_a_delivered_issue_restarts_the_count(kim):
    for number in range(1, MAX_SOFT_BOUNCES):
        come_back(report("5.2.2", to=bounce_address(send(number, kim))))
    send(20, kim)
    for number in range(30, 29 + MAX_SOFT_BOUNCES):
        row = send(number, kim)
        come_back(report("5.2.2", to=bounce_address(row)))
        assert outcome(row)[2] == "confirmed"
    come_back(report("5.2.2", to=bounce_address(send(40, kim))))
    assert outcome(row)[2] == "bounced"


@pytest.mark.parametrize("state", ["withheld", "failed", "queued", "uncertain"])
def test_an_issue_that_was_never_sent_does_not_restart_the_count(kim, state):
    for number in range(1, MAX_SOFT_BOUNCES):
        come_back(report("5.2.2", to=bounce_address(send(number, kim))))
    send(20, kim, state=state)
    row = send(21, kim)
    assert outcome(row)[2] == "confirmed"
    come_back(report("5.2.2", to=bounce_address(row)))
    assert outcome(row)[2] == "bounced"


def test_the_same_bounce_twice_counts_once(kim):
    row = send(1, kim)
    come_back(*[report("5.2.2", to=bounce_address(row))] * (MAX_SOFT_BOUNCES + 1))
    assert outcome(row) == ("bounced", "5.2.2", "confirmed")


def test_a_soft_and_then_a_hard_bounce_of_the_same_mail(delivery):
    come_back(report("5.2.2", to=bounce_address(delivery)), report("5.1.1", to=bounce_address(delivery)))
    assert outcome(delivery) == ("bounced", "5.1.1", "bounced")


def test_bounces_before_a_new_consent_do_not_count(kim):
    old = [send(number, kim) for number in range(1, MAX_SOFT_BOUNCES + 1)]
    Mailing.objects.update(started_at=timezone.now() - timedelta(days=2))
    come_back(*(report("5.2.2", to=bounce_address(row)) for row in old))
    assert outcome(old[0])[2] == "bounced"
    Subscriber.objects.update(state="pending", consent_on=None)
    come_back(report("5.1.1", to=bounce_address(old[0])))
    assert outcome(old[0])[2] == "pending"
    subscriptions.confirm(subscriber=kim)
    come_back(report("5.1.1", to=bounce_address(old[1])))
    assert outcome(old[1]) == ("bounced", "5.1.1", "confirmed")
    row = send(20, kim)
    come_back(report("5.2.2", to=bounce_address(row)))
    assert outcome(row) == ("bounced", "5.2.2", "confirmed")


def test_other_subscribers_are_unaffected(delivery):
    other = make_subscriber("r1@example.org")
    row = Delivery.objects.create(mailing=delivery.mailing, subscriber=other, state="sent", due_at=timezone.now())
    come_back(report("5.1.1", to=bounce_address(delivery)))
    assert outcome(row) == ("sent", "", "confirmed")


# Deleted subscribers, mail that was never sent


def test_a_mail_that_was_never_sent_cannot_bounce(kim):
    row = send(5, kim, state="withheld")
    come_back(report("5.1.1", to=bounce_address(row)))
    assert outcome(row) == ("withheld", "", "confirmed")


def test_a_report_about_an_unsubscribed_person_is_only_recorded(delivery, kim):
    subscriptions.unsubscribe(subscriber=kim, never_again=False)
    come_back(report("5.1.1", to=bounce_address(delivery)), mail("unsubscribe", to=bounce_address(delivery)))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.code, delivery.subscriber) == ("bounced", "5.1.1", None)


def test_a_report_about_a_deleted_delivery_changes_nothing(delivery):
    text = report("5.1.1", to=bounce_address(delivery))
    Delivery.objects.all().delete()
    come_back(text)
    assert Subscriber.objects.get().state == "confirmed"


# Unsubscribing by mail


@pytest.mark.parametrize("subject", ["unsubscribe", "Unsubscribe", " UNSUBSCRIBE "])
def test_the_mail_that_a_mail_program_writes_unsubscribes(delivery, subject):
    make_subscriber("r1@example.org")
    come_back(mail(subject, to=bounce_address(delivery), Auto_Submitted="no"))
    assert list(Subscriber.objects.values_list("email", flat=True)) == ["r1@example.org"]


def test_no_other_mail_unsubscribes(delivery):
    to = bounce_address(delivery)
    come_back(
        mail("Re: unsubscribe", to=to),
        mail("How do I unsubscribe?", to=to),
        mail("", to=to),
        mail("unsubscribe", to=to, Auto_Submitted="auto-replied"),
        mail("unsubscribe", to=to, Auto_Submitted="auto-generated; reason=away"),
        mail("unsubscribe", to=to, Precedence="bulk"),
        mail("unsubscribe", to=to, Precedence="auto_reply"),
        mail("unsubscribe", to=f"bounces+{delivery.pk}-{'0' * 16}@example.org"),
        mail("unsubscribe", to="bounces@example.org"),
    )
    assert outcome(delivery) == ("sent", "", "confirmed")
