"""What editors see of this room."""

import zoneinfo
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from events.models import Event
from events.money import WITHOUT_CENTS
from events.times import CHOICES
from events.views import event_context
from events.wall_time import Trouble, check_span, check_walls
from mscos.markdown_admin import MarkdownAdminMixin

WALL_TIMES = ("starts", "ends", "book_by")


class WallTimeField(forms.DateTimeField):
    """A day and a time as the clocks in the event's zone show it; the form makes a moment of it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**{"widget": widget, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Leave a time as it is: the form has already put it on the event's clocks."""
        return value

    def to_python(self, value: Any) -> datetime | None:
        """Return the time without a zone."""
        with timezone.override(UTC):  # which knows no hour that is left out or comes twice
            found = super().to_python(value)
        return found.replace(tzinfo=None) if found else None


class EventForm(forms.ModelForm):
    """An event. Its times are typed as the organiser's clocks show them."""

    starts = WallTimeField(help_text="On the organiser's clocks.")
    ends = WallTimeField(help_text="On the organiser's clocks.")
    book_by = WallTimeField(required=False, help_text="On the organiser's clocks. Empty if nobody says.")
    zone = forms.CharField(
        max_length=40,
        label="Time zone",
        widget=forms.TextInput(attrs={"list": "zones"}),
        help_text="Of the organiser: Europe/London, America/New_York.",
    )

    booking_url = forms.URLField(
        required=False, max_length=500, assume_scheme="https", label="Address for booking", widget=AdminURLFieldWidget
    )

    class Meta:
        model = Event
        exclude = ("code",)  # noqa: DJ006  the admin's fieldsets name the fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the times of a stored event on its own clocks."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            there = zoneinfo.ZoneInfo(self.instance.zone)
            for name in WALL_TIMES:
                moment = getattr(self.instance, name)
                self.initial[name] = moment.astimezone(there).replace(tzinfo=None) if moment else None

    def clean(self) -> dict[str, Any]:
        """Make moments of the times, in the event's zone; refuse a price that nobody could pay."""
        cleaned = super().clean() or {}
        zone = cleaned.get("zone") or "UTC"
        for name in WALL_TIMES:
            if cleaned.get(name):
                try:
                    cleaned[name] = moment_in(cleaned[name], zone)
                except ValidationError as error:
                    self.add_error(name, error)
        price, currency = cleaned.get("price"), cleaned.get("currency")
        if price and currency in WITHOUT_CENTS and price != price.to_integral_value():
            self.add_error("price", f"{currency} has no smaller unit. Give a whole number.")
        return cleaned

    def clean_zone(self) -> str:
        """Refuse what is no zone, before a time is read in it."""
        zone: str = self.cleaned_data["zone"]
        Event._meta.get_field("zone").run_validators(zone)
        return zone


def moment_in(wall: datetime, zone: str) -> datetime:
    """Return the moment at which the clocks in a zone show a time; raises ValidationError where they never or twice do."""
    there = zoneinfo.ZoneInfo(zone)
    for finding in check_walls(wall, None, there):
        twice = finding.trouble is Trouble.TWICE
        raise ValidationError(f"{finding.editor} To say which, give it in the zone UTC." if twice else finding.editor)
    return wall.replace(tzinfo=there)


@admin.register(Event)
class EventAdmin(MarkdownAdminMixin, SimpleHistoryAdmin):
    """The list of events, and the page of one."""

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
    readonly_fields = ("code", "checked_time")
    save_as = True  # next month's training from this month's: its zone and all else stay
    fieldsets = (
        (
            "What it is",
            {"fields": ("title", ("kind", "state", "change_note"), "organiser", "summary", "learn", "body")},
        ),
        ("When", {"fields": (("starts", "ends", "zone"), "stated_time", "checked_time", "time_settled_on")}),
        ("Where, and who may come", {"fields": (("is_online", "place"), "audience", "for_survivors", "nations")}),
        ("What it costs", {"fields": (("price", "currency"), "cost_help", "free_for")}),
        ("Booking", {"fields": ("booking_url", "booking_tracks", "book_by", "contact")}),
        ("Care", {"fields": ("content_note", "access", "recording")}),
        ("Where it belongs", {"fields": ("outcomes", "tags", "code")}),
    )

    @admin.display(description="begins", ordering="starts")
    def begins(self, event: Event) -> datetime:
        """Return when it starts, on the organiser's clocks."""
        return event.starts_there.replace(tzinfo=None)

    @admin.display(description="what the check says")
    def checked_time(self, event: Event) -> str:
        """Return what comes of holding the organiser's words against the time."""
        if not event.pk or not event.stated_time:
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
        answer: HttpResponse = super().render_change_form(request, {**context, "zones": CHOICES}, *args, **kwargs)
        return answer

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show an event's page as readers would see it, whatever its state."""
        event = get_object_or_404(Event.objects.with_organiser(), pk=pk)
        if not self.has_view_permission(request, event):
            raise PermissionDenied
        return render(request, "events/event_detail.html", event_context(event))

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:  # noqa: FBT001  Django's own
        """Save, and let calendars that hold the event take it for a newer one."""
        obj.sequence += change
        super().save_model(request, obj, form, change)
        for sentence in _to_look_at(obj):
            self.message_user(request, sentence, messages.WARNING)

    def view_on_site(self, event: Event) -> str:
        """Lead to the page, or for what readers cannot see to its preview."""
        return event.get_absolute_url() if event.is_listed else reverse("admin:events_event_preview", args=[event.pk])


def _to_look_at(event: Event) -> list[str]:
    """Return what an editor should know of an event's times: both readings of what was written, a change of the clocks."""
    spans = check_span(event.starts, event.ends, zoneinfo.ZoneInfo(event.zone))
    settled = ["A note tells readers so until you fill in 'Time asked about on'."] if event.uncertain else []
    return [*event.time_check.editor_sentences, *settled, *(finding.editor for finding in spans)]
