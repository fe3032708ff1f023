"""Requests for a call, for the group Call handlers only: whoever is not in it sees nothing here, administrators included.

The queue and the log show no word of what was typed. A number or address is opened by a deliberate act that is recorded.
"""

from collections.abc import Callable
from typing import Any, cast

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
from forums.calls import handling
from forums.calls.handling import NotPossible
from forums.calls.team_forms import HandOverForm, OfferForm, WordsForm
from forums.calls.views import offer_on_clocks
from forums.models import CallRequest, ContactView, ErasedRequests, UrgentSteps
from mscos.groups import CALL_HANDLERS
from mscos.models import User
from mscos.people_admin import PeopleAdmin

GONE = "This request was withdrawn and erased. There is nothing more to do."
# What the form promised for an answer that was left empty.
ABSENT = {"what to say to anybody else": "That you have the wrong number. Nothing else."}
ONLY_WITH_A_WAY = ("contact", "say_instead")
TO_CALL = ("ask_for", "agreed_word", "contact", "times", "say_instead")


class HandlersOnly:
    """What only members of the group may see, whatever other rights somebody has."""

    def _is_handler(self, request: HttpRequest) -> bool:
        """Tell whether the signed-in person handles calls: asked several times a page, answered once."""
        if not hasattr(request, "handles_calls"):
            user = cast("User", request.user)
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
        """Return False: nobody edits these rows; handlers act on them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: requests go by their asker or on their day."""
        return False


