"""What editors do with issues and their sections. Whoever changes one holds its issue's row first, so that two take turns.

Sections are saved in the admin, which also takes turns (`lock_issue`); everything that touches more than one row is here.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from forums.models import Consultation, Thread
from mscos.models import User
from newsletters.content.email import Mail, mail_of
from newsletters.models import Issue, Section
from newsletters.preflight.check import Finding, findings
from newsletters.sending.delivery import create_deliveries, end_sending
from outcomes.models import Resource

STEP = 10  # between the positions of two sections, so that one can be put between them
MAX_NEW = 10  # of each kind of thing in a draft that starts from what is new
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
COPIED = [field.attname for field in Section._meta.concrete_fields if field.name not in {"id", "issue", "body_html"}]
NUMBERED = ("title", "subject", "plain_subject")
# What would end or start something inside the words of a Markdown link.
MARKS = re.compile(r"[\\`*_\[\]<>^|~!]")
FROZEN = {
    Issue.State.SCHEDULED: "is scheduled, so it cannot be changed now",
    Issue.State.SENDING: "is being sent, so it cannot be changed now",
    Issue.State.WITHDRAWN: "is withdrawn, so it cannot be changed",
}


class Refused(Exception):
    """It cannot be done now; the message is a sentence for the editor."""


class NotEditable(Refused):
    """The issue cannot be changed in the state that it is in."""


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


def frozen_because(*, issue: Issue) -> str:
    """Return why an issue cannot be changed now, as a sentence without its full stop; '' where it can."""
    return f"{issue} {FROZEN[Issue.State(issue.state)]}" if not issue.is_editable else ""


def lock_issue(*, issue_pk: int) -> Issue:
    """Return an issue as it is now, its row locked to the end of the transaction."""
    return Issue.objects.select_for_update().get(pk=issue_pk)


@transaction.atomic
def duplicate(*, issue: Issue, by: User) -> Issue:
    """Make the next draft from an issue, with copies of its sections, and return it."""
    copy = _next_draft()
    for name in NUMBERED:
        column: Any = Issue._meta.get_field(name)
        setattr(copy, name, _renumbered(getattr(issue, name), issue.number, copy.number)[: column.max_length])
    copy.preheader, copy.credits = issue.preheader, issue.credits
    sections = issue.sections.order_by("position", "pk")
    _store(copy, [{name: getattr(section, name) for name in COPIED} for section in sections], by=by)
    return copy


@transaction.atomic
def start_draft(*, by: User) -> Issue:
    """Make the next draft from what is new since the last published issue, and return it.

    It starts with an empty welcome; then come new resources, new calls for views, and a list of new threads.
    """
    draft = _next_draft()
    last = Issue.objects.in_archive().first()
    draft.credits = last.credits if last else ""
    _store(draft, list(_what_is_new(last)), by=by)
    return draft


def _next_draft() -> Issue:
    """Return an unsaved draft with the next number; whoever makes another one at the same moment waits.

    All wait for the oldest issue: the newest would be another one as soon as the first of them is done.
    """
    Issue.objects.select_for_update().order_by("pk").first()
    number = Issue.objects.next_number()
    names = [f"week-{number}", *(f"week-{number}-{again}" for again in range(2, 100))]
    taken = set(Issue.objects.filter(slug__in=names).values_list("slug", flat=True))
    slug = next(name for name in names if name not in taken)
    return Issue(number=number, slug=slug, **dict.fromkeys(NUMBERED, f"Week {number}"))


def _renumbered(words: str, old: int, new: int) -> str:
    """Return a heading with the new number in the place of the old one."""
    return re.sub(rf"(?<!\w){old}(?!\w)", str(new), words, count=1)


def _store(issue: Issue, sections: list[dict[str, object]], *, by: User) -> None:
    save_as(issue, by=by)
    rows = [Section(issue=issue, **{**fields, "position": at * STEP}) for at, fields in enumerate(sections, 1)]
    bulk_create_with_history(rows, Section, default_user=by)


def _what_is_new(last: Issue | None) -> Iterator[dict[str, object]]:
    """Yield the fields of the sections that tell what is new since the last issue."""
    moment = last.publish_at if last and last.publish_at else BEFORE_ALL
    day = timezone.localdate(moment)
    yield {"kind": Section.Kind.TEXT, "heading": "Welcome"}
    for resource in Resource.objects.listed_since(moment)[:MAX_NEW]:
        yield {"kind": Section.Kind.FEATURE, "resource": resource}
    told = last.sections.exclude(consultation=None).values_list("consultation", flat=True) if last else []
    for consultation in Consultation.objects.open().filter(opens__gte=day).exclude(pk__in=told)[:MAX_NEW]:
        yield {"kind": Section.Kind.CONSULTATION, "consultation": consultation}
    threads = Thread.objects.visible().filter(opened_on__gte=day).order_by("-opened_on", "code")[:MAX_NEW]
    if threads:
        body = "\n".join(f"- [{_as_link_words(each.shown_title)}]({each.get_absolute_url()})" for each in threads)
        yield {"kind": Section.Kind.TEXT, "heading": "New in the forums", "body": body}


def _as_link_words(text: str) -> str:
    """Return a writer's text so that Markdown shows it as it is, on one line, and keeps it inside its link."""
    return MARKS.sub(r"\\\g<0>", " ".join(text.split()))


@transaction.atomic
def order_sections(*, issue: Issue, by: User) -> None:
    """Give the sections of an issue the positions 10, 20, 30 and so on, in the order that they have."""
    lock_issue(issue_pk=issue.pk)
    _put_in_order(list(issue.sections.order_by("position", "pk")), by=by)


@transaction.atomic
def move_section(*, section: Section, up: bool, by: User) -> None:
    """Let a section change places with its neighbour; at the end of the row it stays. Raises NotEditable."""
    _hold_to_edit(section.issue_id)
    rows = list(Section.objects.filter(issue=section.issue_id).order_by("position", "pk"))
    at = next((place for place, row in enumerate(rows) if row.pk == section.pk), None)
    if at is None:
        raise NotEditable("This section is not in the issue any more.")
    other = at - 1 if up else at + 1
    if 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
    _put_in_order(rows, by=by)


@transaction.atomic
def take_out(*, section: Section, by: User) -> None:
    """Take a section out of its issue; its words stay in the issue's history. Raises NotEditable."""
    issue = _hold_to_edit(section.issue_id)
    for row in Section.objects.filter(pk=section.pk):  # none where somebody was faster
        row._history_user = by  # type: ignore[attr-defined]
        row.delete()
    _put_in_order(list(issue.sections.order_by("position", "pk")), by=by)


def _put_in_order(rows: list[Section], *, by: User) -> None:
    moved = []
    for position, row in enumerate(rows, 1):
        if row.position != position * STEP:
            row.position = position * STEP
            moved.append(row)
    if moved:
        bulk_update_with_history(moved, Section, ["position"], default_user=by)


def _hold_to_edit(issue_pk: int) -> Issue:
    return _editable(lock_issue(issue_pk=issue_pk))


def _editable(issue: Issue) -> Issue:
    if not issue.is_editable:
        raise NotEditable(f"{frozen_because(issue=issue)}.")
    return issue


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
    _editable(fresh)
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
    if fresh.state != Issue.State.SENDING and _editable(fresh).state != Issue.State.SENT:
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


def save_as(issue: Issue, *columns: str, by: User | None) -> None:
    """Write an issue, or only some of its columns, under the editor's name in the history; None is the work loop."""
    issue._history_user = by  # type: ignore[attr-defined]
    issue.save(update_fields=columns or None)
