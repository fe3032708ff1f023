"""The filters of the resource library."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from taggit.models import Tag

from mscos.filters import FilterForm
from outcomes.models import Nation, Organisation, Outcome, Resource
from outcomes.models.resources import ResourceQuerySet

ANY = ("", "Any")


class ResourceFilterForm(FilterForm):
    """The filters of the library: `?outcome=housing&kind=toolkit&free=1`.

    Nations have codes, organisations and tags numbers, so that no URL says what somebody looked for.
    """

    outcome = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(required=False, choices=[ANY, *Resource.Kind.choices])
    nation = forms.ChoiceField(required=False, label="Area it covers")
    by = forms.ChoiceField(required=False, label="Organisation")
    tag = forms.ChoiceField(required=False)
    free = forms.ChoiceField(required=False, label="Cost", choices=[ANY, ("1", Resource.FREE)])

    LOOKUPS = {
        "outcome": "outcomes__short_name",
        "kind": "kind",
        "nation": "nations__code",
        "by": "organisations",
        "tag": "tags",
    }

    def full_clean(self) -> None:
        """Load the choices from the database, once however often the form is cleaned; then clean."""
        if not self.fields["outcome"].choices:  # type: ignore[attr-defined]
            outcomes = Outcome.objects.only("short_name", "position")
            self._set_choices("outcome", [(outcome.short_name, outcome.short_title) for outcome in outcomes])
            self._set_choices("nation", Nation.objects.values_list("code", "name"))
            self._set_choices("by", _of_listed(Organisation.objects.order_by("name"), "resources"))
            self._set_choices("tag", _of_listed(Tag.objects.order_by("name"), "resource"))
        super().full_clean()

    def filter(self, resources: ResourceQuerySet) -> ResourceQuerySet:
        """Return those of `resources` that match every filter, each once."""
        for name, lookup in self.LOOKUPS.items():
            if value := self.cleaned_data.get(name):
                # By a subquery: an organisation with two roles in a resource must not show it twice.
                resources = resources.filter(pk__in=Resource.objects.filter(**{lookup: value}).values("pk"))
        return resources.free() if self.cleaned_data.get("free") else resources

    def _set_choices(self, name: str, choices: Any) -> None:
        # A list, since a queryset or a function would query again at each use.
        self.fields[name].choices = [ANY, *((str(value), label) for value, label in choices)]  # type: ignore[attr-defined]


def _of_listed(rows: QuerySet[Any], relation: str) -> QuerySet[Any, tuple[int, str]]:
    """Return the primary key and name of the rows that some listed resource has, each once."""
    return rows.filter(**{f"{relation}__state": Resource.State.LISTED}).values_list("pk", "name").distinct()