@admin.register(CallRequest)
class CallRequestAdmin(HandlersOnly, PeopleAdmin):
    """The queue, urgent ones first, and the page of one request."""

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
    def age(self, call: CallRequest) -> str:
        """Return for how long it has been there."""
        days = call.age_in_days
        return "today" if days < 1 else f"{days} day{'' if days == 1 else 's'} ago"

    @admin.display(description="from", empty_value="-")
    def from_forum(self, call: CallRequest) -> Any:
        """Return the forum that it came from."""
        return call.forum

    @admin.display(description="look at")
    def look_at(self, call: Any) -> str:
        """Return what is to be known before opening it."""
        return ", ".join(filter(None, ["Urgent" if call.urgent else "", "New message" if call.has_news else ""]))

    @admin.display(description="who handles it", empty_value="nobody yet")
    def handled_by(self, call: CallRequest) -> User | None:
        """Return who handles it."""
        return call.handler

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
        """Show one request, and do what its handler asks for."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        call = self.get_object(request, object_id)
        if call is None:
            return self._gone(request)
        act = request.POST.get("act", "") if request.method == "POST" else ""
        forms: dict[str, Any] = {
            "offer": OfferForm(request.POST if act == "offer" else None, call=call),
            "write": WordsForm(request.POST if act == "write" else None),
            "hand_over": HandOverForm(request.POST if act == "hand_over" else None),
            "seen": request.POST.get("seen", ""),
        }
        if act in ACTS and (act not in forms or forms[act].is_valid()):
            return self._act(request, call, act, forms)
        return self._page(request, call, forms)

    @method_decorator(sensitive_post_parameters())
    def card(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Show what is needed to make contact, and nothing of the reason. That it was opened is recorded."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:forums_callrequest_change", pk)
        call = CallRequest.objects.filter(pk=pk).first()
        if call is None:
            return self._gone(request)
        try:
            opened = handling.open_contact(request=call, by=cast("User", request.user))
        except NotPossible as error:
            self.message_user(request, str(error), messages.WARNING)
            return redirect("admin:forums_callrequest_change", pk)
        except CallRequest.DoesNotExist:
            return self._gone(request)
        self.log_change(request, call, "Opened the contact details.")
        return TemplateResponse(request, "admin/forums/callrequest/card.html", self._card_context(request, opened))

    def _card_context(self, request: HttpRequest, call: CallRequest) -> dict[str, Any]:
        agreed = call.offers.filter(accepted=True).first()
        columns: dict[str, Any] = {field.name: field for field in CallRequest._meta.concrete_fields}
        names = [name for name in TO_CALL if call.way or name not in ONLY_WITH_A_WAY]
        lines = [(columns[name].verbose_name, getattr(call, name).reveal()) for name in names]
        return {
            **self._frame(request, f"For the call: request {call.code}", call),
            "lines": [(name, words or ABSENT.get(name, "Nothing was given")) for name, words in lines],
            "now_there": clock(timezone.now(), timezone.now(), call.zone),
            "has_news": call.messages.filter(by_team=False, read=False).exists(),
            "agreed": offer_on_clocks(agreed, call) if agreed else [],
        }

    def _act(self, request: HttpRequest, call: CallRequest, act: str, forms: dict[str, Any]) -> HttpResponse:
        try:
            done = ACTS[act](call, cast("User", request.user), forms)
        except NotPossible as error:
            self.message_user(request, str(error), messages.WARNING)
            return self._page(request, call, forms)
        except CallRequest.DoesNotExist:
            return self._gone(request)
        self.log_change(request, call, done)
        self.message_user(request, done, messages.SUCCESS)
        return redirect("admin:forums_callrequest_change", call.pk)

    def _page(self, request: HttpRequest, call: CallRequest, forms: dict[str, Any]) -> HttpResponse:
        fresh = CallRequest.objects.for_handlers().filter(pk=call.pk).first()
        if fresh is None:
            return self._gone(request)
        is_mine = fresh.handler_id == request.user.pk
        context = {
            **self._frame(request, f"Request {fresh.code}", fresh),
            **forms,
            "is_mine": is_mine,
            "seen": handling.seen_of(fresh),
            "urgent_steps": UrgentSteps.objects.first() if fresh.urgent else None,
            "opened": self._opened(fresh) if is_mine else {},
            "offers": [(offer, offer_on_clocks(offer, fresh)) for offer in fresh.offers.all()],
            "openings": fresh.openings,
        }
        return TemplateResponse(request, "admin/forums/callrequest/detail.html", context)

    def _opened(self, call: CallRequest) -> dict[str, Any]:
        """Return what its handler reads to offer times; what a call itself needs is on the card."""
        return {
            "topic": call.topic.reveal(),
            "interpreter": call.interpreter.reveal(),
            "times": call.times.reveal(),
            "now_there": clock(timezone.now(), timezone.now(), call.zone),
            "messages": [(message, message.body.reveal()) for message in call.messages.all()],
        }

    def _frame(self, request: HttpRequest, title: str, call: CallRequest) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "call": call}

    def _gone(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, GONE, messages.WARNING)
        return redirect("admin:forums_callrequest_changelist")


def _claim(call: CallRequest, by: User, forms: dict[str, Any]) -> str:
    handling.claim(request=call, by=by)
    return "You handle this request now."


def _hand_over(call: CallRequest, by: User, forms: dict[str, Any]) -> str:
    to = forms["hand_over"].cleaned_data["to"]
    handling.hand_over(request=call, by=by, to=to)
    return f"{to} handles this request now." if to else "Nobody handles this request now."


def _offer(call: CallRequest, by: User, forms: dict[str, Any]) -> str:
    form = forms["offer"]
    reach = form.cleaned_data.get("reach", "")
    handling.offer(request=call, by=by, starts=form.moments, reach=reach, seen=forms["seen"])
    return "The times are offered. The asker sees them with their code."


def _write(call: CallRequest, by: User, forms: dict[str, Any]) -> str:
    handling.write(request=call, by=by, words=forms["write"].cleaned_data["words"], seen=forms["seen"])
    return "Written. The asker reads it with their code."


def _read(call: CallRequest, by: User, forms: dict[str, Any]) -> str:
    handling.note_read(request=call, by=by, seen=forms["seen"])
    return "Noted as read."


def _called(call: CallRequest, by: User, forms: dict[str, Any]) -> str:
    handling.called(request=call, by=by, seen=forms["seen"])
    return "Noted as called."


def _not_reached(call: CallRequest, by: User, forms: dict[str, Any]) -> str:
    handling.not_reached(request=call, by=by, seen=forms["seen"])
    return "Noted that nobody was reached. The asker reads so with their code."


def _open_again(call: CallRequest, by: User, forms: dict[str, Any]) -> str:
    handling.open_again(request=call, by=by, seen=forms["seen"])
    return "Open again."


def _urgent(call: CallRequest, by: User, forms: dict[str, Any]) -> str:
    handling.mark_urgent(request=call, urgent=True)
    return "Marked: someone may be in danger. Follow the steps now."


def _not_urgent(call: CallRequest, by: User, forms: dict[str, Any]) -> str:
    handling.mark_urgent(request=call, urgent=False)
    return "No longer marked as urgent."


ACTS: dict[str, Callable[[CallRequest, User, dict[str, Any]], str]] = {
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


@admin.register(ContactView)
class ContactViewAdmin(HandlersOnly, PeopleAdmin):
    """Who opened whose number or address, and on which day."""

    list_display = ("request_code", "viewer", "day")


@admin.register(ErasedRequests)
class ErasedRequestsAdmin(HandlersOnly, PeopleAdmin):
    """How many requests were erased, by month."""

    list_display = ("__str__", "count", "called")
