"""What editors do with a sending: give it a time, pause it, stop it, send again what failed. Nobody does it twice.

The issue's row is held first where its state changes too, as in `newsletters/editing.py`.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mscos.models import User
from newsletters import emails
from newsletters.editing import Refused, lock_issue, save_as
from newsletters.models import Delivery, Issue, Mailing, Subscriber
from newsletters.models.delivery import DeliveryQuerySet
from newsletters.publishing import NotReady, lock_issue_as_seen, must_be_ready, release
from newsletters.sending.delivery import end_sending

State = Delivery.State


class NotPossible(Refused):
    """The sending is not in a state in which this can be done; somebody may have been faster."""


@transaction.atomic
def schedule(*, issue: Issue, at: datetime, by: User, seen: str) -> Issue:
    """Let the work loop publish an issue at a time to come, and return it. `seen` is as for `publish`.

    Raises NotPossible for a time that is past, and what `publish` raises.
    """
    if at <= timezone.now():
        raise NotPossible("That time is past. Choose one to come, or publish now.")
    fresh = lock_issue_as_seen(issue_pk=issue.pk, seen=seen)
    fresh.state, fresh.publish_at = Issue.State.SCHEDULED, at
    save_as(fresh, "state", "publish_at", by=by)
    return fresh


@transaction.atomic
def unschedule(*, issue: Issue, by: User | None) -> Issue:
    """Make a scheduled issue a draft again, and return it. Raises NotPossible."""
    fresh = lock_issue(issue_pk=issue.pk)
    if fresh.state != Issue.State.SCHEDULED:
        raise NotPossible(f"{fresh} is not scheduled any more.")
    fresh.state, fresh.publish_at = Issue.State.DRAFT, None
    save_as(fresh, "state", "publish_at", by=by)
    return fresh


def send_scheduled() -> None:
    """Publish the issues whose time has come, a time missed included. A job of the work loop.

    What pre-flight refuses by now becomes a draft again, and the editors are told.
    """
    now = timezone.now()
    for issue in Issue.objects.filter(state=Issue.State.SCHEDULED, publish_at__lte=now).order_by("publish_at"):
        with transaction.atomic():
            fresh = lock_issue(issue_pk=issue.pk)
            if fresh.state == Issue.State.SCHEDULED and fresh.publish_at and fresh.publish_at <= now:
                _send_or_tell(fresh)


def _send_or_tell(issue: Issue) -> None:
    """Publish a scheduled issue in the name of whoever scheduled it; or take it back, and tell the editors."""
    try:
        must_be_ready(issue=issue)
    except NotReady:
        unschedule(issue=issue, by=None)
        emails.tell_not_sent(issue)
        return
    scheduled = Issue.history.filter(id=issue.pk, state=Issue.State.SCHEDULED).order_by("history_id").last()
    release(issue=issue, by=scheduled.history_user if scheduled else None)


def pause(*, mailing: Mailing, by: User) -> None:
    """Let the mail of a sending wait; what is at the server is finished. Raises NotPossible."""
    _change(mailing, Mailing.State.RUNNING, Mailing.State.PAUSED, "It is not being sent now, so it cannot be paused.")


def resume(*, mailing: Mailing, by: User) -> None:
    """Let a paused sending go on. Raises NotPossible."""
    _change(mailing, Mailing.State.PAUSED, Mailing.State.RUNNING, "It is not paused, so it cannot go on.")


@transaction.atomic
def hold_back() -> None:
    """Pause every sending and make scheduled issues drafts again, after a restore: they may have gone out meanwhile."""
    Mailing.objects.running().update(state=Mailing.State.PAUSED)
    for issue in Issue.objects.filter(state=Issue.State.SCHEDULED):
        unschedule(issue=issue, by=None)


@transaction.atomic
def stop(*, mailing: Mailing, by: User) -> None:
    """End a sending for good: who still waits does not get it by mail. Raises NotPossible."""
    issue = lock_issue(issue_pk=mailing.issue_id)
    if issue.state != Issue.State.SENDING:
        raise NotPossible("It has ended already.")
    end_sending(issue=issue)
    issue.state = Issue.State.SENT
    save_as(issue, "state", by=by)


@transaction.atomic
def retry_failed(*, mailing: Mailing, by: User) -> int:
    """Queue the failed deliveries of an ended or running sending again; return how many. Raises NotPossible.

    Only those of readers who are still on the list: where the mail server said that there is no such address, nobody is.
    """
    issue = _held_to_send(mailing)
    failed = mailing.deliveries.filter(state=State.FAILED, subscriber__in=Subscriber.objects.confirmed())
    return _queue(failed, issue, by, "No failed delivery can be tried again.")


@transaction.atomic
def send_uncertain_again(*, mailing: Mailing, by: User) -> int:
    """Queue the uncertain deliveries again, which may bring a reader the mail twice; return how many.

    Raises NotPossible.
    """
    issue = _held_to_send(mailing)
    return _queue(mailing.deliveries.filter(state=State.UNCERTAIN), issue, by, "No delivery is uncertain any more.")


def take_uncertain_as_sent(*, mailing: Mailing, by: User) -> int:
    """Leave the uncertain deliveries as they are and call them sent; return how many. Raises NotPossible."""
    count = mailing.deliveries.filter(state=State.UNCERTAIN).update(state=State.SENT, changed_at=timezone.now())
    if not count:
        raise NotPossible("No delivery is uncertain any more.")
    return count


def _change(mailing: Mailing, old: Mailing.State, new: Mailing.State, otherwise: str) -> None:
    if not Mailing.objects.filter(pk=mailing.pk, state=old).update(state=new):
        raise NotPossible(otherwise)


def _held_to_send(mailing: Mailing) -> Issue:
    """Return the issue of a sending, held; raise NotPossible where it was stopped or its issue withdrawn."""
    issue = lock_issue(issue_pk=mailing.issue_id)
    if Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.STOPPED).exists():
        raise NotPossible("This sending was stopped for good.")
    if issue.state == Issue.State.WITHDRAWN:
        raise NotPossible(f"{issue} is withdrawn.")
    return issue


def _queue(rows: DeliveryQuerySet, issue: Issue, by: User, none: str) -> int:
    """Queue rows by one statement: what a worker takes up in this moment is not queued a second time."""
    now = timezone.now()
    count = rows.update(state=State.QUEUED, attempts=0, due_at=now, changed_at=now)
    if not count:
        raise NotPossible(none)
    ended = Mailing.objects.filter(issue=issue, state=Mailing.State.DONE)
    if ended.update(state=Mailing.State.RUNNING, finished_at=None):
        issue.state = Issue.State.SENDING
        save_as(issue, "state", by=by)
    return count
