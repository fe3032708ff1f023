"""The admin of issues: the list, an issue with its sections, and its history."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from mscos.models import User
from mscos.requests import AuthenticatedHttpRequest
from newsletters import drafts, editing
from newsletters.admin.previews import PreviewAdmin, for_editors
from newsletters.admin.sections import ReadOnlyHistory, number_in
from newsletters.admin_forms import IssueForm, name_of
from newsletters.models import Issue, Section
from newsletters.preflight.check import Finding, findings

FIXED_ONCE_PUBLISHED = ("number", "slug")  # they stand in addresses that people keep
CHANGES_SHOWN = 300


class Row(NamedTuple):
    """A section in the table of its issue."""

    section: Section
    name: str
    findings: list[Finding]


class Change(NamedTuple):
    """A change of a section, for the issue's history."""

    record: Any
    fields: list[str]


@admin.register(Issue)
class IssueAdmin(ReadOnlyHistory, PreviewAdmin):
    """The admin of issues: to write, preview and publish."""

    form = IssueForm
    list_display = ("__str__", "title", "state", "published_on", "section_count")
    list_filter = ("state",)
    search_fields = ("number", "title", "subject", "sections__heading", "sections__body")
    search_help_text = "A number, or words in titles, headings or text"
    ordering = ("-number",)
    actions = None
    object_history_template = "admin/newsletters/issue/object_history.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Issue]:
        """Return the issues with the number of their sections."""
        issues: QuerySet[Issue] = super().get_queryset(request)
        return issues.annotate(section_total=Count("sections", distinct=True))

    @admin.display(description="published", ordering="publish_at")
    def published_on(self, issue: Issue) -> Any:
        """Return the day on which everybody could first read it."""
        return timezone.localdate(issue.publish_at) if issue.publish_at and issue.is_published else None

    @admin.display(description="sections", ordering="section_total")
    def section_count(self, issue: Any) -> int:
        """Count the sections."""
        return int(issue.section_total)

    def has_change_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        """Show an issue that cannot be changed now as text.

        A form that is sent all the same gets its words back: IssueForm says why they are not taken.
        """
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.is_editable or request.method == "POST")

    def has_delete_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        """Allow it for drafts: a published issue is withdrawn, so that its page says so."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.state == Issue.State.DRAFT)

    def get_urls(self) -> list[URLPattern]:
        """Add the two ways to make a draft."""
        return [
            path("start/", self._mount("start"), name="newsletters_issue_start"),
            path("<int:pk>/duplicate/", self._mount("duplicate"), name="newsletters_issue_duplicate"),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: Issue | None = None) -> list[Any]:
        """Return the issue's own fields."""
        return [("number", "slug"), "title", "subject", "plain_subject", "preheader", "credits"]

    def get_readonly_fields(self, request: HttpRequest, obj: Issue | None = None) -> tuple[str, ...]:
        """Return the fields that stand in the address of a published issue."""
        return FIXED_ONCE_PUBLISHED if obj and obj.is_published else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the next number, and texts with it."""
        number = Issue.objects.next_number()
        latest = Issue.objects.order_by("-number").first()
        return {
            "number": number,
            "slug": f"week-{number}",
            "title": f"Week {number}: ",
            "subject": f"Week {number}: ",
            "plain_subject": f"Week {number}",
            "credits": latest.credits if latest else "",
        }

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show an issue with its sections and the findings of pre-flight, and one button to save."""
        context |= {"show_save_and_continue": False, "show_save_and_add_another": False}
        if kwargs.get("change"):
            context |= _around(Issue.objects.get(pk=kwargs["obj"].pk))  # as it is stored, whatever was typed
        return cast("HttpResponse", super().render_change_form(request, context, *args, **kwargs))

    def save_model(self, request: HttpRequest, obj: Issue, form: Any, change: bool) -> None:  # noqa: FBT001  Django's own
        """Save only what was changed."""
        obj._history_user = request.user  # type: ignore[attr-defined]
        if not change:
            obj.save()
        elif form.changed_data:
            obj.save(update_fields=form.changed_data)

    def response_add(self, request: HttpRequest, obj: Issue, post_url_continue: str | None = None) -> HttpResponse:
        """Redirect to its page, to add sections."""
        self.message_user(request, f"{obj} is saved. Now add its sections.", messages.SUCCESS)
        return redirect("admin:newsletters_issue_change", obj.pk)

    def response_change(self, request: HttpRequest, obj: Issue) -> HttpResponse:
        """Stay on the page."""
        self.message_user(request, f"{obj} is saved.", messages.SUCCESS)
        return redirect("admin:newsletters_issue_change", obj.pk)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return one line for each draft, without its sections."""
        lines = [f"{issue}, with all its sections" for issue in objs]
        return lines, {"issues": len(lines)}, set(), []

    @method_decorator(require_POST)
    def start(self, request: AuthenticatedHttpRequest) -> HttpResponse:
        """Make a draft from what is new."""
        return self._make(request, lambda by: drafts.start_draft(by=by), "Made from what is new.")

    @for_editors(only=require_POST, right="add")
    def duplicate(self, request: AuthenticatedHttpRequest, issue: Issue) -> HttpResponse:
        """Make the next draft from an issue."""
        return self._make(request, lambda by: drafts.duplicate(issue=issue, by=by), f"Made from {issue}.")

    def _make(self, request: AuthenticatedHttpRequest, act: Callable[[User], Issue], done: str) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        made = act(request.user)
        self.log_addition(request, made, done)
        self.message_user(request, f"{made} is a draft. {done}", messages.SUCCESS)
        return redirect("admin:newsletters_issue_change", made.pk)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show what was changed in the issue and in its sections, those taken out included."""
        changes = _changes(number_in(object_id))
        return cast("HttpResponse", super().history_view(request, object_id, {"section_changes": changes}))


def _around(issue: Issue) -> dict[str, Any]:
    """Return the context around the form of an issue."""
    found: dict[int | None, list[Finding]] = defaultdict(list)
    for finding in findings(issue):
        found[finding.section.pk if finding.section else None].append(finding)
    rows = [Row(section, _name_of(section), found[section.pk]) for section in issue.sections.with_targets()]
    return {
        "rows": rows,
        "findings": found[None],
        "kinds": Section.Kind.choices,
        "frozen": editing.frozen_because(issue=issue),
    }


def _name_of(section: Section) -> str:
    """Return the heading of a section, or how editors know what it shows."""
    return section.heading or (name_of(section.target) if section.target else "")


def _changes(pk: int) -> list[Change]:
    """Return the newest changes of an issue's sections, each with the names of the fields that it changed."""
    records = Section.history.filter(issue_id=pk).select_related("history_user").order_by("-history_id")[:CHANGES_SHOWN]
    before: dict[int, Any] = {}
    changes = []
    for record in reversed(records):
        fields = [
            str(field.verbose_name)
            for field in record.tracked_fields
            if record.id in before and getattr(record, field.attname) != getattr(before[record.id], field.attname)
        ]
        changes.append(Change(record, fields))
        before[record.id] = record
    return changes[::-1]
