"""The filters of the list of events, the choice of a time zone, and the form for suggestions."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from events.meeting_links import MEETING_LINK, meeting_links
from events.models import Event, EventQuerySet
from events.times import CHOICES
from mscos.filters import FilterForm
from mscos.forms import AddressField, NameField, PlainTextField, PublicForm
from outcomes.models import Nation, Organisation, Outcome

ANY = ("", "Any")


class EventFilterForm(FilterForm):
    """The filters of the list: `?outcome=housing&where=online&cost=free`."""

    outcome = forms.ChoiceField(required=False)
    where = forms.ChoiceField(required=False, choices=[ANY, ("online", "Online"), ("place", "At a place")])
    cost = forms.ChoiceField(required=False, choices=[ANY, ("free", "Free"), ("help", "Help with the cost")])
    # A number, so that the URL does not say what somebody may not want to tell about themselves.
    open = forms.ChoiceField(required=False, label="Open to", choices=[ANY, ("1", "People with lived experience")])
    by = forms.ChoiceField(required=False, label="Organiser")
    nation = forms.ChoiceField(required=False, label="Area")

    LOOKUPS = {"outcome": "outcomes__short_name", "by": "organiser", "nation": "nations__code"}

    def full_clean(self) -> None:
        """Load the choices from the database, once however often the form is cleaned; then clean."""
        if not self.fields["outcome"].choices:  # type: ignore[attr-defined]
            outcomes = Outcome.objects.only("short_name", "position")
            self._set_choices("outcome", [(outcome.short_name, outcome.short_title) for outcome in outcomes])
            self._set_choices("nation", Nation.objects.values_list("code", "name"))
            listed = Event.objects.listed().values("organiser")
            organisers = Organisation.objects.filter(pk__in=listed).order_by("name")
            self._set_choices("by", organisers.values_list("pk", "name"))
        super().full_clean()

    def filter(self, events: EventQuerySet) -> EventQuerySet:
        """Return those of `events` that match every filter."""
        cleaned = self.cleaned_data
        for name, lookup in self.LOOKUPS.items():
            if cleaned.get(name):
                events = events.filter(**{lookup: cleaned[name]})
        if cleaned.get("where"):
            events = events.filter(is_online=cleaned["where"] == "online")
        if cleaned.get("cost"):
            events = events.free() if cleaned["cost"] == "free" else events.exclude(cost_help="", free_for="")
        return events.filter(for_survivors=True) if cleaned.get("open") else events

    def _set_choices(self, name: str, choices: Any) -> None:
        self.fields[name].choices = [ANY, *((str(value), label) for value, label in choices)]  # type: ignore[attr-defined]


class ZoneForm(forms.Form):
    """The zone in which times are shown as well. It is stored only in the URL."""

    zone = forms.ChoiceField(
        required=False,
        label="Show in my time zone",
        choices=[("", "Times as listed"), *CHOICES],
        template_name="_filter_field.html",  # type: ignore[call-arg]  # newer than its stubs
    )


class WebAddressField(PlainTextField):
    """The URL of a web page, with or without its scheme."""

    validate_url = URLValidator(schemes=["http", "https"])

    def to_python(self, value: Any) -> str:
        """Return the URL with its scheme. Raises ValidationError."""
        typed = super().to_python(value)
        url = typed if "://" in typed or not typed else f"https://{typed}"
        try:
            if url:
                self.validate_url(url)
                _check_public_host(url)
        except ValidationError as error:
            raise ValidationError("Enter a web address, like https://example.org/training") from error
        return url


def _check_public_host(url: str) -> None:
    """Raise ValidationError for a URL with a user name, or with a host that is no public domain name."""
    parts = urlsplit(url)
    top_level = (parts.hostname or "").rstrip(".").rpartition(".")[2]
    if "@" in parts.netloc or top_level == "localhost" or not top_level[:1].isalpha():
        raise ValidationError("not public")


class SuggestionForm(PublicForm):
    """A suggestion of an event of others."""

    title = PlainTextField(
        name="title",
        label="What is it called?",
        max_length=160,
        error_messages={"required": "Enter what it is called"},
    )
    organiser = PlainTextField(
        name="organiser", label="Who runs it?", max_length=160, error_messages={"required": "Enter who runs it"}
    )
    stated_time = PlainTextField(
        name="day and time",
        label="When is it?",
        max_length=200,
        error_messages={"required": "Enter when it is"},
        help_text="Copy it word for word, with the time zone: '30 March 2023, 5 to 6:30pm UK time'. Say if it happens more than once.",
    )
    url = WebAddressField(
        name="web page",
        label="Its web page",
        max_length=500,
        required=False,
        help_text="Where it is described, or where people book. Not a link that opens the meeting.",
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    place = PlainTextField(
        name="place", label="Where is it?", max_length=200, required=False, help_text="Online, or the town and venue."
    )
    cost = PlainTextField(
        name="cost",
        label="What does it cost?",
        max_length=200,
        required=False,
        help_text="With the currency, and who pays less or nothing.",
    )
    about = PlainTextField(
        name="text",
        label="Anything else?",
        max_length=2_000,
        required=False,
        help_text="Who it is for, what people learn, captions, breaks.",
        widget=forms.Textarea(attrs={"rows": 5, "data-count": 2_000, "autocomplete": "off"}),
    )
    name = NameField(name="name", label="Your name", max_length=80, autocomplete="name")
    email = AddressField(
        required=False, help_text="Only to ask you about this event. Leave both empty to stay anonymous."
    )
    field_order = ["title", "organiser", "stated_time", "url", "place", "cost", "about", "name", "email"]

    def clean(self) -> dict[str, Any] | None:
        """Refuse a link that opens a meeting in any field: several people read suggestions."""
        cleaned = super().clean() or {}
        for name in ("title", "organiser", "stated_time", "url", "place", "cost", "about"):
            if meeting_links(cleaned.get(name) or ""):
                self.add_error(name, MEETING_LINK)
        return cleaned
