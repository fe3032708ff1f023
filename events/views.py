"""The public pages of events, calendar files, and the form for suggestions. None touches the session or the user."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.forms import EventFilterForm, SuggestionForm, ZoneForm
from events.ics_export import calendar_of
from events.models import Event, EventDate, EventQuerySet
from events.months import Month
from events.suggestions import suggest
from events.times import Clock, clocks, valid_zone
from mscos.limits import Limit
from mscos.pagination import paginate
from mscos.privacy import Refusal, anonymous_form
from outcomes.models.resources import host_of

EVENTS_PER_PAGE = 30
SUGGESTIONS = Limit("suggesting", times=10, seconds=60 * 60)
MAX_DATES_PER_MONTH = 200


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """List the upcoming events that match the filters of the query string, by month."""
    return _list(request, Event.objects.upcoming(), "events/event_list.html")


@require_safe
def event_past(request: HttpRequest) -> HttpResponse:
    """List the past events, the latest first."""
    return _list(request, Event.objects.past(), "events/event_past.html")


@require_safe
def event_month(request: HttpRequest) -> HttpResponse:
    """Show a month as a table, with the filters of the list: `?month=2023-03`, or the current one."""
    filters = EventFilterForm(request.GET)
    month = Month.named(request.GET.get("month", ""))
    all_dates = EventDate.objects.filter(event__in=filters.filter(Event.objects.listed()))
    dates = list(all_dates.overlapping(*month.moments)[: MAX_DATES_PER_MONTH + 1])
    weeks = month.weeks(dates[:MAX_DATES_PER_MONTH])
    context = {
        **_filter_context(filters),
        "month": month,
        "kept": f"month={month}",
        "has_any": any(day.entries for week in weeks for day in week),
        "weeks": weeks,
        "is_cut": len(dates) > MAX_DATES_PER_MONTH,
        "earlier": month.before(all_dates),
        "later": month.after(all_dates),
    }
    return render(request, "events/event_month.html", context)


@require_safe
def event_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a listed event; 404 for a draft."""
    event = get_object_or_404(Event.objects.listed().with_organiser(), code=code)
    return render(
        request, "events/event_detail.html", event_context(event, zone=valid_zone(request.GET.get("zone", "")))
    )


@require_safe
def event_file(request: HttpRequest, code: str) -> HttpResponse:
    """Return one event as a calendar file; with `?title=plain` it does not tell what the event is."""
    events = Event.objects.listed().with_organiser().filter(code=code)
    get_object_or_404(events)
    content = b"".join(calendar_of(events, plain=_is_plain(request)))
    return HttpResponse(content, headers=_file_headers("event.ics"))


@require_safe
def event_calendar(request: HttpRequest) -> StreamingHttpResponse:
    """Return a calendar to subscribe to, with the filters of the list."""
    events = EventFilterForm(request.GET).filter(Event.objects.for_calendars())
    content = calendar_of(events, plain=_is_plain(request), name="Events")
    return StreamingHttpResponse(content, headers=_file_headers("calendar.ics"))


@anonymous_form(limit=SUGGESTIONS)
def suggestion_create(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Take a suggestion. Nothing about its sender is stored but what they typed."""
    form = SuggestionForm(request.POST if request.method == "POST" else None, refusal=refusal)
    with form.counted(SUGGESTIONS, request) as is_taken:
        if is_taken:
            suggest(**form.to_store())
            return render(request, "events/suggestion_done.html", {"may_ask": form.cleaned_data["email"]})
    return render(request, "events/suggestion_create.html", {"form": form}, status=form.status)


def event_context(event: Event, *, zone: str = "") -> dict[str, Any]:
    """Return the context of an event's page, for an editor's preview of a draft too."""
    return {
        "event": event,
        "clocks": clocks(*event.span, event.zone, zone),
        "dates": [clocks(*span, event.zone, zone) for span in event.coming_dates],
        "zones": ZoneForm(initial={"zone": zone}),
        "outcomes": event.outcomes.all(),
        "nations": event.nations.all(),
        "site": host_of(event.booking_url),
        "site_url": settings.SITE_URL,
    }


def _is_plain(request: HttpRequest) -> bool:
    return request.GET.get("title") == "plain"


def _file_headers(name: str) -> dict[str, str]:
    return {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }


def _list(request: HttpRequest, events: EventQuerySet, template: str) -> HttpResponse:
    filters = EventFilterForm(request.GET)
    zone = valid_zone(request.GET.get("zone", ""))
    page: Page[Event] = paginate(request, filters.filter(events).with_organiser(), EVENTS_PER_PAGE)
    context = {
        **_filter_context(filters),
        "zone": zone,
        "kept": urlencode({"zone": zone}) if zone else "",
        "zones": ZoneForm(initial={"zone": zone}),
        "page": page,
        "months": _by_month(page, zone),
    }
    return render(request, template, context)


def _filter_context(filters: EventFilterForm) -> dict[str, Any]:
    return {"filters": filters, "chosen": filters.chosen(), "narrowed": filters.as_query()}


def _by_month(events: Iterable[Event], zone: str) -> list[tuple[date, list[tuple[Event, list[Clock]]]]]:
    """Return the events with their times, grouped by the first day of their month on the organiser's clocks."""
    months: dict[date, list[tuple[Event, list[Clock]]]] = {}
    for event in events:
        row = (event, clocks(*event.span, event.zone, zone))
        months.setdefault(event.day.replace(day=1), []).append(row)
    return list(months.items())
