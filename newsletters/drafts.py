"""The next draft, and the order of an issue's sections.

Sections are saved in the admin; everything that touches more than one row is here.
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
from newsletters.editing import NotEditable, lock_editable_issue, lock_issue, save_as
from newsletters.models import Issue, Section
from outcomes.models import Resource

STEP = 10  # between the positions of two sections, so that one can be put between them
MAX_NEW = 10  # of each kind of thing in a draft that starts from what is new
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
COPIED = [field.attname for field in Section._meta.concrete_fields if field.name not in {"id", "issue", "body_html"}]
NUMBERED = ("title", "subject", "plain_subject")
# What would end or start something inside the words of a Markdown link.
MARKS = re.compile(r"[\\`*_\[\]<>^|~!]")


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
    lock_editable_issue(issue_pk=section.issue_id)
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
    issue = lock_editable_issue(issue_pk=section.issue_id)
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
