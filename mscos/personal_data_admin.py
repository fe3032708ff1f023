"""Base classes for the admin of rows that come from people: nobody adds them here, and deleting one erases it.

The admin's own log outlives everybody's data: such a row's name tells its kind and number, never a word of it.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format

from mscos.erasure import delete_for_good
from mscos.portal_admin import PortalAdmin


class PersonalDataAdmin(PortalAdmin):
    """Rows about people: nobody adds them here, and deleting one erases it for good."""

    filters: frozenset[str] = frozenset()  # the query parameters that may narrow the list
    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow the filters of this page only: others could guess at columns that it does not show."""
        return lookup in self.filters

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: these rows come from the people themselves, or from an import."""
        return False

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        """Show the row that is to be deleted as a list of one."""
        return super().render_delete_form(request, {**context, "queryset": [context["object"]]})

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete a row, and have the freed space written over."""
        delete_for_good(rows=self.model._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the ticked rows, and have the freed space written over."""
        delete_for_good(rows=queryset)


class WaitingFilter(admin.SimpleListFilter):
    """A filter by state that shows what waits unless told otherwise; needs the model's `State` and its `waiting()`."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer each state, and all; what waits is the default."""
        return [*((state.value, state.label) for state in model_admin.model.State), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """Show the name of the default choice."""
        first, *others = super().choices(changelist)
        return [{**first, "display": "Waiting"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows asked for."""
        if self.value() is None:
            return queryset & queryset.model._default_manager.waiting()
        return queryset if self.value() == "all" else queryset.filter(state=self.value())


class InboxAdmin(PersonalDataAdmin):
    """An inbox: what waits, oldest first. Its rows have `state`, `received_on` and `erased_on`."""

    list_filter = (WaitingFilter,)
    filters = frozenset({"state"})
    ordering = ("received_on", "pk")
    change_list_template = "admin/_inbox.html"
    delete_confirmation_template = delete_selected_confirmation_template = "admin/_erase.html"

    @admin.display(description="erased on", ordering="received_on")
    def day_of_erasure(self, row: Any) -> str:
        """Return the day on which it is erased."""
        return date_format(row.erased_on)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the inbox under its plain name, and say where nothing waits."""
        name = str(self.opts.verbose_name_plural).capitalize()
        context = {"title": name, "something_waits": self.model._default_manager.waiting().exists()}
        return super().changelist_view(request, {**context, **(extra_context or {})})
