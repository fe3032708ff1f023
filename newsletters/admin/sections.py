"""The admin of sections: a page for each, reached from its issue's page."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_list_or_404, get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from mscos.markdown_admin import MarkdownAdminMixin
from mscos.models import User
from mscos.portal_admin import HistoryAdmin
from mscos.requests import AuthenticatedHttpRequest
from newsletters import drafts, editing
from newsletters.admin_forms import SectionForm
from newsletters.models import Issue, Section

WORDS = ("heading", "body", "content_note", "link_words", "link_url")


class ReadOnlyHistory:
    """A history to read and copy from, which tells who wrote what. Putting a row back would also put back its state."""

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return True: there is no button for it."""
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show what was changed, when and by whom."""
        return cast("HttpResponse", super().history_view(request, str(number_in(object_id)), extra_context))  # type: ignore[misc]

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show an older version."""
        pks = (str(number_in(object_id)), str(number_in(version_id)))
        return cast("HttpResponse", super().history_form_view(request, *pks, extra_context))  # type: ignore[misc]

    def what_happened(self, request: HttpRequest, form: Any) -> str:
        """Name who wrote what stands in the row now; moving a section is not writing."""
        row, writer = type(form.instance)._base_manager.get(pk=form.instance.pk), None  # without what the form put in
        columns = [row._meta.get_field(name).attname for name in self.versioned_fields(row, form.base_fields)]  # type: ignore[attr-defined]
        for record in row.history.select_related("history_user").order_by("-history_id"):
            if any(getattr(record, column) != getattr(row, column) for column in columns):
                break
            writer = record.history_user
        return f"{writer or 'Somebody'} changed this {row._meta.verbose_name} while you were writing"


