"""The admin of outcomes, resources, organisations, references and quotations."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator

from mscos.erasure import after_erasure
from mscos.markdown_admin import MarkdownAdminMixin
from mscos.portal_admin import HistoryAdmin, PortalAdmin
from mscos.requests import AuthenticatedHttpRequest
from outcomes.actions import erase_quotation
from outcomes.models import (
    Domain,
    Feature,
    Organisation,
    Outcome,
    Quotation,
    Reference,
    Resource,
    ResourceOrganisation,
)
from outcomes.views import resource_context

# An address typed without its beginning is a safe one.
ADDRESSES: dict[Any, dict[str, str]] = {models.URLField: {"assume_scheme": "https"}}
CONSENT_FIELDS = (("consent_scope", "consent_given_on", "consent_expires_on"),)


class ReferenceInline(admin.StackedInline):
    """The standards of an outcome."""

    model = Reference
    extra = 0
    formfield_overrides = ADDRESSES
    fields = (("document", "publisher"), "url", ("sections", "pages", "position"), "note")


class FeatureInline(admin.TabularInline):
    """The featured resources of an outcome, past ones included."""

    model = Feature
    extra = 0


class QuotationInline(admin.StackedInline):
    """Quotations about an outcome or a resource. Withdrawn ones have no words left and stand in their own list."""

    model = Quotation
    extra = 0
    can_delete = False
    show_change_link = True
    readonly_fields = ("consent_state",)
    fields = ("text", ("credit", "organisation"), "content_note", *CONSENT_FIELDS, "consent_state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quotation]:
        """Return those that still have words: a form left open elsewhere must not bring erased ones back."""
        return super().get_queryset(request).filter(withdrawn_on=None)


class CreditInline(admin.TabularInline):
    """The organisations that made a resource, helped with it or paid for it."""

    model = ResourceOrganisation
    extra = 0


@admin.register(Outcome)
class OutcomeAdmin(MarkdownAdminMixin, HistoryAdmin):
    """The admin of outcomes, with their references, featured resources and quotations."""

    list_display = ("official_name", "short_name", "position", "listed_resources", "last_reviewed")
    list_filter = ("last_reviewed",)
    search_fields = ("official_name", "short_name", "aliases", "summary", "body")
    search_help_text = "Words in names, summary or text"
    ordering = ("position",)
    markdown_fields = ("body", "good_looks_like")
    inlines = (ReferenceInline, FeatureInline, QuotationInline)
    fieldsets = (
        ("Names", {"fields": ("official_name", ("short_name", "position"), "aliases")}),
        ("The page", {"fields": ("summary", "content_note", "body", "good_looks_like")}),
        ("Around it", {"fields": ("related", "last_reviewed")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Outcome]:
        """Return the outcomes with the number of their listed resources."""
        outcomes: Any = super().get_queryset(request)
        return outcomes.with_counts()

    @admin.display(description="resources", ordering="resource_count")
    def listed_resources(self, outcome: Any) -> int:
        """Count the listed resources."""
        return int(outcome.resource_count)

    def view_on_site(self, outcome: Outcome) -> str:
        """Return the address of the page."""
        return outcome.get_absolute_url()


@admin.register(Resource)
class ResourceAdmin(MarkdownAdminMixin, HistoryAdmin):
    """The admin of resources."""

    list_display = ("title", "kind", "state", "link_state", "last_checked")
    list_filter = ("state", "kind", "link_state", "outcomes", "nations")
    search_fields = ("title", "summary", "body", "code", "organisations__name")
    search_help_text = "Words in title or text, an organisation's name, or the code in the page's address"
    markdown_fields = ("body",)
    formfield_overrides = ADDRESSES
    inlines = (CreditInline, QuotationInline)
    readonly_fields = ("code",)
    fieldsets = (
        ("What it is", {"fields": ("title", "kind", "state", "summary", "body", "audience")}),
        ("Where it is", {"fields": ("url", ("file_type", "file_size", "pages"), ("link_state", "last_checked"))}),
        ("Facts", {"fields": (("language", "cost", "published"), "nations")}),
        ("Where it belongs", {"fields": ("outcomes", "tags", "recommended_before", "code")}),
    )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Show outcomes and nations, which are few, as boxes to tick."""
        if db_field.name in {"nations", "outcomes"}:
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        """Add the preview of drafts."""
        preview = self.admin_site.admin_view(self.preview)
        return [path("<int:pk>/preview/", preview, name="outcomes_resource_preview"), *super().get_urls()]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a resource's page as readers would see it, whatever its state."""
        resource = get_object_or_404(Resource, pk=pk)
        if not self.has_view_permission(request, resource):
            raise PermissionDenied
        return render(request, "outcomes/resource_detail.html", resource_context(resource))

    def view_on_site(self, resource: Resource) -> str:
        """Return the address of the page, or of the preview for what readers cannot see."""
        if resource.is_listed:
            return resource.get_absolute_url()
        return reverse("admin:outcomes_resource_preview", args=[resource.pk])


