"""Filters of lists, kept in the query string alone: a filtered list can be linked to, and needs no script."""

from typing import NamedTuple
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict


class Chosen(NamedTuple):
    """A filter that is set: its label, and the query string of the same list without it."""

    label: str
    query_without: str


class FilterForm(forms.Form):
    """A form whose fields are filters, none of them required. An invalid value is ignored.

    A subclass adds `filter(queryset)`, which takes and returns a queryset and reads `cleaned_data`.
    """

    def __init__(self, data: QueryDict, **querysets: QuerySet) -> None:
        """Take the query string and, by field name, the rows that a field offers."""
        self.data: QueryDict
        super().__init__(data.copy())
        for field in self.fields.values():
            field.template_name = "_filter_field.html"  # type: ignore[attr-defined]
        for name, queryset in querysets.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        for name in self.errors:
            self.data.pop(name, None)  # shown as not set
        self.full_clean()

    def chosen(self) -> list[Chosen]:
        """Return the filters that are set, each with the query string that removes it and returns to the first page."""
        return [Chosen(self._label(name), self._query_without(name)) for name in self._names()]

    def as_query(self) -> str:
        """Return the query string of the filtered list, such as '?kind=toolkit'; '' where no filter is set."""
        return self._query_without("") if self._names() else ""

    def _names(self) -> list[str]:
        return [name for name, value in self.cleaned_data.items() if value]

    def _label(self, name: str) -> str:
        choices = getattr(self.fields[name], "choices", ())
        typed = self.data[name]
        return next((str(label) for value, label in choices if str(value) == typed), str(self.fields[name].label))

    def _query_without(self, name: str) -> str:
        return "?" + urlencode({other: self.data[other] for other in self._names() if other != name})
