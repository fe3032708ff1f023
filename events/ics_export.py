"""Calendar files (RFC 5545) of one event or of all upcoming ones, with full time zones and stable UIDs.

Others often see a person's calendar. So every file comes with plain titles too, which do not tell what the event is.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, Min
from icalendar import Calendar, Timezone
from icalendar import Event as Entry

from events.models import Event, EventQuerySet

PLAIN_TITLE = "Online meeting"
PLAIN_TITLE_AT_A_PLACE = "Appointment"
REFRESH_INTERVAL = timedelta(hours=12)  # RFC 7986
ZONE_MARGIN = timedelta(days=400)
BATCH = 200  # events in memory at a time
END = b"END:VCALENDAR\r\n"
STATUS = {Event.State.CANCELLED: "CANCELLED"}


def calendar_of(events: EventQuerySet, *, plain: bool, name: str = "") -> Iterator[bytes]:
    """Yield the parts of a calendar file of events; with `plain` they have neutral titles and no details.

    No more than BATCH events are in memory at a time. With a `name` it is a calendar to subscribe to.
    """
    empty = bytes(_calendar(events, plain=plain, name=name).to_ical())
    yield empty.removesuffix(END)
    for event in events.iterator(chunk_size=BATCH):
        yield bytes(_entry(event, plain=plain).to_ical())
    yield END


def _calendar(events: EventQuerySet, *, plain: bool, name: str) -> Calendar:
    """Return a calendar with the zones of its entries and without the entries."""
    calendar = Calendar()
    calendar.add("PRODID", "-//calendar//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    if name and not plain:
        calendar.add("X-WR-CALNAME", name)
    if name:
        calendar.add("REFRESH-INTERVAL", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    zones = events.order_by("zone").values("zone").annotate(first=Min("starts"), last=Max("over_at"))
    for zone, first, last in zones.exclude(zone="UTC").values_list("zone", "first", "last"):
        # Only the clock changes around these days: some programs misread a list for sixty years.
        period = {"first_date": (first - ZONE_MARGIN).date(), "last_date": (last + ZONE_MARGIN).date()}
        calendar.add_component(Timezone.from_tzid(zone, **period))
    return calendar


def _entry(event: Event, *, plain: bool) -> Entry:
    entry = Entry()
    entry.add("UID", uid_of(event))
    entry.add("SEQUENCE", event.sequence)
    entry.add("DTSTAMP", event.changed_at)
    _add_times(entry, event)
    entry.add("STATUS", STATUS.get(Event.State(event.state), "CONFIRMED"))
    entry.add("CLASS", "PRIVATE" if plain else "PUBLIC")
    if plain:
        entry.add("SUMMARY", PLAIN_TITLE if event.is_online else PLAIN_TITLE_AT_A_PLACE)
        return entry
    entry.add("SUMMARY", f"{'Cancelled: ' if event.is_cancelled else ''}{event.title}")
    entry.add("DESCRIPTION", _description(event))
    entry.add("LOCATION", "Online" if event.is_online else event.place)
    entry.add("URL", f"{settings.SITE_URL}{event.get_absolute_url()}")
    return entry


def _add_times(entry: Entry, event: Event) -> None:
    rule = event.rule
    if rule is None:
        entry.add("DTSTART", _zoned(event.starts, event.zone))
        entry.add("DTEND", _zoned(event.ends, event.zone))
        return
    # A rule repeats local times, so these are always in the event's zone, even on a day when the clocks change.
    first = event.starts.astimezone(event.clock)
    entry.add("DTSTART", first)
    entry.add("DTEND", event.ends.astimezone(event.clock))
    entry.add("RRULE", rule.for_calendars(first, event.spans[-1].starts))
    if rule.left_out:
        entry.add(
            "EXDATE", [first.replace(year=day.year, month=day.month, day=day.day) for day in sorted(rule.left_out)]
        )


def uid_of(event: Event) -> str:
    """Return the stable UID of an event, which names neither the event nor this site."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.SITE_URL}/{event.code}"))


def _zoned(moment: datetime, zone: str) -> datetime:
    """Return a moment in a zone; in UTC if its local time comes twice that day, which programs read differently."""
    local = moment.astimezone(ZoneInfo(zone))
    is_unique = local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
    return local if is_unique else moment.astimezone(UTC)


def _description(event: Event) -> str:
    lines = [
        event.change_note,
        event.summary,
        f"Run by {event.organiser}.",
        " ".join(
            filter(
                None,
                [f"Cost: {event.price_in_words}." if event.price_in_words else "", event.cost_help, _free_for(event)],
            )
        ),
    ]
    return "\n".join(line for line in lines if line)


def _free_for(event: Event) -> str:
    return f"Free for {event.free_for}." if event.free_for else ""
