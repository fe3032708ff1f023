"""Calendar files (RFC 5545): one event, or what is to come, with whole time zones and names that last.

A calendar is often seen by others. So every file comes with plain titles too, which say nothing of what the event is.
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
ASK_AGAIN = timedelta(hours=12)  # RFC 7986: how often a calendar program need look
AROUND = timedelta(days=400)
BATCH = 200  # events held in memory at a time
END = b"END:VCALENDAR\r\n"
STATUS = {Event.State.CANCELLED: "CANCELLED"}


def calendar_of(events: EventQuerySet, *, plain: bool, name: str = "") -> Iterator[bytes]:
    """Yield a calendar file of events, piece by piece; with `plain` their titles and nothing else say what they are.

    No more than a batch of events is held at a time. A `name` makes it a calendar to follow.
    """
    whole = bytes(_frame(events, plain=plain, name=name).to_ical())
    yield whole.removesuffix(END)
    for event in events.iterator(chunk_size=BATCH):
        yield bytes(_entry(event, plain=plain).to_ical())
    yield END


def _frame(events: EventQuerySet, *, plain: bool, name: str) -> Calendar:
    """Return a calendar without its entries: what it is, and the zones that they are in."""
    calendar = Calendar()
    calendar.add("PRODID", "-//calendar//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    if name and not plain:
        calendar.add("X-WR-CALNAME", name)
    if name:
        calendar.add("REFRESH-INTERVAL", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    zones = events.order_by("zone").values("zone").annotate(first=Min("starts"), last=Max("over_at"))
    for zone, first, last in zones.exclude(zone="UTC").values_list("zone", "first", "last"):
        # Only the changes of the clocks around these days: some programs misread a list of those of sixty years.
        around = {"first_date": (first - AROUND).date(), "last_date": (last + AROUND).date()}
        calendar.add_component(Timezone.from_tzid(zone, **around))
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
        entry.add("DTSTART", _on_clocks(event.starts, event.zone))
        entry.add("DTEND", _on_clocks(event.ends, event.zone))
        return
    # A rule repeats what the clocks show, so these times are in the event's zone whatever the clocks do that day.
    first = event.starts.astimezone(event.clock)
    entry.add("DTSTART", first)
    entry.add("DTEND", event.ends.astimezone(event.clock))
    entry.add("RRULE", rule.for_calendars(first, event.spans[-1].starts))
    if rule.left_out:
        entry.add(
            "EXDATE", [first.replace(year=day.year, month=day.month, day=day.day) for day in sorted(rule.left_out)]
        )


def uid_of(event: Event) -> str:
    """Return the name by which calendar programs know an event through all its changes; it names neither it nor us."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.SITE_URL}/{event.code}"))


def _on_clocks(moment: datetime, zone: str) -> datetime:
    """Return a time in its zone; in UTC where the clocks there show it twice that day, which programs read differently."""
    there = moment.astimezone(ZoneInfo(zone))
    once = there.replace(fold=0).utcoffset() == there.replace(fold=1).utcoffset()
    return there if once else moment.astimezone(UTC)


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
