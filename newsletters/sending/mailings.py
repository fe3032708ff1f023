"""Actions of editors on a sending: schedule, pause, resume, stop, retry.

Where the issue's state changes too, the issue is locked first, by `lock_issue` of `newsletters/editing.py`.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mscos.models import User
from mscos.refusals import Refused
from newsletters import emails
from newsletters.editing import lock_issue, save_issue
from newsletters.models import Delivery, Issue, Mailing, Subscriber
from newsletters.models.delivery import DeliveryQuerySet
from newsletters.publishing import NotReady, lock_issue_version, must_be_ready, release
from newsletters.sending.delivery import end_sending

State = Delivery.State


@transaction.atomic
def schedule(*, issue: Issue, at: datetime, by: User, version: str) -> Issue:
    """Schedule an issue to be published by the background worker, and return it. `version` is as for `publish`.

    Raises Refused for a time that is past, and what `publish` raises.
    """
    if at <= timezone.now():
        raise Refused("That time is past. Choose one to come, or publish now.")
    issue = lock_issue_version(issue_pk=issue.pk, version=version)
    issue.state, issue.publish_at = Issue.State.SCHEDULED, at
    save_issue(issue, "state", "publish_at", by=by)
    return issue


@transaction.atomic
def unschedule(*, issue: Issue, by: User | None) -> Issue:
    """Make a scheduled issue a draft again, and return it. Raises Refused."""
    issue = lock_issue(issue_pk=issue.pk)
    if issue.state != Issue.State.SCHEDULED:
        raise Refused(f"{issue} is not scheduled any more.")
    issue.state, issue.publish_at = Issue.State.DRAFT, None
    save_issue(issue, "state", "publish_at", by=by)
    return issue


def send_scheduled() -> None:
    """Publish the scheduled issues that are due, overdue ones included. A job of the background worker.

    An issue that pre-flight now blocks becomes a draft again, and the editors are notified.
    """
    now = timezone.now()
    for scheduled in Issue.objects.filter(state=Issue.State.SCHEDULED, publish_at__lte=now).order_by("publish_at"):
        with transaction.atomic():
            issue = lock_issue(issue_pk=scheduled.pk)
            if issue.state == Issue.State.SCHEDULED and issue.publish_at and issue.publish_at <= now:
                _publish_or_unschedule(issue)


def _publish_or_unschedule(issue: Issue) -> None:
    """Publish a locked issue in the name of its scheduler; if it is blocked, unschedule it and notify the editors."""
    try:
        must_be_ready(issue=issue)
    except NotReady:
        unschedule(issue=issue, by=None)
        emails.notify_not_sent(issue)
        return
    scheduled = Issue.history.filter(id=issue.pk, state=Issue.State.SCHEDULED).order_by("history_id").last()
    release(issue=issue, by=scheduled.history_user if scheduled else None)


def pause(*, mailing: Mailing) -> None:
    """Pause a sending, after the mail that is at the server. Raises Refused."""
    _change_state(
        mailing, Mailing.State.RUNNING, Mailing.State.PAUSED, "It is not being sent now, so it cannot be paused."
    )


def resume(*, mailing: Mailing) -> None:
    """Resume a paused sending. Raises Refused."""
    _change_state(mailing, Mailing.State.PAUSED, Mailing.State.RUNNING, "It is not paused, so it cannot go on.")


@transaction.atomic
def pause_after_restore() -> None:
    """Pause every sending and unschedule every issue: after the backup was made they may have gone out."""
    Mailing.objects.running().update(state=Mailing.State.PAUSED)
    for issue in Issue.objects.filter(state=Issue.State.SCHEDULED):
        unschedule(issue=issue, by=None)


@transaction.atomic
def stop(*, mailing: Mailing, by: User) -> None:
    """Stop a sending for good: nobody who still waits gets the mail. Raises Refused."""
    issue = lock_issue(issue_pk=mailing.issue_id)
    if issue.state != Issue.State.SENDING:
        raise Refused("It has ended already.")
    end_sending(issue=issue)
    issue.state = Issue.State.SENT
    save_issue(issue, "state", by=by)


@transaction.atomic
def retry_failed(*, mailing: Mailing, by: User) -> int:
    """Queue the failed deliveries of an ended or running sending again; return how many. Raises Refused.

    Only those of confirmed subscribers: after the answer that there is no such address a subscriber is not confirmed.
    """
    issue = _lock_sendable_issue(mailing)
    failed = mailing.deliveries.filter(state=State.FAILED, subscriber__in=Subscriber.objects.confirmed())
    return _queue(failed, issue, by, "No failed delivery can be tried again.")


@transaction.atomic
def send_uncertain_again(*, mailing: Mailing, by: User) -> int:
    """Queue the uncertain deliveries again, so that a subscriber may get the mail twice; return how many.

    Raises Refused.
    """
    issue = _lock_sendable_issue(mailing)
    return _queue(mailing.deliveries.filter(state=State.UNCERTAIN), issue, by, "No delivery is uncertain any more.")


def take_uncertain_as_sent(*, mailing: Mailing) -> int:
    """Mark the uncertain deliveries as sent; return how many. Raises Refused."""
    count = mailing.deliveries.filter(state=State.UNCERTAIN).update(state=State.SENT, changed_at=timezone.now())
    if not count:
        raise Refused("No delivery is uncertain any more.")
    return count


def _change_state(mailing: Mailing, old: Mailing.State, new: Mailing.State, refusal: str) -> None:
    if not Mailing.objects.filter(pk=mailing.pk, state=old).update(state=new):
        raise Refused(refusal)


def _lock_sendable_issue(mailing: Mailing) -> Issue:
    """Return the issue of a sending, locked. Raises Refused where the sending is stopped or the issue withdrawn."""
    issue = lock_issue(issue_pk=mailing.issue_id)
    if Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.STOPPED).exists():
        raise Refused("This sending was stopped for good.")
    if issue.state == Issue.State.WITHDRAWN:
        raise Refused(f"{issue} is withdrawn.")
    return issue


def _queue(rows: DeliveryQuerySet, issue: Issue, by: User, refusal: str) -> int:
    """Queue deliveries in one statement, so that one which a worker claims at the same moment is not queued again."""
    now = timezone.now()
    count = rows.update(state=State.QUEUED, attempts=0, due_at=now, changed_at=now)
    if not count:
        raise Refused(refusal)
    ended = Mailing.objects.filter(issue=issue, state=Mailing.State.DONE)
    if ended.update(state=Mailing.State.RUNNING, finished_at=None):
        issue.state = Issue.State.SENDING
        save_issue(issue, "state", by=by)
    return count
