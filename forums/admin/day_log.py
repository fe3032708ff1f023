"""A base class whose admin log tells the day of what a moderator did, not the moment."""

import json
from datetime import datetime, time
from typing import Any, cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from mscos.portal_admin import PortalAdmin
from mscos.requests import AuthenticatedHttpRequest


class DayLogAdmin(PortalAdmin):
    """An admin whose log tells days: the moment of a decision is close to that of writing."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Log a change as made at midnight of its day."""
        return LogEntry.objects.create(
            user=cast("AuthenticatedHttpRequest", request).user,
            content_type=ContentType.objects.get_for_model(obj),
            object_id=obj.pk,
            object_repr=str(obj)[:200],
            action_flag=CHANGE,
            change_message=message if isinstance(message, str) else json.dumps(message),
            action_time=timezone.make_aware(datetime.combine(timezone.localdate(), time.min)),
        )
