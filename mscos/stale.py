"""Optimistic locking: a page carries the version of the row that it shows, and nothing is written over a newer one."""

import json
from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.forms.models import model_to_dict
from django.http import HttpRequest

from mscos.refusals import Refused

WORDS_KEPT = "Your words are below; copy what you need"


class Stale(Refused):
    """The row changed after the page was opened; the message says so and, where it is known, who changed it."""


def version_of(*shown: object) -> str:
    """Return a short digest of what a page shows of a row: plain values, and lists and dictionaries of them."""
    return sha256(json.dumps(shown, default=str).encode()).hexdigest()[:16]


class StaleCheckForm(forms.ModelForm):
    """A form that refuses to write over what changed since it was opened, and keeps what was typed."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    model_admin: "StaleCheckAdmin"
    request: HttpRequest

    def __init__(self, data: Any = None, files: Any = None, *, instance: Any, **kwargs: Any) -> None:
        # Worked out before the form and its inlines read related rows, so that it is never newer than what they show.
        version = self.model_admin.row_version(self.request, instance, self.base_fields)
        super().__init__(data, files, instance=instance, **kwargs)
        self.fields["version"].initial = version
        self.is_stale = False

    def clean(self) -> dict[str, Any]:
        """Refuse the form where its row is no longer as it was when the form was opened."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.is_stale = cleaned.get("version") != self.fields["version"].initial
        if self.is_stale:
            raise ValidationError(f"{self.model_admin.what_happened(self.request, self)}. {WORDS_KEPT}")
        return cleaned


class StaleCheckAdmin(admin.ModelAdmin):
    """An admin whose change form is a StaleCheckForm; a row is locked from when it is compared until it is saved.

    The version covers the fields that the form offers, many-to-many ones included, and the rows of all inlines. The
    template `admin/change_form.html` shows it.
    """

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a row; where it is to be changed, lock it and read it again, after everybody who was first."""
        row = super().get_object(request, object_id, from_field)
        if row and request.method == "POST" and connection.in_atomic_block:
            self.lock(request, row)
            row = super().get_object(request, object_id, from_field)
        return row

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  Django's own
        """Return the form, which checks its version where it changes a row."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None or not self.has_change_permission(request, obj):
            return form
        return type(form.__name__, (StaleCheckForm, form), {"model_admin": self, "request": request})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields to show; the version stands beside them."""
        return [name for name in super().get_fields(request, obj) if name != "version"]

    def lock(self, request: HttpRequest, row: Model) -> None:
        """Lock a row and the rows of its inlines to the end of the transaction; rows that refer to them can be added."""
        self.model._base_manager.select_for_update(no_key=True).filter(pk=row.pk).first()
        for rows in self._inline_rows(request, row):
            list(rows.select_for_update(no_key=True))

    def row_version(self, request: HttpRequest, row: Model, fields: Collection[str]) -> str:
        """Return the version of a row and of its inlines' rows, for a form with these fields."""
        shown = model_to_dict(row, self.versioned_fields(row, fields))
        inlines = [list(rows.values_list()) for rows in self._inline_rows(request, row)]
        return version_of({name: _plain(value) for name, value in shown.items()}, inlines)

    def versioned_fields(self, row: Any, fields: Collection[str]) -> Collection[str]:
        """Return the names of the model's fields whose change makes a form with these fields stale."""
        return [name for name in fields if name != "version"]

    def what_happened(self, request: HttpRequest, form: forms.ModelForm) -> str:
        """Say that the row changed; who saved it last in the admin may not be who changed it."""
        about = _log_of(self.model, [form.instance.pk])
        for rows in self._inline_rows(request, form.instance):
            about |= _log_of(rows.model, rows.values_list("pk", flat=True))
        entry = LogEntry.objects.filter(about).select_related("user").order_by("-pk").first()
        last = f" ({entry.user} was the last to save it here)" if entry else ""
        return f"This {self.opts.verbose_name} changed while you were writing{last}"

    def _inline_rows(self, request: HttpRequest, row: Model) -> Iterator[QuerySet[Any]]:
        for formset, inline in self.get_formsets_with_inlines(request, row):
            yield inline.model._base_manager.filter(**{formset.fk.name: row}).order_by("pk")


def _plain(value: Any) -> Any:
    """Return a field's value as `version_of` takes it: keys, in one order, in the place of related rows."""
    return sorted(str(getattr(each, "pk", each)) for each in value) if isinstance(value, list) else value


def _log_of(model: type[Model], keys: Iterable[Any]) -> Q:
    return Q(content_type=ContentType.objects.get_for_model(model), object_id__in=[str(key) for key in keys])
