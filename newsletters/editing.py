"""Locks of an issue, and its save under the editor's name, which all actions on issues share."""

from mscos.models import User
from mscos.refusals import Refused
from newsletters.models import Issue

FROZEN = {
    Issue.State.SCHEDULED: "is scheduled, so it cannot be changed now",
    Issue.State.SENDING: "is being sent, so it cannot be changed now",
    Issue.State.WITHDRAWN: "is withdrawn, so it cannot be changed",
}


def frozen_because(*, issue: Issue) -> str:
    """Return why an issue cannot be changed now, as a sentence without its full stop; '' where it can."""
    return f"{issue} {FROZEN[Issue.State(issue.state)]}" if not issue.is_editable else ""


def lock_issue(*, issue_pk: int) -> Issue:
    """Return an issue as it is now, its row locked to the end of the transaction."""
    return Issue.objects.select_for_update().get(pk=issue_pk)


def lock_editable_issue(*, issue_pk: int) -> Issue:
    """Return an issue as it is now, locked. Raises Refused."""
    return require_editable(issue=lock_issue(issue_pk=issue_pk))


def require_editable(*, issue: Issue) -> Issue:
    """Return an issue that can be changed now. Raises Refused."""
    if not issue.is_editable:
        raise Refused(f"{frozen_because(issue=issue)}.")
    return issue


def save_issue(issue: Issue, *columns: str, by: User | None) -> None:
    """Save an issue, or only some of its columns, with its editor in the history; None is the background worker."""
    issue._history_user = by  # type: ignore[attr-defined]
    issue.save(update_fields=columns or None)
