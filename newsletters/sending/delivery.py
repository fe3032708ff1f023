"""The creation of an issue's deliveries in one transaction, and their sending by any number of workers."""

from datetime import datetime
from functools import lru_cache

from django.db import connection, transaction
from django.utils import timezone

from mscos.mail.worker import MailWorker
from newsletters.content.email import Mail
from newsletters.models import Delivery, Issue, Mailing
from newsletters.sending.ledger import claimed, mark_lost_uncertain, sql_datetime
from newsletters.sending.messages import MergeTemplate

State = Delivery.State
# For all confirmed subscribers, in one statement: the memory that it takes does not grow with their number.
INSERT_DELIVERIES = """
    INSERT INTO newsletters_delivery (mailing_id, subscriber_id, state, attempts, due_at, code, doubted)
    SELECT %(mailing)s, id, 'queued', 0, %(now)s, '', %(no)s FROM newsletters_subscriber WHERE state = 'confirmed'
    ORDER BY id
"""


def create_deliveries(*, issue: Issue, mail: Mail) -> Mailing | None:
    """Store what is sent and to whom, as of this moment; return the mailing, or None where nobody is confirmed.

    The caller has locked the issue. From here on only the deliveries say what is left to do.
    """
    mailing = Mailing.objects.create(
        issue=issue, subject=issue.subject, plain_subject=issue.plain_subject, html=mail.html, text=mail.text
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT_DELIVERIES, {"mailing": mailing.pk, "now": sql_datetime(mailing.started_at), "no": False})
        if cursor.rowcount:
            return mailing
    mailing.delete()
    return None


def end_sending(*, issue: Issue) -> None:
    """Stop the sending of an issue for good, if it has one that has not ended; what still waits is withheld."""
    now = timezone.now()
    mailings = Mailing.objects.filter(issue=issue, state__in=[Mailing.State.RUNNING, Mailing.State.PAUSED])
    Delivery.objects.filter(mailing__in=mailings, state=State.QUEUED).update(state=State.WITHHELD, changed_at=now)
    mailings.update(state=Mailing.State.STOPPED, finished_at=now)


def send_due(worker: MailWorker) -> None:
    """Send what is due of the oldest mailing, batch by batch, while the worker may send. Raises ServerAway."""
    mark_lost_uncertain()
    end_finished()
    while (mailing := Mailing.objects.with_due().first()) and worker.may_send():
        worker.connect()
        _send_batch(mailing, worker)


def _send_batch(mailing: Mailing, worker: MailWorker) -> None:
    template = _merge_template(mailing.pk, mailing.started_at)
    with claimed(mailing) as batch:
        while worker.may_send() and (recipient := batch.next()):
            result = worker.send(template.for_recipient(recipient))
            batch.settle(recipient, result)


def end_finished() -> None:
    """Mark mailings without an open delivery as done and their issues as sent.

    A delivery that was put back into the queue of a stopped mailing is withheld.
    """
    stopped = Delivery.objects.filter(mailing__state=Mailing.State.STOPPED, state=State.QUEUED)
    if stopped.exists():
        stopped.update(state=State.WITHHELD, changed_at=timezone.now())
    for mailing in Mailing.objects.finished():
        with transaction.atomic():
            # Lock the issue first, as everything does that changes both: then no two transactions deadlock.
            Issue.objects.select_for_update().get(pk=mailing.issue_id)
            rows = Mailing.objects.finished().filter(pk=mailing.pk)
            if rows.update(state=Mailing.State.DONE, finished_at=timezone.now()):
                Issue.objects.filter(pk=mailing.issue_id, state=Issue.State.SENDING).update(state=Issue.State.SENT)


@lru_cache(maxsize=1)
def _merge_template(pk: int, started_at: datetime) -> MergeTemplate:
    """Return the template of a mailing, whose text never changes; `started_at` tells it from a later one with its key."""
    return MergeTemplate(Mailing.objects.get(pk=pk, started_at=started_at))
