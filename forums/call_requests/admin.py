"""The admin of requests for a call, for the group Call handlers only: nobody else sees any, administrators included.

The queue and the log show no word of what was typed. A number or address is opened by a deliberate act that is recorded.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from events.times import clock
from forums.call_requests import team_actions
from forums.call_requests.context import offer_on_clocks
from forums.call_requests.team_forms import HandOverForm, OfferForm, WordsForm
from forums.models import CallRequest, ContactDisclosure, ErasedRequests, SafeguardingProcedure
from mscos.groups import CALL_HANDLERS
from mscos.markdown_admin import MarkdownAdminMixin
from mscos.models import User
from mscos.personal_data_admin import PersonalDataAdmin
from mscos.portal_admin import HistoryAdmin
from mscos.refusals import Refused
from mscos.requests import AuthenticatedHttpRequest

GONE = "This request was withdrawn and erased. There is nothing more to do."
# What the form promised for an answer that was left empty.
ABSENT = {"what to say to anybody else": "That you have the wrong number. Nothing else."}
ONLY_WITH_A_WAY = ("contact", "say_instead")
TO_CALL = ("ask_for", "agreed_word", "contact", "times", "say_instead")


class HandlersOnly:
    """The permissions of rows that only call handlers see, whatever other rights somebody has."""

    def _is_handler(self, request: HttpRequest) -> bool:
        """Return whether the signed-in person handles calls; asked several times a page, worked out once."""
        if not hasattr(request, "handles_calls"):
            user = request.user
            # The right is known already and spares others the question; administrators have it without the group.
            has_right = user.has_perm("forums.view_callrequest")
            found = has_right and user.groups.filter(name=CALL_HANDLERS).exists()
            request.handles_calls = found  # type: ignore[attr-defined]
        return bool(request.handles_calls)  # type: ignore[attr-defined]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether this person handles calls."""
        return self._is_handler(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this person handles calls."""
        return self._is_handler(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: nobody edits these rows; call handlers act on them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: requests are deleted by their asker or on their day."""
        return False


@admin.register(CallRequest)
class CallRequestAdmin(HandlersOnly, PersonalDataAdmin):
    """The queue of requests, urgent ones first, and the page of one."""

    list_display = ("__str__", "look_at", "age", "from_forum", "state", "handled_by")
    list_filter = ("state", "urgent")
    filters = frozenset({"state__exact", "urgent__exact"})
    ordering = CallRequest.QUEUE
    actions = None
    change_list_template = "admin/forums/callrequest/queue.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the requests with all that the queue shows, in its order."""
        return CallRequest.objects.for_handlers()

    @admin.display(description="asked")
    def age(self, call_request: CallRequest) -> str:
        """Return for how long it has been there."""
        days = call_request.age_in_days
        return "today" if days < 1 else f"{days} day{'' if days == 1 else 's'} ago"

    @admin.display(description="from", empty_value="-")
    def from_forum(self, call_request: CallRequest) -> Any:
        """Return the forum that it came from."""
        return call_request.forum

    @admin.display(description="look at")
    def look_at(self, call_request: Any) -> str:
        """Return what to know before opening it."""
        return ", ".join(
            filter(None, ["Urgent" if call_request.urgent else "", "New message" if call_request.has_news else ""])
        )

    @admin.display(description="who handles it", empty_value="nobody yet")
    def handled_by(self, call_request: CallRequest) -> User | None:
        """Return who handles it."""
        return call_request.handler

    def get_urls(self) -> list[URLPattern]:
        """Add the card for the call."""
        card = self.admin_site.admin_view(self.card)
        return [path("<slug:pk>/card/", card, name="forums_callrequest_card"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue under its plain name."""
        context = {"title": "Requests for a call", "waiting": CallRequest.objects.waiting().count()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @method_decorator(sensitive_post_parameters())
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one request, and carry out its handler's commands."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        call_request = self.get_object(request, object_id)
        if call_request is None:
            return self._gone(request)
        act = request.POST.get("act", "") if request.method == "POST" else ""
        forms: dict[str, Any] = {
            "offer": OfferForm(request.POST if act == "offer" else None, call_request=call_request),
            "write": WordsForm(request.POST if act == "write" else None),
            "hand_over": HandOverForm(request.POST if act == "hand_over" else None),
            "version": request.POST.get("version", ""),
        }
        if act in COMMANDS and (act not in forms or forms[act].is_valid()):
            return self._act(request, call_request, act, forms)
        return self._page(request, call_request, forms)

    @method_decorator(sensitive_post_parameters())
    def card(self, request: AuthenticatedHttpRequest, pk: str) -> HttpResponse:
        """Show what a call needs, and nothing of its reason; record that it was opened."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:forums_callrequest_change", pk)
        call_request = CallRequest.objects.filter(pk=pk).first()
        if call_request is None:
            return self._gone(request)
        try:
            opened = team_actions.open_contact(call_request=call_request, by=request.user)
        except Refused as error:
            self.message_user(request, str(error), messages.WARNING)
            return redirect("admin:forums_callrequest_change", pk)
        except CallRequest.DoesNotExist:
            return self._gone(request)
        self.log_change(request, call_request, "Opened the contact details.")
        return TemplateResponse(request, "admin/forums/callrequest/card.html", self._card_context(request, opened))

    def _card_context(self, request: HttpRequest, call_request: CallRequest) -> dict[str, Any]:
        agreed = call_request.offers.filter(accepted=True).first()
        columns: dict[str, Any] = {field.name: field for field in CallRequest._meta.concrete_fields}
        names = [name for name in TO_CALL if call_request.way or name not in ONLY_WITH_A_WAY]
        lines = [(columns[name].verbose_name, getattr(call_request, name).reveal()) for name in names]
        return {
            **self._frame(request, f"For the call: request {call_request.code}", call_request),
            "lines": [(name, words or ABSENT.get(name, "Nothing was given")) for name, words in lines],
            "now_there": clock(timezone.now(), timezone.now(), call_request.zone),
            "has_news": call_request.messages.filter(by_team=False, read=False).exists(),
            "agreed": offer_on_clocks(agreed, call_request) if agreed else [],
        }

    def _act(self, request: HttpRequest, call_request: CallRequest, act: str, forms: dict[str, Any]) -> HttpResponse:
        try:
            is_done = self.perform(request, call_request, lambda by: COMMANDS[act](call_request, by, forms))
        except CallRequest.DoesNotExist:
            return self._gone(request)
        if not is_done:
            return self._page(request, call_request, forms)
        return redirect("admin:forums_callrequest_change", call_request.pk)

    def _page(self, request: HttpRequest, call_request: CallRequest, forms: dict[str, Any]) -> HttpResponse:
        current = CallRequest.objects.for_handlers().filter(pk=call_request.pk).first()
        if current is None:
            return self._gone(request)
        is_mine = current.handler_id == request.user.pk
        context = {
            **self._frame(request, f"Request {current.code}", current),
            **forms,
            "is_mine": is_mine,
            "version": team_actions.call_request_version(current),
            "procedure": SafeguardingProcedure.objects.first() if current.urgent else None,
            "opened": self._opened(current) if is_mine else {},
            "offers": [(offer, offer_on_clocks(offer, current)) for offer in current.offers.all()],
            "disclosures": current.disclosures,
        }
        return TemplateResponse(request, "admin/forums/callrequest/detail.html", context)

    def _opened(self, call_request: CallRequest) -> dict[str, Any]:
        """Return what its handler reads to offer times; what a call itself needs is on the card."""
        return {
            "topic": call_request.topic.reveal(),
            "interpreter": call_request.interpreter.reveal(),
            "times": call_request.times.reveal(),
            "now_there": clock(timezone.now(), timezone.now(), call_request.zone),
            "conversation": [(message, message.body.reveal()) for message in call_request.messages.all()],
        }

    def _frame(self, request: HttpRequest, title: str, call_request: CallRequest) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "call_request": call_request,
        }

    def _gone(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, GONE, messages.WARNING)
        return redirect("admin:forums_callrequest_changelist")


def _claim(call_request: CallRequest, by: User, forms: dict[str, Any]) -> str:
    team_actions.claim(call_request=call_request, by=by)
    return "You handle this request now."


def _hand_over(call_request: CallRequest, by: User, forms: dict[str, Any]) -> str:
    to = forms["hand_over"].cleaned_data["to"]
    team_actions.hand_over(call_request=call_request, by=by, to=to)
    return f"{to} handles this request now." if to else "Nobody handles this request now."


def _offer(call_request: CallRequest, by: User, forms: dict[str, Any]) -> str:
    form = forms["offer"]
    reach = form.cleaned_data.get("reach", "")
    team_actions.offer(call_request=call_request, by=by, starts=form.moments, reach=reach, version=forms["version"])
    return "The times are offered. The asker sees them with their code."


def _write(call_request: CallRequest, by: User, forms: dict[str, Any]) -> str:
    team_actions.write(
        call_request=call_request, by=by, words=forms["write"].cleaned_data["words"], version=forms["version"]
    )
    return "Written. The asker reads it with their code."


def _read(call_request: CallRequest, by: User, forms: dict[str, Any]) -> str:
    team_actions.note_read(call_request=call_request, by=by, version=forms["version"])
    return "Noted as read."


def _called(call_request: CallRequest, by: User, forms: dict[str, Any]) -> str:
    team_actions.called(call_request=call_request, by=by, version=forms["version"])
    return "Noted as called."


def _not_reached(call_request: CallRequest, by: User, forms: dict[str, Any]) -> str:
    team_actions.not_reached(call_request=call_request, by=by, version=forms["version"])
    return "Noted that nobody was reached. The asker reads so with their code."


def _open_again(call_request: CallRequest, by: User, forms: dict[str, Any]) -> str:
    team_actions.open_again(call_request=call_request, by=by, version=forms["version"])
    return "Open again."


def _urgent(call_request: CallRequest, by: User, forms: dict[str, Any]) -> str:
    team_actions.mark_urgent(call_request=call_request, urgent=True)
    return "Marked: someone may be in danger. Follow the steps now."


def _not_urgent(call_request: CallRequest, by: User, forms: dict[str, Any]) -> str:
    team_actions.mark_urgent(call_request=call_request, urgent=False)
    return "No longer marked as urgent."


COMMANDS: dict[str, Callable[[CallRequest, User, dict[str, Any]], str]] = {
    "claim": _claim,
    "hand_over": _hand_over,
    "offer": _offer,
    "write": _write,
    "read": _read,
    "called": _called,
    "not_reached": _not_reached,
    "open_again": _open_again,
    "urgent": _urgent,
    "not_urgent": _not_urgent,
}


@admin.register(ContactDisclosure)
class ContactDisclosureAdmin(HandlersOnly, PersonalDataAdmin):
    """The admin of disclosures: who opened whose number or address, and on which day."""

    list_display = ("request_code", "viewer", "day")


@admin.register(ErasedRequests)
class ErasedRequestsAdmin(HandlersOnly, PersonalDataAdmin):
    """The admin of the monthly counts of erased requests."""

    list_display = ("__str__", "count", "called")


@admin.register(SafeguardingProcedure)
class SafeguardingProcedureAdmin(MarkdownAdminMixin, HistoryAdmin):
    """The admin of the safeguarding procedure: one text, changed and never added or deleted."""

    fields = ("body",)
    markdown_fields = ("body",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: there is one text for all."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SafeguardingProcedure | None = None) -> bool:
        """Return False: there is always one text."""
        return False