@admin.register(Section)
class SectionAdmin(ReadOnlyHistory, MarkdownAdminMixin, HistoryAdmin):
    """One section. Its kind and issue stay; both come with the address of the form to add it."""

    form = SectionForm
    markdown_fields = ("body",)
    list_select_related = ("issue",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return False: sections are found on the page of their issue."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Section | None = None) -> bool:
        """Show a section that cannot be changed now as text.

        A form that is sent all the same gets its words back: SectionForm says why they are not taken.
        """
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.issue.is_editable or request.method == "POST")

    def has_delete_permission(self, request: HttpRequest, obj: Section | None = None) -> bool:
        """Refuse it where the issue cannot be changed now."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.issue.is_editable)

    def get_urls(self) -> list[URLPattern]:
        """Add the commands of the issue's page."""
        return [
            path("<int:pk>/move/", self.admin_site.admin_view(self.move), name="newsletters_section_move"),
            path("<int:pk>/take-out/", self.admin_site.admin_view(self.take_out), name="newsletters_section_take_out"),
            *super().get_urls(),
        ]

    def lock(self, request: HttpRequest, row: Any) -> None:
        """Lock the issue of a section, as every change of one of its sections does."""
        editing.lock_issue(issue_pk=row.issue_id)

    def versioned_fields(self, row: Any, fields: Any) -> list[str]:
        """Return the fields that are written; the position is not: to move a section makes no form stale."""
        return [*WORDS, *filter(None, [row.target_field])]

    def get_fields(self, request: HttpRequest, obj: Section | None = None) -> list[Any]:
        """Return the fields of the section's kind."""
        target_field = obj.target_field if obj else Section.TARGET_FIELDS.get(_kind(request), "")
        common = ["heading", "body", "content_note", ("link_words", "link_url"), "position"]
        if obj and not self.has_change_permission(request, obj):
            return [target_field, *common] if target_field else common
        return ["target", *common] if target_field else common

    def get_form(self, request: HttpRequest, obj: Section | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  Django's own
        """Return the form; that of a new section knows its issue and kind."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return form if obj else type("NewSectionForm", (form,), {"blank": _blank(request)})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask for a new section of one kind."""
        issue = get_object_or_404(Issue, pk=number_in(request.GET.get("issue", "")))
        kind = _kind(request)
        frozen = editing.frozen_because(issue=issue)
        if frozen and request.method != "POST":
            self.message_user(request, f"{frozen}.", messages.WARNING)
            return redirect("admin:newsletters_issue_change", issue.pk)
        context = {"title": f"{issue}: add {kind.label.lower()}", "issue": issue, "kind": kind.label}
        return cast("HttpResponse", super().add_view(request, form_url, {**context, **(extra_context or {})}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a section under the name of its issue, with the reason where it cannot be changed."""
        section = Section.objects.select_related("issue").filter(pk=number_in(object_id)).first()
        if section is None:
            return self._gone(request, number_in(object_id))
        context = {
            "title": f"{section.issue}: {section.get_kind_display().lower()}",
            "issue": section.issue,
            "kind": section.get_kind_display(),
            "subtitle": None,
            "show_delete": False,  # 'Take out' on the issue's page does it
            "frozen": editing.frozen_because(issue=section.issue),
        }
        return cast(
            "HttpResponse", super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})
        )

    def _gone(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say who took a section out, and show words that were typed for it meanwhile."""
        past = get_list_or_404(Section.history.select_related("history_user").order_by("-history_id"), id=pk)[0]
        if not self.has_change_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "This section is gone",
            "opts": self.opts,
            "past": past,
            "issue": Issue.objects.filter(pk=past.issue_id).first(),
            "typed": [request.POST.get(name, "") for name in ("heading", "body", "content_note")],
        }
        return TemplateResponse(request, "admin/newsletters/section/gone.html", context, status=HTTPStatus.GONE)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Redirect to the issues."""
        return redirect("admin:newsletters_issue_changelist")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Offer two ways to save: back to the issue, or to one more of this kind."""
        context["show_save_and_continue"] = False
        return cast("HttpResponse", super().render_change_form(request, context, *args, **kwargs))

    def save_model(self, request: HttpRequest, obj: Section, form: Any, change: bool) -> None:  # noqa: FBT001  Django's own
        """Save a section, and number the sections of its issue anew."""
        super().save_model(request, obj, form, change)
        drafts.order_sections(issue=obj.issue, by=cast("AuthenticatedHttpRequest", request).user)

    def delete_model(self, request: HttpRequest, obj: Section) -> None:
        """Take a section out."""
        drafts.remove_section(section=obj, by=cast("AuthenticatedHttpRequest", request).user)

    @method_decorator(require_POST)
    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move a section up, or down."""
        up = request.POST.get("to") == "up"
        return self._act(request, pk, "Moved", lambda section, by: drafts.move_section(section=section, up=up, by=by))

    @method_decorator(require_POST)
    def take_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a section out."""
        return self._act(request, pk, "Taken out", lambda section, by: drafts.remove_section(section=section, by=by))

    def _act(self, request: HttpRequest, pk: int, done: str, act: Callable[[Section, User], None]) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        section = get_object_or_404(Section.objects.select_related("issue"), pk=pk)
        sentence = f"{done}: {section.heading or section.get_kind_display()}."
        self.perform(request, section, lambda by: act(section, by), done=sentence, log=done)
        return _to_issue(section.issue_id)

    def response_add(self, request: HttpRequest, obj: Section, post_url_continue: str | None = None) -> HttpResponse:
        """Go back to the issue, or on to one more of this kind."""
        return self._next(request, obj)

    def response_change(self, request: HttpRequest, obj: Section) -> HttpResponse:
        """Go back to the issue, or on to one more of this kind."""
        return self._next(request, obj)

    def _next(self, request: HttpRequest, section: Section) -> HttpResponse:
        self.message_user(request, f"Saved: {section.heading or section.get_kind_display()}.", messages.SUCCESS)
        if "_addanother" in request.POST:
            query = f"?issue={section.issue_id}&kind={section.kind}"
            return HttpResponseRedirect(reverse("admin:newsletters_section_add") + query)
        return _to_issue(section.issue_id)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Go back to the issue."""
        self.message_user(request, f"Taken out: {obj_display}.", messages.SUCCESS)
        past = Section.history.filter(id=obj_id).first()
        return _to_issue(past.issue_id) if past else redirect("admin:newsletters_issue_changelist")

    def log_addition(self, request: HttpRequest, obj: Section, message: Any) -> Any:
        """Log it under the issue, as all that follows."""
        return self._log(request, obj, "Added")

    def log_change(self, request: HttpRequest, obj: Section, message: Any) -> Any:
        """Log which section was changed, without its words."""
        return self._log(request, obj, message if isinstance(message, str) else "Changed")

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Log which section was taken out."""
        return [self._log(request, section, "Taken out") for section in queryset]

    def _log(self, request: HttpRequest, section: Section, done: str) -> Any:
        return super().log_change(request, section.issue, f"{done}: {section}.")


def _to_issue(pk: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('admin:newsletters_issue_change', args=[pk])}#sections")


def _kind(request: HttpRequest) -> Section.Kind:
    """Return the kind that the address names; raises Http404 where there is none of that name."""
    try:
        return Section.Kind(request.GET.get("kind", ""))
    except ValueError as error:
        raise Http404 from error


def _blank(request: HttpRequest) -> Section:
    """Return the new section that the address asks for; lock its issue where it is to be stored."""
    pk = number_in(request.GET.get("issue", ""))
    issue = editing.lock_issue(issue_pk=pk) if request.method == "POST" else get_object_or_404(Issue, pk=pk)
    return Section(issue=issue, kind=_kind(request))


def number_in(typed: str) -> int:
    """Return a row's number from an address; raises Http404 where it cannot be one."""
    if not typed.isdecimal() or int(typed) > models.BigIntegerField.MAX_BIGINT:
        raise Http404
    return int(typed)