@admin.register(Organisation)
class OrganisationAdmin(HistoryAdmin):
    """The admin of organisations: they make resources, and people speak for them."""

    list_display = ("name", "url")
    search_fields = ("name",)
    formfield_overrides = ADDRESSES


@admin.register(Domain)
class DomainAdmin(PortalAdmin):
    """The admin of the domains of the long list."""

    list_display = ("name", "position")
    search_fields = ("name",)


@admin.register(Feature)
class FeatureAdmin(HistoryAdmin):
    """The admin of featured resources over all outcomes, past ones included."""

    list_display = ("resource", "outcome", "starts", "ends")
    list_filter = ("outcome",)
    list_select_related = ("resource", "outcome")
    search_fields = ("resource__title",)


@admin.register(Reference)
class ReferenceAdmin(HistoryAdmin):
    """The admin of pinpoint references over all outcomes."""

    list_display = ("document", "outcome", "sections", "pages")
    list_filter = ("outcome",)
    list_select_related = ("outcome",)
    search_fields = ("document", "publisher", "note")
    formfield_overrides = ADDRESSES


class ConsentFilter(admin.SimpleListFilter):
    """A filter for quotations by whether they may be shown today."""

    title = "consent"
    parameter_name = "consent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what can be asked for."""
        return [("live", "Live"), ("not", "Not live"), ("withdrawn", "Withdrawn")]

    def queryset(self, request: HttpRequest, quotations: QuerySet[Any]) -> QuerySet[Any]:
        """Return those asked for; 'not live' leaves out the withdrawn, which nobody can change."""
        live = Quotation.objects.with_live_consent().values("pk")
        if self.value() == "live":
            return quotations.filter(pk__in=live)
        if self.value() == "not":
            return quotations.filter(withdrawn_on=None).exclude(pk__in=live)
        return quotations.filter(withdrawn_on__isnull=False) if self.value() == "withdrawn" else quotations


@admin.register(Quotation)
class QuotationAdmin(HistoryAdmin):
    """The admin of quotations and of the consent to show them."""

    list_display = ("words", "credit", "about", "consent_scope", "consent_state")
    list_filter = (ConsentFilter, "consent_scope", "outcome")
    list_select_related = ("outcome", "resource")
    search_fields = ("text", "credit", "organisation__name")
    readonly_fields = ("consent_state",)
    actions = ("withdraw",)
    fieldsets = (
        ("The words", {"fields": ("text", ("credit", "organisation"), "content_note")}),
        ("What they are about", {"fields": ("outcome", "resource")}),
        (
            "Consent",
            {
                "fields": (*CONSENT_FIELDS, "consent_state"),
                "description": "Without consent for today the words are shown nowhere. When somebody takes consent "
                "back, go to the list of quotations, tick it and choose 'Withdraw consent and erase the words'.",
            },
        ),
    )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leave out 'Delete selected': consent is withdrawn instead, so that its day stays known."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.display(description="words", empty_value="(erased)")
    def words(self, quotation: Quotation) -> str | None:
        """Show the beginning of the words."""
        return Truncator(quotation.text).chars(80) or None

    @admin.display(description="about")
    def about(self, quotation: Quotation) -> Model | None:
        """Name the outcome or resource."""
        return quotation.outcome or quotation.resource

    def has_change_permission(self, request: HttpRequest, obj: Quotation | None = None) -> bool:
        """Refuse withdrawn quotations: they cannot be given words again."""
        return super().has_change_permission(request, obj) and not (obj and obj.withdrawn_on)

    @admin.action(description="Withdraw consent and erase the words", permissions=["change"])
    def withdraw(self, request: AuthenticatedHttpRequest, quotations: QuerySet[Quotation]) -> TemplateResponse | None:
        """Ask once, then erase: it cannot be undone."""
        if "sure" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": "Erase these words?",
                "opts": self.opts,
                "quotations": quotations,
                "checkbox": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/outcomes/quotation/withdraw.html", context)
        for quotation in quotations:
            erase_quotation(quotation=quotation, by=request.user)
            self.log_change(request, quotation, "Consent withdrawn, words erased")
        self.message_user(request, "The words are erased, here and in the history.")
        return None

    def delete_model(self, request: HttpRequest, obj: Quotation) -> None:
        """Delete with the history, and have the freed space written over."""
        super().delete_model(request, obj)
        after_erasure()
