"""Sending issues: the ledger is made in one transaction, and workers, however many, send what it says is left."""

from datetime import datetime
from functools import lru_cache

from django.db import connection, transaction
from django.utils import timezone

from mscos.mail.worker import MailWorker
from newsletters.content.email import Mail
from newsletters.models import Delivery, Issue, Mailing
from newsletters.sending.ledger import claimed, recover_lost_batches, stored
from newsletters.sending.messages import MergeTemplate

State = Delivery.State
# All who are confirmed at this moment. One statement, whose cost in memory does not grow with them.
INSERT_DELIVERIES = """
    INSERT INTO newsletters_delivery (mailing_id, subscriber_id, state, attempts, due_at, code, doubted)
    SELECT %(mailing)s, id, 'queued', 0, %(now)s, '', %(no)s FROM newsletters_subscriber WHERE state = 'confirmed'
    ORDER BY id
"""


def create_deliveries(*, issue: Issue, mail: Mail) -> Mailing | None:
    """Note what goes out and to whom, as it is at this moment; return it, or None where nobody is confirmed.

    The caller holds the issue in a transaction. From here on only the ledger says what is left to do.
    """
    mailing = Mailing.objects.create(
        issue=issue, subject=issue.subject, plain_subject=issue.plain_subject, html=mail.html, text=mail.text
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT_DELIVERIES, {"mailing": mailing.pk, "now": stored(mailing.started_at), "no": False})
        if cursor.rowcount:
            return mailing
    mailing.delete()
    return None


def end_sending(*, issue: Issue) -> None:
    """Send no more of an issue, for good: who still waited does not get it. Nothing to do where it is not on its way."""
    now = timezone.now()
    going = Mailing.objects.filter(issue=issue, state__in=[Mailing.State.RUNNING, Mailing.State.PAUSED])
    Delivery.objects.filter(mailing__in=going, state=State.QUEUED).update(state=State.WITHHELD, changed_at=now)
    going.update(state=Mailing.State.STOPPED, finished_at=now)


def send_due(worker: MailWorker) -> None:
    """Send what is due of the oldest sending, batch by batch, as long as the office may. Raises ServerAway."""
    recover_lost_batches()
    finish()
    while (mailing := Mailing.objects.with_due().first()) and worker.may_send():
        worker.connect()
        _send_batch(mailing, worker)


def _send_batch(mailing: Mailing, worker: MailWorker) -> None:
    template = _merge_template(mailing.pk, mailing.started_at)
    with claimed(mailing) as batch:
        while worker.may_send() and (recipient := batch.next()):
            result = worker.send(template.for_recipient(recipient))
            batch.settle(recipient, result)


def finish() -> None:
    """End the sendings of which nothing is left, and call their issues sent.

    What came back to the queue of a sending that was stopped meanwhile is withheld.
    """
    stopped = Delivery.objects.filter(mailing__state=Mailing.State.STOPPED, state=State.QUEUED)
    if stopped.exists():
        stopped.update(state=State.WITHHELD, changed_at=timezone.now())
    for mailing in Mailing.objects.at_their_end():
        with transaction.atomic():
            # Held first, as by everybody who changes both: two who take turns cannot wait for each other.
            Issue.objects.select_for_update().get(pk=mailing.issue_id)
            claimed_row = Mailing.objects.at_their_end().filter(pk=mailing.pk)
            if claimed_row.update(state=Mailing.State.DONE, finished_at=timezone.now()):
                Issue.objects.filter(pk=mailing.issue_id, state=Issue.State.SENDING).update(state=Issue.State.SENT)


@lru_cache(maxsize=1)
def _merge_template(pk: int, started_at: datetime) -> MergeTemplate:
    """Return the mail of a sending, whose words never change; the time tells it from one whose key it was given later."""
    return MergeTemplate(Mailing.objects.get(pk=pk, started_at=started_at))
