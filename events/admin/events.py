"""The admin of events: the list, and the page of one."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format

from events.actions import save_event
from events.admin.importing import ImportMixin
from events.admin_forms import EventForm
from events.local_time import check_span
from events.models import Event, Suggestion
from events.suggestion_prefill import as_event
from events.suggestions import take_up
from events.times import CHOICES
from events.views import event_context
from mscos.markdown_admin import MarkdownAdminMixin
from mscos.portal_admin import HistoryAdmin
from mscos.refusals import Refused


@admin.register(Event)
class EventAdmin(ImportMixin, MarkdownAdminMixin, HistoryAdmin):
    """The admin of events."""

    form = EventForm
    list_display = ("title", "organiser", "begins", "state")
    list_filter = ("state", "kind", "is_online", "for_survivors", "outcomes")
    list_select_related = ("organiser",)
    search_fields = ("title", "summary", "body", "code", "organiser__name")
    search_help_text = "Words in title or text, the organiser's name, or the code in the page's address"
    ordering = ("-starts",)
    date_hierarchy = "starts"
    markdown_fields = ("body",)
    autocomplete_fields = ("organiser",)
    readonly_fields = ("code", "takes_place", "checked_time")
    save_as = True  # next month's training from this month's: its zone and all else stay
    fieldsets = (
        (
            "What it is",
            {"fields": ("title", ("kind", "state", "change_note"), "organiser", "summary", "learn", "body")},
        ),
        (
            "When",
            {
                "fields": (
                    ("starts", "ends", "zone"),
                    ("repeats", "repeats_every", "repeats_until"),
                    "left_out",
                    "takes_place",
                    "stated_time",
                    "checked_time",
                    "time_settled_on",
                )
            },
        ),
        ("Where, and who may come", {"fields": (("is_online", "place"), "audience", "for_survivors", "nations")}),
        ("What it costs", {"fields": (("price", "currency"), "cost_help", "free_for")}),
        ("Booking", {"fields": ("booking_url", "booking_tracks", "book_by", "contact")}),
        ("Care", {"fields": ("content_note", "access", "recording")}),
        ("Where it belongs", {"fields": ("outcomes", "tags", "code")}),
    )

    @admin.display(description="begins", ordering="starts")
    def begins(self, event: Event) -> datetime:
        """Return when it starts, on the organiser's clocks."""
        return event.span.starts.astimezone(event.clock).replace(tzinfo=None)

    @admin.display(description="it takes place on")
    def takes_place(self, event: Event) -> str:
        """Return its dates, one a line, on the organiser's clocks."""
        if not event.pk:
            return "Its dates stand here once it is saved."
        return "\n".join(date_format(span.starts.astimezone(event.clock), "l j F Y, H:i") for span in event.spans)

    @admin.display(description="what the check says")
    def checked_time(self, event: Event) -> str:
        """Return the result of comparing the organiser's words with the time."""
        if not event.pk:
            return "Checked once it is saved."
        if not event.stated_time:
            return "Nothing to check: write down above what the organiser wrote."
        return "\n".join(_to_look_at(event)) or "It agrees with the time above."

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Show outcomes and nations, which are few, as boxes to tick."""
        if db_field.name in {"nations", "outcomes"}:
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        """Add the preview of drafts."""
        preview = self.admin_site.admin_view(self.preview)
        return [path("<int:pk>/preview/", preview, name="events_event_preview"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Offer the zones by name."""
        answer: HttpResponse = super().render_change_form(
            request, {**context, "zones": CHOICES, "suggestion": _suggestion(request)}, *args, **kwargs
        )
        return answer

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show an event's page as readers would see it, whatever its state."""
        event = get_object_or_404(Event.objects.with_organiser(), pk=pk)
        if not self.has_view_permission(request, event):
            raise PermissionDenied
        return render(request, "events/event_detail.html", event_context(event))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return what somebody suggested, where the event is made from a suggestion."""
        suggestion = _suggestion(request)
        return as_event(suggestion) if suggestion else super().get_changeform_initial_data(request)

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:  # noqa: FBT001  Django's own
        """Save the event with its dates, and warn of what to check."""
        if "_saveasnew" in request.POST:  # a copy is checked before it is listed, and nobody has asked about its time
            obj.state, obj.change_note, obj.time_settled_on = Event.State.DRAFT, "", None
        save_event(event=obj)
        suggestion = None if change else _suggestion(request)
        if suggestion:
            self._take_up(request, suggestion, obj)
        for sentence in _to_look_at(obj):
            self.message_user(request, sentence, messages.WARNING)

    def _take_up(self, request: HttpRequest, suggestion: Suggestion, event: Event) -> None:
        try:
            take_up(suggestion=suggestion, event=event)
        except Refused:
            sentence = "Another editor dealt with this suggestion meanwhile: look whether the event is listed twice."
            self.message_user(request, sentence, messages.WARNING)

    def view_on_site(self, event: Event) -> str:
        """Return the address of the page, or of the preview for what readers cannot see."""
        return event.get_absolute_url() if event.is_listed else reverse("admin:events_event_preview", args=[event.pk])


def _suggestion(request: HttpRequest) -> Suggestion | None:
    """Return the suggestion that the address names, to those who may read suggestions."""
    if not request.user.has_perm("events.view_suggestion"):
        return None
    try:
        return Suggestion.objects.filter(pk=request.GET.get("suggestion", "0")).first()
    except ValueError:
        return None


def _to_look_at(event: Event) -> list[str]:
    """Return sentences on an event's times: both readings of what was written, a change of the clocks.

    Of several dates, only the first that has some is told of: the others most often have the same.
    """
    for span in event.coming_dates or [event.span]:
        spans = [finding.editor for finding in check_span(*span, event.clock)]
        check = event.check_on(span)
        settled = ["A note tells readers so until you fill in 'Time asked about on'."] if check.public_note else []
        if event.time_settled_on or event.is_cancelled:
            settled = []
        if check.editor_sentences or spans:
            return [*check.editor_sentences, *settled, *spans]
    return []
