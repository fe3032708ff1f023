"""The form of an event in the admin, whose times are typed as the organiser's clocks show them."""

import zoneinfo
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.exceptions import ValidationError
from django.utils import timezone

from events.local_time import LocalTimeProblem, check_local_times
from events.meeting_links import MEETING_LINK, meeting_links
from events.models import Event
from events.money import WITHOUT_CENTS
from events.times import LONDON

LOCAL_TIMES = ("starts", "ends", "book_by")
DAYS = ["%d %B %Y", "%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d"]


class LocalTimeField(forms.DateTimeField):
    """A day and a time as the clocks in the event's zone show it; the form makes a moment of it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**{"widget": widget, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Return a time as it is: the form has already converted it to the event's zone."""
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
        one_day, lines = forms.DateField(input_formats=DAYS), super().clean(value).split("\n")
        days = set()
        for line in filter(None, map(str.strip, lines)):
            try:
                days.add(one_day.clean(line))
            except ValidationError as error:
                raise ValidationError(f"'{line[:40]}' is no day. Write it as 6 April 2023.") from error
        return "\n".join(day.isoformat() for day in sorted(days))


class EventForm(forms.ModelForm):
    """An event. Its times are typed as the organiser's clocks show them."""

    starts = LocalTimeField(help_text="On the organiser's clocks. If it repeats: on its first date.")
    ends = LocalTimeField(help_text="On the organiser's clocks. If it repeats: on its first date.")
    book_by = LocalTimeField(required=False, help_text="On the organiser's clocks. Empty if nobody says.")
    zone = forms.CharField(
        max_length=40,
        label="Time zone",
        initial=LONDON,
        widget=forms.TextInput(attrs={"list": "zones"}),
        help_text="Of the organiser: Europe/London, America/New_York.",
    )

    repeats_every = forms.IntegerField(
        required=False, min_value=1, max_value=12, initial=1, label="Every", help_text="2: every other week or month."
    )
    left_out = DaysField(
        required=False,
        label="Not on",
        help_text="One day a line: 6 April 2023. It then takes place on the other dates.",
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
            for name in LOCAL_TIMES:
                moment = getattr(self.instance, name)
                self.initial[name] = moment.astimezone(there).replace(tzinfo=None) if moment else None

    def clean(self) -> dict[str, Any]:
        """Convert the times from the event's zone; refuse an impossible price and links that open a meeting."""
        cleaned = super().clean() or {}
        zone = cleaned.get("zone") or "UTC"
        for name in LOCAL_TIMES:
            if cleaned.get(name):
                try:
                    cleaned[name] = moment_in(cleaned[name], zone)
                except ValidationError as error:
                    self.add_error(name, error)
        price, currency = cleaned.get("price"), cleaned.get("currency")
        if price and currency in WITHOUT_CENTS and price != price.to_integral_value():
            self.add_error("price", f"{currency} has no smaller unit. Give a whole number.")
        for name in [name for name, value in cleaned.items() if isinstance(value, str) and meeting_links(value)]:
            self.add_error(name, MEETING_LINK)
        return cleaned

    def _post_clean(self) -> None:
        """Compare the rule by which it repeats with the times, once both are set."""
        super()._post_clean()  # type: ignore[misc]  # Django's own
        event = self.instance
        if not self.errors and event.rule:
            first = event.starts.astimezone(event.clock).replace(tzinfo=None)
            problem = event.rule.problem(first, event.ends - event.starts)
            if problem:
                self.add_error("repeats", problem)

    def clean_repeats_every(self) -> int:
        """Return 1 where nothing was typed."""
        return self.cleaned_data["repeats_every"] or 1

    def clean_zone(self) -> str:
        """Refuse an unknown zone, before a time is read in it."""
        zone: str = self.cleaned_data["zone"]
        Event._meta.get_field("zone").run_validators(zone)
        return zone


def moment_in(local: datetime, zone: str) -> datetime:
    """Return the moment of a local time in a zone; raises ValidationError where it never comes, or twice."""
    there = zoneinfo.ZoneInfo(zone)
    for finding in check_local_times(local, None, there):
        twice = finding.problem is LocalTimeProblem.TWICE
        raise ValidationError(f"{finding.editor} To say which, give it in the zone UTC." if twice else finding.editor)
    return local.replace(tzinfo=there)
