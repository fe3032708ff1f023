"""The admin's own log of what moderators did: with its day, without the moment."""

from datetime import datetime, time
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone


class DayLogAdmin(admin.ModelAdmin):
    """An admin whose log tells days: the moment of a decision is close to that of writing."""

    @transaction.atomic
    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Log a change as made at midnight of its day."""
        entry = super().log_change(request, obj, message)
        entry.action_time = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
        entry.save(update_fields=["action_time"])
        return entry
