"""The facts that an issue gives of an event: those of its page, in one order and in few words."""

from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst

from events.models import Event
from events.times import Clock, hour_in_words

Fact = tuple[str, str]
NEWS = {Event.State.CANCELLED, Event.State.CHANGED}  # the states that come with a note of what is new
DAY = "l j F Y"
FOR_SURVIVORS = "Open to people with lived experience"


def facts_of(event: Event) -> tuple[Fact, ...]:
    """Return what there is to say of an event today, each fact with its name; asks nothing if its organiser is there.

    That it is cancelled, or what changed, comes first: nobody should read a time and a price before it.
    """
    facts = [
        (event.get_state_display(), event.change_note if event.state in NEWS else ""),
        *_times(event),
        ("Run by", event.organiser.name),
        ("Who it is for", _sentences(capfirst(event.audience), FOR_SURVIVORS if event.for_survivors else "")),
        ("Where", _where(event)),
        ("Cost", _cost(event)),
    ]
    return tuple((name, words) for name, words in facts if words)


def _times(event: Event) -> Iterator[Fact]:
    own, *others = event.clocks
    over = "This has ended" if event.has_ended and not event.is_cancelled else ""
    yield "When", _sentences(f"{_hours(own)}, {own.place} ({own.zone})", over)
    for clock in others:
        yield f"In {clock.place}", capfirst(f"{_hours(clock, own.day)} ({clock.zone})")
    yield "Time uncertain", event.uncertain
    if event.rule:
        left_out = ", ".join(date_format(day, "j F Y") for day in event.days_left_out)
        until = f"{event.rule_in_words} until {date_format(event.rule.until, DAY)}"
        yield "Repeats", _sentences(until, left_out and f"Not on {left_out}")


def _hours(clock: Clock, day: date | None = None) -> str:
    """Return 'Thursday 30 March 2023, 5pm to 6:30pm', without the day if that is `day`, with both if it ends on another."""
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


def _sentences(*words: str) -> str:
    """Return what is there as sentences, one alone as it is: 'Free'; 'US$50. Ask for less. Free for members.'."""
    there = [each for each in words if each]
    if len(there) > 1:
        there = [each if each.endswith((".", "!", "?")) else f"{each}." for each in there]
    return " ".join(there)
