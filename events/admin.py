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
from django.utils.formats import date_format
from simple_history.admin import SimpleHistoryAdmin

from events.actions import save_event
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


class DaysField(forms.CharField):
    """Days, one a line, as people write them; stored as '2023-04-06', in order."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> str:
        """Return the days; raises ValidationError for the first line that is none."""
        one_day, lines = forms.DateField(), super().clean(value).split("\n")
        days = set()
        for line in filter(None, map(str.strip, lines)):
            try:
                days.add(one_day.clean(line))
            except ValidationError as error:
                raise ValidationError(f"'{line[:40]}' is no day. Write it as 6/4/2023.") from error
        return "\n".join(day.isoformat() for day in sorted(days))


class EventForm(forms.ModelForm):
    """An event. Its times are typed as the organiser's clocks show them."""

    starts = WallTimeField(help_text="On the organiser's clocks. If it repeats: on its first date.")
    ends = WallTimeField(help_text="On the organiser's clocks. If it repeats: on its first date.")
    book_by = WallTimeField(required=False, help_text="On the organiser's clocks. Empty if nobody says.")
    zone = forms.CharField(
        max_length=40,
        label="Time zone",
        widget=forms.TextInput(attrs={"list": "zones"}),
        help_text="Of the organiser: Europe/London, America/New_York.",
    )

    repeats_every = forms.IntegerField(
        required=False, min_value=1, max_value=12, initial=1, label="Every", help_text="2: every other week or month."
    )
    left_out = DaysField(
        required=False, label="Not on", help_text="One day a line: 6/4/2023. It then takes place on the other dates."
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

    def _post_clean(self) -> None:
        """Hold the rule by which it repeats against the times, once both stand in the event."""
        super()._post_clean()  # type: ignore[misc]  # Django's own
        event = self.instance
        if not self.errors and event.rule:
            first = event.starts.astimezone(event.clock).replace(tzinfo=None)
            trouble = event.rule.trouble(first, event.ends - event.starts)
            if trouble:
                self.add_error("repeats", trouble)

    def clean_repeats_every(self) -> int:
        """Return 1 where nothing was typed."""
        return self.cleaned_data["repeats_every"] or 1

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
        """Save the event with its dates, and say what is to be looked at."""
        if "_saveasnew" in request.POST:  # a copy is checked before it is listed, and nobody has asked about its time
            obj.state, obj.change_note, obj.time_settled_on = Event.State.DRAFT, "", None
        save_event(event=obj)
        for sentence in _to_look_at(obj):
            self.message_user(request, sentence, messages.WARNING)

    def view_on_site(self, event: Event) -> str:
        """Lead to the page, or for what readers cannot see to its preview."""
        return event.get_absolute_url() if event.is_listed else reverse("admin:events_event_preview", args=[event.pk])


def _to_look_at(event: Event) -> list[str]:
    """Return what an editor should know of an event's times: both readings of what was written, a change of the clocks.

    Of several dates those of the first that has something are told of: the others most often have the same.
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
