"""New drafts, and the order of an issue's sections.

A single section is saved in the admin; what changes more than one row is here.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from forums.models import Consultation, Thread
from mscos.models import User
from mscos.refusals import Refused
from newsletters.editing import lock_editable_issue, lock_issue, save_issue
from newsletters.models import Issue, Section
from outcomes.models import Resource

STEP = 10  # between the positions of two sections, so that another fits between them
MAX_NEW_PER_KIND = 10  # resources, consultations, threads in a draft that starts from what is new
BEFORE_EVERYTHING = datetime(2000, 1, 1, tzinfo=UTC)
COPIED_FIELDS = [
    field.attname for field in Section._meta.concrete_fields if field.name not in {"id", "issue", "body_html"}
]
NUMBERED_FIELDS = ("title", "subject", "plain_subject")
# Characters that would end the text of a Markdown link, or be markup in it.
MARKUP = re.compile(r"[\\`*_\[\]<>^|~!]")


@transaction.atomic
def duplicate(*, issue: Issue, by: User) -> Issue:
    """Create the next draft as a copy of an issue and its sections, and return it."""
    copy = _next_draft()
    for name in NUMBERED_FIELDS:
        column: Any = Issue._meta.get_field(name)
        setattr(copy, name, _with_new_number(getattr(issue, name), issue.number, copy.number)[: column.max_length])
    copy.preheader, copy.credits = issue.preheader, issue.credits
    sections = issue.sections.order_by("position", "pk")
    _save_draft(copy, [{name: getattr(section, name) for name in COPIED_FIELDS} for section in sections], by=by)
    return copy


@transaction.atomic
def start_draft(*, by: User) -> Issue:
    """Create the next draft from what is new since the last published issue, and return it.

    Its sections: an empty welcome, new resources, new consultations, and a list of new threads.
    """
    draft = _next_draft()
    last = Issue.objects.in_archive().first()
    draft.credits = last.credits if last else ""
    _save_draft(draft, list(_new_sections(last)), by=by)
    return draft


def _next_draft() -> Issue:
    """Return an unsaved draft with the next number; another one can be created only after this transaction.

    All lock the oldest issue: the newest would be a different row as soon as the first of them commits.
    """
    Issue.objects.select_for_update().order_by("pk").first()
    number = Issue.objects.next_number()
    slugs = [f"week-{number}", *(f"week-{number}-{suffix}" for suffix in range(2, 100))]
    taken = set(Issue.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    slug = next(slug for slug in slugs if slug not in taken)
    return Issue(number=number, slug=slug, **dict.fromkeys(NUMBERED_FIELDS, f"Week {number}"))


def _with_new_number(text: str, old: int, new: int) -> str:
    """Return a heading with the first occurrence of the old number replaced by the new one."""
    return re.sub(rf"(?<!\w){old}(?!\w)", str(new), text, count=1)


def _save_draft(issue: Issue, sections: list[dict[str, object]], *, by: User) -> None:
    save_issue(issue, by=by)
    rows = [Section(issue=issue, **{**fields, "position": at * STEP}) for at, fields in enumerate(sections, 1)]
    bulk_create_with_history(rows, Section, default_user=by)


def _new_sections(last: Issue | None) -> Iterator[dict[str, object]]:
    """Yield the fields of sections about what is new since the last issue."""
    since = last.publish_at if last and last.publish_at else BEFORE_EVERYTHING
    day = timezone.localdate(since)
    yield {"kind": Section.Kind.TEXT, "heading": "Welcome"}
    for resource in Resource.objects.listed_since(since)[:MAX_NEW_PER_KIND]:
        yield {"kind": Section.Kind.FEATURE, "resource": resource}
    announced = last.sections.exclude(consultation=None).values_list("consultation", flat=True) if last else []
    for consultation in Consultation.objects.open().filter(opens__gte=day).exclude(pk__in=announced)[:MAX_NEW_PER_KIND]:
        yield {"kind": Section.Kind.CONSULTATION, "consultation": consultation}
    threads = Thread.objects.visible().filter(opened_on__gte=day).order_by("-opened_on", "code")[:MAX_NEW_PER_KIND]
    if threads:
        body = "\n".join(f"- [{_as_link_text(each.shown_title)}]({each.get_absolute_url()})" for each in threads)
        yield {"kind": Section.Kind.TEXT, "heading": "New in the forums", "body": body}


def _as_link_text(text: str) -> str:
    """Return a writer's title as the text of a Markdown link: on one line, its markup escaped."""
    return MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


@transaction.atomic
def order_sections(*, issue: Issue, by: User) -> None:
    """Renumber the sections of an issue 10, 20, 30 and so on, in their order."""
    lock_issue(issue_pk=issue.pk)
    _renumber_sections(list(issue.sections.order_by("position", "pk")), by=by)


@transaction.atomic
def move_section(*, section: Section, up: bool, by: User) -> None:
    """Swap a section with the one above or below; the first or last stays. Raises Refused."""
    lock_editable_issue(issue_pk=section.issue_id)
    rows = list(Section.objects.filter(issue=section.issue_id).order_by("position", "pk"))
    index = next((number for number, row in enumerate(rows) if row.pk == section.pk), None)
    if index is None:
        raise Refused("This section is not in the issue any more.")
    other = index - 1 if up else index + 1
    if 0 <= other < len(rows):
        rows[index], rows[other] = rows[other], rows[index]
    _renumber_sections(rows, by=by)


@transaction.atomic
def remove_section(*, section: Section, by: User) -> None:
    """Delete a section; its text stays in the issue's history. Raises Refused."""
    issue = lock_editable_issue(issue_pk=section.issue_id)
    for row in Section.objects.filter(pk=section.pk):  # none where somebody else removed it first
        row._history_user = by  # type: ignore[attr-defined]
        row.delete()
    _renumber_sections(list(issue.sections.order_by("position", "pk")), by=by)


def _renumber_sections(rows: list[Section], *, by: User) -> None:
    moved = []
    for position, row in enumerate(rows, 1):
        if row.position != position * STEP:
            row.position = position * STEP
            moved.append(row)
    if moved:
        bulk_update_with_history(moved, Section, ["position"], default_user=by)
