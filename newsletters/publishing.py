"""Publishing and withdrawing of issues, and preview links of drafts."""

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from mscos.models import User
from mscos.refusals import Refused
from mscos.stale import Stale, version_of
from newsletters.content.email import Mail, mail_of
from newsletters.editing import lock_issue, require_editable, save_issue
from newsletters.models import Issue, Section
from newsletters.preflight.check import Finding, findings
from newsletters.sending.delivery import create_deliveries, end_sending


class NotReady(Refused):
    """Pre-flight has findings that block the issue: `findings`."""

    def __init__(self, problems: list[Finding]) -> None:
        super().__init__("It cannot be published yet. Mend what is listed under 'Before it goes out'.")
        self.findings = problems


@transaction.atomic
def make_preview(*, issue: Issue) -> Issue:
    """Give a draft a new preview link, which replaces any old one, and return it. Raises Refused."""
    issue = lock_issue(issue_pk=issue.pk)
    if issue.is_published:
        raise _already_published(issue)
    issue.new_preview()
    # Not by save(): the history leaves the link out.
    Issue.objects.filter(pk=issue.pk).update(preview_token=issue.preview_token, preview_ends_on=issue.preview_ends_on)
    return issue


@transaction.atomic
def end_preview(*, issue: Issue) -> None:
    """End the preview link of an issue."""
    Issue.objects.filter(pk=issue.pk).update(preview_token="", preview_ends_on=None)


def issue_version(*, issue: Issue, mail: Mail) -> str:
    """Return the version of what subscribers would get."""
    return version_of(mail.fingerprint, issue.subject, issue.plain_subject)


@transaction.atomic
def publish(*, issue: Issue, by: User, version: str) -> Issue:
    """Publish an issue, queue its mail, and return it. `version` is the one that the editor saw.

    Raises Refused: Stale where another version would go out, NotReady where pre-flight blocks it.
    """
    return release(issue=lock_issue_version(issue_pk=issue.pk, version=version), by=by)


def lock_issue_version(*, issue_pk: int, version: str) -> Issue:
    """Return an issue, locked, that is ready to go out and as the editor saw it. Raises what `publish` raises."""
    issue = lock_issue(issue_pk=issue_pk)
    if issue.is_published:
        raise _already_published(issue)
    require_editable(issue=issue)
    if issue_version(issue=issue, mail=mail_of(issue)) != version:
        who = _last_to_change(issue)
        last = f" {who} was the last to change it." if who else ""
        raise Stale(f"This issue changed after you opened the page.{last} Look at it again, then publish.")
    must_be_ready(issue=issue)
    return issue


def must_be_ready(*, issue: Issue) -> None:
    """Raise NotReady where a finding of pre-flight blocks an issue."""
    problems = [finding for finding in findings(issue) if finding.blocks]
    if problems:
        raise NotReady(problems)


def release(*, issue: Issue, by: User | None) -> Issue:
    """Publish a locked issue, queue its mail for everybody who is confirmed now, and return it."""
    mailing = create_deliveries(issue=issue, mail=mail_of(issue))
    issue.state, issue.publish_at = (Issue.State.SENDING if mailing else Issue.State.SENT), timezone.now()
    issue.recipient_count = mailing.deliveries.count() if mailing else 0
    issue.preview_token, issue.preview_ends_on = "", None
    save_issue(issue, "state", "publish_at", "recipient_count", "preview_token", "preview_ends_on", by=by)
    return issue


@transaction.atomic
def withdraw(*, issue: Issue, by: User) -> Issue:
    """Withdraw a published issue and end its sending; its page then says only that and the day. Raises Refused."""
    issue = lock_issue(issue_pk=issue.pk)
    if issue.state != Issue.State.SENDING and require_editable(issue=issue).state != Issue.State.SENT:
        raise Refused("Only a published issue can be withdrawn.")
    end_sending(issue=issue)
    issue.state, issue.withdrawn_on = Issue.State.WITHDRAWN, timezone.localdate()
    save_issue(issue, "state", "withdrawn_on", by=by)
    return issue


def _already_published(issue: Issue) -> Refused:
    """Return the refusal for a published issue, which says by whom and when it was published."""
    rows = Issue.history.filter(id=issue.pk, state__in=Issue.PUBLISHED).select_related("history_user")
    first = rows.order_by("history_id").first()
    who, when = _editor_of(first), issue.publish_at
    day = f" on {date_format(timezone.localtime(when), 'j F Y, H:i')}" if when else ""
    return Refused(f"{who} published this{day}." if who else f"This was published{day}.")


def _last_to_change(issue: Issue) -> str:
    """Return the name of whoever last changed the issue or one of its sections; '' where nobody knows."""
    rows = [
        history.select_related("history_user").order_by("-history_date", "-history_id").first()
        for history in (Issue.history.filter(id=issue.pk), Section.history.filter(issue_id=issue.pk))
    ]
    return _editor_of(max((row for row in rows if row), key=lambda row: row.history_date, default=None))


def _editor_of(row: object) -> str:
    """Return the name of the editor of a row of the history; '' where there is none."""
    return str(getattr(row, "history_user", None) or "")
