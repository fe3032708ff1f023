"""The base classes of all our admins."""

from collections.abc import Callable, Collection
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import SIMPLE_HISTORY_REVERSE_ATTR_NAME

from mscos.models import User
from mscos.refusals import Refused
from mscos.requests import AuthenticatedHttpRequest
from mscos.stale import StaleCheckAdmin


class PortalAdmin(StaleCheckAdmin):
    """An admin that writes over nobody's work, and carries out actions."""

    def perform(
        self, request: HttpRequest, row: Model, act: Callable[[User], Any], *, done: str = "", log: str = ""
    ) -> bool:
        """Carry out `act` as the person who is signed in, log it and tell them; return whether it was done.

        They are told `done`, or the sentence that `act` returns; the log says the same, or `log`. Where `act` is refused,
        they are told why.
        """
        try:
            result = act(cast("AuthenticatedHttpRequest", request).user)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
            return False
        self.log_change(request, row, log or done or result)
        self.message_user(request, done or result, messages.SUCCESS)
        return True


class HistoryAdmin(PortalAdmin, SimpleHistoryAdmin):
    """An admin that shows a row's history, and can put a row back as it was."""

    def row_version(self, request: HttpRequest, row: Model, fields: Collection[str]) -> str:
        """Return the version of a row as it is stored, of which `row` may be an older version."""
        if hasattr(row, SIMPLE_HISTORY_REVERSE_ATTR_NAME):
            row = self.model._base_manager.filter(pk=row.pk).first() or row
        return super().row_version(request, row, fields)

    @transaction.atomic
    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show an older version of a row; to put it back, lock the row as for every change."""
        row = self.get_object(request, object_id)
        if request.method == "POST" and self.revert_disabled(request, row):
            raise PermissionDenied
        return cast("HttpResponse", super().history_form_view(request, object_id, version_id, extra_context))
