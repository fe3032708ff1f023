"""The initial values of an event's form from a suggestion."""

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
    """Return the initial values by field: the texts of the suggestion, and its times where they are clear."""
    return {
        "title": suggestion.title,
        "organiser": Organisation.objects.filter(name__iexact=suggestion.organiser).first(),
        "stated_time": suggestion.stated_time,
        "booking_url": suggestion.url,
        "is_online": "online" in suggestion.place.lower() or not suggestion.place,
        "place": "" if _is_word("online", suggestion.place) else suggestion.place,
        **({"price": 0} if _is_word("free", suggestion.cost) else {}),
        **_times(suggestion.stated_time),
    }


def _is_word(word: str, text: str) -> bool:
    return text.strip(" .!").lower() == word


def _times(stated: str) -> dict[str, Any]:
    """Return start, end and zone where just one day and one time were written; nothing is guessed."""
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
    """Return the day that was written; without a year, its next occurrence."""
    today = timezone.localdate()
    for candidate in [year] if year else [today.year, today.year + 1]:
        try:
            result = date(candidate, month, day)
        except ValueError:
            continue
        if year or result >= today:
            return result
    return None
