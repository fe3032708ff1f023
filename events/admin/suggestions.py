"""The admin of suggested events: an inbox."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from events import suggestions
from events.models import Suggestion
from mscos.personal_data_admin import InboxAdmin

TOLD = ("title", "organiser", "stated_time", "web_page", "place", "cost", "about", "name", "email")
TURNED_DOWN = "Turned down. Nobody is told. You can put it back until it is erased."


@admin.register(Suggestion)
class SuggestionAdmin(InboxAdmin):
    """The inbox of suggested events. An editor makes an event of one, or turns it down; nobody edits it."""

    list_display = ("title", "organiser", "stated_time", "state", "received_on", "day_of_erasure")
    search_fields = ("title", "organiser")
    search_help_text = "A title or an organiser"
    fields = (*TOLD, "state", "event", "received_on", "day_of_erasure")
    readonly_fields = ("web_page", "day_of_erasure")
    change_form_template = "admin/events/suggestion/change_form.html"

    @admin.display(description="web page")
    def web_page(self, suggestion: Suggestion) -> str:
        """Return the address as a link that sends no referrer."""
        return format_html('<a href="{0}" rel="noreferrer noopener">{0}</a>', suggestion.url) if suggestion.url else "-"

    def has_change_permission(self, request: HttpRequest, obj: Suggestion | None = None) -> bool:
        """Return False: these are somebody else's words."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add the views that turn a suggestion down and put it back."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/turn-down/", view(self.turn_down), name="events_suggestion_turn_down"),
            path("<int:pk>/put-back/", view(self.put_back), name="events_suggestion_put_back"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """Show one, with what can be done with it."""
        context = {"title": "Suggested event", "subtitle": None, "may_deal": self._may_deal(request)}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @method_decorator(require_POST)
    def turn_down(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take it off the list of those that wait."""
        suggestion = self._to_deal_with(request, pk)
        act = suggestions.turn_down
        if self.perform(
            request, suggestion, lambda _: act(suggestion=suggestion), done=TURNED_DOWN, log="Turned down."
        ):
            return redirect("admin:events_suggestion_changelist")
        return redirect("admin:events_suggestion_change", pk)

    @method_decorator(require_POST)
    def put_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let one that was turned down wait again."""
        suggestion = self._to_deal_with(request, pk)
        suggestions.put_back(suggestion=suggestion)
        self.log_change(request, suggestion, "Put back.")
        return redirect("admin:events_suggestion_change", pk)

    def _to_deal_with(self, request: HttpRequest, pk: int) -> Suggestion:
        if not self._may_deal(request):
            raise PermissionDenied
        return get_object_or_404(Suggestion, pk=pk)

    def _may_deal(self, request: HttpRequest) -> bool:
        return request.user.has_perm("events.change_suggestion")
