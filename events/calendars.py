"""Calendar files (RFC 5545): one event, or what is to come, with whole time zones and names that last.

A calendar is often seen by others. So every file comes with plain titles too, which say nothing of what the event is.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar
from icalendar import Event as Entry

from events.models import Event
from events.money import price_in_words

PLAIN_TITLE = "Online meeting"
PLAIN_TITLE_AT_A_PLACE = "Appointment"
ASK_AGAIN = timedelta(hours=12)  # RFC 7986: how often a calendar program need look
AROUND = timedelta(days=400)
STATUS = {Event.State.CANCELLED: "CANCELLED"}


def calendar_of(events: Iterable[Event], *, plain: bool, name: str = "") -> bytes:
    """Return a calendar file of events; with `plain` their titles and nothing else say what they are."""
    calendar = Calendar()
    calendar.add("PRODID", "-//calendar//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    if name and not plain:
        calendar.add("X-WR-CALNAME", name)
    if name:
        calendar.add("REFRESH-INTERVAL", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    days = [timezone.localdate()]
    for event in events:
        calendar.add_component(_entry(event, plain=plain))
        days += [event.starts.date(), event.ends.date()]
    # Only the changes of the clocks around these days: some programs misread a list of those of sixty years.
    calendar.add_missing_timezones(first_date=min(days) - AROUND, last_date=max(days) + AROUND)
    return bytes(calendar.to_ical())


def _entry(event: Event, *, plain: bool) -> Entry:
    entry = Entry()
    entry.add("UID", uid_of(event))
    entry.add("SEQUENCE", event.sequence)
    entry.add("DTSTAMP", event.changed_at)
    entry.add("DTSTART", _on_clocks(event.starts, event.zone))
    entry.add("DTEND", _on_clocks(event.ends, event.zone))
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


def uid_of(event: Event) -> str:
    """Return the name by which calendar programs know an event through all its changes; it names neither it nor us."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.SITE_URL}/{event.code}"))


def _on_clocks(moment: datetime, zone: str) -> datetime:
    """Return a time in its zone; in UTC where the clocks there show it twice that day, which programs read differently."""
    there = moment.astimezone(ZoneInfo(zone))
    once = there.replace(fold=0).utcoffset() == there.replace(fold=1).utcoffset()
    return there if once else moment.astimezone(UTC)


def _description(event: Event) -> str:
    price = price_in_words(event.price, event.currency)
    lines = [
        event.change_note,
        event.summary,
        f"Run by {event.organiser}.",
        " ".join(filter(None, [f"Cost: {price}." if price else "", event.cost_help, _free_for(event)])),
    ]
    return "\n".join(line for line in lines if line)


def _free_for(event: Event) -> str:
    return f"Free for {event.free_for}." if event.free_for else ""
