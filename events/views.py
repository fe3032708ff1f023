"""Reading about events. Reading touches neither the session nor who is signed in."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.calendars import calendar_of
from events.forms import EventFilterForm, ZoneForm
from events.models import Event, EventQuerySet
from events.money import price_in_words
from events.times import Clock, clocks, known
from events.wall_time import check_span
from mscos.pagination import paginate
from outcomes.models.resources import host_of

EVENTS_A_PAGE = 30


class Shown(NamedTuple):
    """An event as a list or a page shows it: with its time on several clocks, and its price in words."""

    event: Event
    clocks: list[Clock]
    price: str


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """List what is to come, by month, narrowed by the filters in the address."""
    return _list(request, Event.objects.upcoming(), "events/event_list.html")


@require_safe
def event_past(request: HttpRequest) -> HttpResponse:
    """List what has ended, the latest first."""
    return _list(request, Event.objects.past(), "events/event_past.html")


@require_safe
def event_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a listed event. A draft is to readers as if it were not there."""
    event = get_object_or_404(Event.objects.listed().with_organiser(), code=code)
    return render(request, "events/event_detail.html", event_context(event, zone=known(request.GET.get("zone", ""))))


@require_safe
def event_file(request: HttpRequest, code: str) -> HttpResponse:
    """Give one event as a calendar file: `?title=plain` for one that says nothing of it."""
    event = get_object_or_404(Event.objects.listed().with_organiser(), code=code)
    return _calendar(calendar_of([event], plain=request.GET.get("title") == "plain"), "event.ics")


@require_safe
def event_calendar(request: HttpRequest) -> HttpResponse:
    """Give a calendar to follow, narrowed as the list is: of all events, of an outcome, of an organiser."""
    events = EventFilterForm(request.GET).filter(Event.objects.for_calendars())
    plain = request.GET.get("title") == "plain"
    return _calendar(calendar_of(events.iterator(chunk_size=200), plain=plain, name="Events"), "calendar.ics")


def event_context(event: Event, *, zone: str = "") -> dict[str, Any]:
    """Return what an event's page shows, also for an editor's preview of a draft."""
    return {
        "event": event,
        "shown": shown(event, zone),
        "zones": ZoneForm(initial={"zone": zone}),
        "outcomes": event.outcomes.all(),
        "nations": event.nations.all(),
        "site": host_of(event.booking_url),
        "clock_changes": [
            each.reader for each in check_span(event.starts, event.ends, ZoneInfo(event.zone)) if each.reader
        ],
    }


def shown(event: Event, zone: str = "") -> Shown:
    """Return an event with what a page says of its time and price; `zone` is one more to show its time in."""
    return Shown(event, clocks(event.starts, event.ends, event.zone, zone), price_in_words(event.price, event.currency))


def _calendar(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _list(request: HttpRequest, events: EventQuerySet, template: str) -> HttpResponse:
    filters = EventFilterForm(request.GET)
    zone = known(request.GET.get("zone", ""))
    page: Page[Event] = paginate(request, filters.filter(events).with_organiser(), EVENTS_A_PAGE)
    context = {
        "filters": filters,
        "chosen": filters.chosen(),
        "narrowed": filters.as_query(),
        "zone": zone,
        "zones": ZoneForm(initial={"zone": zone}),
        "page": page,
        "months": _by_month(page, zone),
    }
    return render(request, template, context)


def _by_month(events: Iterable[Event], zone: str) -> list[tuple[Any, list[Shown]]]:
    """Return the events under the first day of their month, as the organiser's clocks tell it, in their own order."""
    months: dict[Any, list[Shown]] = {}
    for event in events:
        months.setdefault(event.day.replace(day=1), []).append(shown(event, zone))
    return list(months.items())
