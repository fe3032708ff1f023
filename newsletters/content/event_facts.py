"""The facts of an event in an issue: those of its page, in one order and shorter."""

from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst

from events.models import Event
from events.times import Clock, hour_in_words

Fact = tuple[str, str]
STATES_WITH_NOTE = {Event.State.CANCELLED, Event.State.CHANGED}
DAY = "l j F Y"
FOR_SURVIVORS = "Open to people with lived experience"


def event_facts(event: Event) -> tuple[Fact, ...]:
    """Return the facts of an event as of today, each with its name; no queries if its organiser is loaded.

    A cancellation or a change comes first: nobody should read a time and a price before it.
    """
    facts = [
        (event.get_state_display(), event.change_note if event.state in STATES_WITH_NOTE else ""),
        *_times(event),
        ("Run by", event.organiser.name),
        ("Who it is for", _sentences(capfirst(event.audience), FOR_SURVIVORS if event.for_survivors else "")),
        ("Where", _where(event)),
        ("Cost", _cost(event)),
    ]
    return tuple((name, value) for name, value in facts if value)


def _times(event: Event) -> Iterator[Fact]:
    own, *others = event.clocks
    ended = "This has ended" if event.has_ended and not event.is_cancelled else ""
    yield "When", _sentences(f"{_hours(own)}, {own.place} ({own.zone})", ended)
    for clock in others:
        yield f"In {clock.place}", capfirst(f"{_hours(clock, own.day)} ({clock.zone})")
    yield "Time uncertain", event.uncertain
    if event.rule:
        left_out = ", ".join(date_format(day, "j F Y") for day in event.days_left_out)
        until = f"{event.rule_in_words} until {date_format(event.rule.until, DAY)}"
        yield "Repeats", _sentences(until, left_out and f"Not on {left_out}")


def _hours(clock: Clock, day: date | None = None) -> str:
    """Return 'Thursday 30 March 2023, 5pm to 6:30pm', without the day where it is `day` and the only one."""
    begins, ends = clock.begins, hour_in_words(clock.ends)
    if clock.several_days:
        ends = f"{date_format(clock.last_day, DAY)}, {ends}"
    if clock.several_days or clock.day != day:
        begins = f"{date_format(clock.day, DAY)}, {begins}"
    return f"{begins} to {ends}"


def _where(event: Event) -> str:
    if event.is_online:
        return ": ".join(filter(None, ("Online", event.place)))
    return event.place or "To come"


def _cost(event: Event) -> str:
    free = f"Free for {event.free_for}" if event.free_for else ""
    return _sentences(event.price_in_words, event.cost_help, free) or "Ask the organiser"


def _sentences(*texts: str) -> str:
    """Return the non-empty texts as sentences, or a single one as it is: 'Free'; 'US$50. Free for members.'."""
    given = [text for text in texts if text]
    if len(given) > 1:
        given = [text if text.endswith((".", "!", "?")) else f"{text}." for text in given]
    return " ".join(given)
