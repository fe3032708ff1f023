"""Publishing and withdrawing an issue, and the preview link of a draft."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from mscos.models import User
from newsletters.content.email import Mail, mail_of
from newsletters.editing import NotEditable, Refused, lock_issue, require_editable, save_as
from newsletters.models import Issue, Section
from newsletters.preflight.check import Finding, findings
from newsletters.sending.delivery import create_deliveries, end_sending


class NotReady(Refused):
    """Pre-flight found what keeps the issue from going out; `findings` says what."""

    def __init__(self, problems: list[Finding]) -> None:
        super().__init__("It cannot be published yet. Mend what is listed under 'Before it goes out'.")
        self.findings = problems


class ChangedMeanwhile(Refused):
    """Readers would get other words than the editor saw; `who` changed the issue last, '' where nobody knows."""

    def __init__(self, who: str) -> None:
        last = f" {who} was the last to change it." if who else ""
        super().__init__(f"This issue changed after you opened the page.{last} Look at it again, then publish.")
        self.who = who


class AlreadyPublished(Refused):
    """Somebody was faster."""

    def __init__(self, *, when: datetime | None, who: str) -> None:
        day = f" on {date_format(timezone.localtime(when), 'j F Y, H:i')}" if when else ""
        super().__init__(f"{who} published this{day}." if who else f"This was published{day}.")
        self.when, self.who = when, who


@transaction.atomic
def make_preview(*, issue: Issue, by: User) -> Issue:
    """Give a draft a new preview link, which ends the one it had, and return it. Raises AlreadyPublished."""
    fresh = lock_issue(issue_pk=issue.pk)
    if fresh.is_published:
        raise _published(fresh)
    fresh.new_preview()
    # Not by save(): the link is no part of the history.
    Issue.objects.filter(pk=fresh.pk).update(preview_token=fresh.preview_token, preview_ends_on=fresh.preview_ends_on)
    return fresh


@transaction.atomic
def end_preview(*, issue: Issue, by: User) -> None:
    """End the preview link of an issue."""
    Issue.objects.filter(pk=issue.pk).update(preview_token="", preview_ends_on=None)


def look(*, issue: Issue, mail: Mail) -> str:
    """Return a digest of what readers of this issue would get: `publish` wants that of what its editor saw."""
    return sha256(f"{mail.fingerprint}\0{issue.subject}\0{issue.plain_subject}".encode()).hexdigest()


@transaction.atomic
def publish(*, issue: Issue, by: User, seen: str) -> Issue:
    """Let everybody read an issue from now on, queue its mail, and return it. `seen` is what `look` gave for what the editor saw.

    Raises AlreadyPublished, NotEditable, ChangedMeanwhile or NotReady.
    """
    return release(issue=lock_issue_as_seen(issue_pk=issue.pk, seen=seen), by=by)


def lock_issue_as_seen(*, issue_pk: int, seen: str) -> Issue:
    """Return an issue held for changing, as ready to go out as the editor saw it. Raises as `publish` does."""
    fresh = lock_issue(issue_pk=issue_pk)
    if fresh.is_published:
        raise _published(fresh)
    require_editable(issue=fresh)
    if look(issue=fresh, mail=mail_of(fresh)) != seen:
        raise ChangedMeanwhile(_last_to_change(fresh))
    must_be_ready(issue=fresh)
    return fresh


def must_be_ready(*, issue: Issue) -> None:
    """Raise NotReady where pre-flight finds what keeps an issue from going out."""
    problems = [finding for finding in findings(issue) if finding.blocks]
    if problems:
        raise NotReady(problems)


def release(*, issue: Issue, by: User | None) -> Issue:
    """Put a held issue on the web and queue its mail for everybody who is confirmed now, and return it."""
    mailing = create_deliveries(issue=issue, mail=mail_of(issue))
    issue.state, issue.publish_at = (Issue.State.SENDING if mailing else Issue.State.SENT), timezone.now()
    issue.recipient_count = mailing.deliveries.count() if mailing else 0
    issue.preview_token, issue.preview_ends_on = "", None
    save_as(issue, "state", "publish_at", "recipient_count", "preview_token", "preview_ends_on", by=by)
    return issue


@transaction.atomic
def withdraw(*, issue: Issue, by: User) -> Issue:
    """Take a published issue back: its page then only says so, with the day; its sending ends. Raises NotEditable."""
    fresh = lock_issue(issue_pk=issue.pk)
    if fresh.state != Issue.State.SENDING and require_editable(issue=fresh).state != Issue.State.SENT:
        raise NotEditable("Only a published issue can be withdrawn.")
    end_sending(issue=fresh)
    fresh.state, fresh.withdrawn_on = Issue.State.WITHDRAWN, timezone.localdate()
    save_as(fresh, "state", "withdrawn_on", by=by)
    return fresh


def _published(issue: Issue) -> AlreadyPublished:
    rows = Issue.history.filter(id=issue.pk, state__in=Issue.PUBLISHED).select_related("history_user")
    first = rows.order_by("history_id").first()
    return AlreadyPublished(when=issue.publish_at, who=_name(first))


def _last_to_change(issue: Issue) -> str:
    """Name who changed the issue or one of its sections last; '' where nobody knows."""
    rows = [
        history.select_related("history_user").order_by("-history_date", "-history_id").first()
        for history in (Issue.history.filter(id=issue.pk), Section.history.filter(issue_id=issue.pk))
    ]
    return _name(max((row for row in rows if row), key=lambda row: row.history_date, default=None))


def _name(row: object) -> str:
    """Return the name of whoever made a row of the history; '' where nobody knows."""
    return str(getattr(row, "history_user", None) or "")
