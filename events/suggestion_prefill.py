"""What the form of a new event begins with, where somebody suggested the event."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from events.models import Suggestion
from events.stated_time import read
from events.times import LONDON
from events.zone_names import meanings
from outcomes.models import Organisation


def as_event(suggestion: Suggestion) -> dict[str, Any]:
    """Return what the form of a new event begins with, by field: the suggested words, and the times as far as clear."""
    return {
        "title": suggestion.title,
        "organiser": Organisation.objects.filter(name__iexact=suggestion.organiser).first(),
        "stated_time": suggestion.stated_time,
        "booking_url": suggestion.url,
        "is_online": "online" in suggestion.place.lower() or not suggestion.place,
        "place": "" if _says_only("online", suggestion.place) else suggestion.place,
        **({"price": 0} if _says_only("free", suggestion.cost) else {}),
        **_times(suggestion.stated_time),
    }


def _says_only(word: str, told: str) -> bool:
    return told.strip(" .!").lower() == word


def _times(stated: str) -> dict[str, Any]:
    """Return start, end and zone where one day and one time were written; nothing to guess is left to this."""
    statement = read(stated)
    if len(statement.days) != 1 or not statement.readings or statement.unread:
        return {}
    first = statement.readings[0]
    day = _next(*statement.days[0])
    if day is None:
        return {}
    starts = datetime.combine(day, first.start)
    ends = starts + first.lasts if first.lasts is not None else None
    zones = [meaning.zone for meaning in meanings(first.zone, home=ZoneInfo(LONDON), year=day.year) if meaning.zone]
    zone = zones[0].key if len(zones) == 1 else LONDON
    return {"starts": starts, "ends": ends, "zone": zone}


def _next(day: int, month: int, year: int | None) -> date | None:
    """Return the day that was written; without a year the next one."""
    today = timezone.localdate()
    for each in [year] if year else [today.year, today.year + 1]:
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None
