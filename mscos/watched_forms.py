"""Forms of the admin that write over nobody's work: what changed since the page was opened is told, not replaced."""

import json
from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.http import HttpRequest

COPY = "Your words are below; copy what you need"


class WatchedForm(forms.ModelForm):
    """A form that refuses to write over what changed since it was opened, and keeps what was typed.

    It remembers what stood in the row, as a digest in the hidden field `seen`, which the admin has to show.
    """

    watched: tuple[str, ...] = ()  # columns whose change is told
    called: ClassVar[str] = ""  # what the message calls the row
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = self._digest_of(self.instance)
        self.fields["seen"].initial = self.now
        self.is_late = False

    def clean(self) -> dict[str, Any]:
        """Refuse what was changed by somebody else since the form was opened."""
        if self.instance.pk and self.cleaned_data.get("seen") != self.now:
            self.is_late = True
            raise ValidationError(f"{self._what_happened()}. {COPY}")
        return super().clean() or self.cleaned_data

    def _digest_of(self, row: models.Model) -> str:
        return sha256(json.dumps([str(getattr(row, name)) for name in self.watched]).encode()).hexdigest()

    def _what_happened(self) -> str:
        """Say that the row changed; who saved it last in the admin may not be who changed it."""
        kind = ContentType.objects.get_for_model(self.instance)
        entry = LogEntry.objects.filter(content_type=kind, object_id=self.instance.pk).order_by("-pk").first()
        last = f" ({entry.user} was the last to save it here)" if entry else ""
        return f"This {self.called} changed while you were writing{last}"


class WatchedAdmin(admin.ModelAdmin):
    """An admin whose form is a WatchedForm: a row is held from when it is compared until it is saved."""

    change_form_template = "admin/watched_form.html"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a row; where it is to be changed, as it is once everybody else has done with it."""
        found = super().get_object(request, object_id, from_field)
        if found and request.method == "POST" and connection.in_atomic_block:
            self.model._default_manager.select_for_update().filter(pk=found.pk).first()
            found = super().get_object(request, object_id, from_field)
        return found

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        """Add the mark of what was shown, for whoever can change something."""
        fields = list(super().get_fields(request, obj))
        return fields if obj and not self.has_change_permission(request, obj) else [*fields, "seen"]
