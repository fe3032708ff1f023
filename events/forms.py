"""The filters of the list of events, and the zone in which its times are shown."""

from typing import Any

from django import forms

from events.models import Event, EventQuerySet
from events.times import CHOICES
from mscos.filters import FilterForm
from outcomes.models import Nation, Organisation, Outcome

ANY = ("", "Any")


class EventFilterForm(FilterForm):
    """What the list can be narrowed by: `?outcome=housing&where=online&cost=free`."""

    outcome = forms.ChoiceField(required=False)
    where = forms.ChoiceField(required=False, choices=[ANY, ("online", "Online"), ("place", "At a place")])
    cost = forms.ChoiceField(required=False, choices=[ANY, ("free", "Free"), ("help", "Help with the cost")])
    # What nobody need say of themselves stands as a number in the address.
    open = forms.ChoiceField(required=False, label="Open to", choices=[ANY, ("1", "People with lived experience")])
    by = forms.ChoiceField(required=False, label="Organiser")
    nation = forms.ChoiceField(required=False, label="Area it is for")

    LOOKUPS = {"outcome": "outcomes__short_name", "by": "organiser", "nation": "nations__code"}

    def full_clean(self) -> None:
        """Offer what the database holds, asked for once however often the form is cleaned; then clean."""
        if not self.fields["outcome"].choices:  # type: ignore[attr-defined]
            outcomes = Outcome.objects.only("short_name", "position")
            self._offer("outcome", [(outcome.short_name, outcome.short_title) for outcome in outcomes])
            self._offer("nation", Nation.objects.values_list("code", "name"))
            listed = Event.objects.listed().values("organiser")
            organisers = Organisation.objects.filter(pk__in=listed).order_by("name")
            self._offer("by", organisers.values_list("pk", "name"))
        super().full_clean()

    def filter(self, events: EventQuerySet) -> EventQuerySet:
        """Return those of `events` that fit every filter in force."""
        asked = self.cleaned_data
        for name, lookup in self.LOOKUPS.items():
            if asked.get(name):
                events = events.filter(**{lookup: asked[name]})
        if asked.get("where"):
            events = events.filter(is_online=asked["where"] == "online")
        if asked.get("cost"):
            events = events.free() if asked["cost"] == "free" else events.exclude(cost_help="", free_for="")
        return events.filter(for_survivors=True) if asked.get("open") else events

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = [ANY, *((str(value), label) for value, label in choices)]  # type: ignore[attr-defined]


class ZoneForm(forms.Form):
    """In which zone times are shown as well. It lives in the address alone."""

    zone = forms.ChoiceField(required=False, label="Show in my time zone", choices=[("", "As they are"), *CHOICES])
