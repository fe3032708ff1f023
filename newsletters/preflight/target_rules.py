"""The rules of pre-flight about targets of sections: present, listed, open, with consent."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst

from events.models import Event
from forums.models import Consultation
from newsletters.models import Section
from newsletters.preflight.wording import Complaint, blocking, short, warning
from outcomes.models import Quotation, Resource

CONSENT_WARNING_DAYS = 7
EVENT_NOTICE = timedelta(days=1)  # many people open a mail on the day after it came
OR_REMOVE = "or take the section out."


def of_target(section: Section) -> Iterator[Complaint]:
    """Yield complaints where the target of a section is missing, or may not be shown today or soon."""
    if not section.target_field:
        return
    if section.target is None:
        field = Section._meta.get_field(section.target_field)
        name = field.related_model._meta.verbose_name  # type: ignore[union-attr]
        yield blocking(f"It shows no {name}: none was chosen, or it was deleted.", f"Choose one, {OR_REMOVE}")
    else:
        yield from RULES.get(section.target_field, _no_complaints)(section.target)


def _no_complaints(target: Any) -> Iterator[Complaint]:
    yield from ()


def _resource(resource: Resource) -> Iterator[Complaint]:
    if not resource.is_listed:
        is_draft = resource.state == Resource.State.DRAFT
        yield blocking(
            f"The {resource.kind_in_words} '{short(resource.title)}' is not listed {'yet' if is_draft else 'any more'}.",
            f"List it{'' if is_draft else ' again'}, {OR_REMOVE}",
        )


def _consultation(consultation: Consultation) -> Iterator[Complaint]:
    name = f"The call for views '{short(consultation.question)}'"
    if not consultation.is_published:
        problem = f"{name} opens on {_day(consultation.opens)}."
        yield blocking(problem, f"Send the issue on that day or later, {OR_REMOVE}")
    elif consultation.closes and not consultation.is_open:
        problem = f"{name} closed on {_day(consultation.closes)}."
        yield blocking(problem, f"Give it a later closing day, {OR_REMOVE}")


def _quotation(quotation: Quotation) -> Iterator[Complaint]:
    today = timezone.localdate()
    name = f"The quotation of '{short(quotation.credit)}'" if quotation.credit else "The quotation"
    ends = quotation.consent_expires_on
    blocks, problem, remedy = True, "", f"Ask for consent and note it, {OR_REMOVE}"
    if quotation.withdrawn_on:
        problem, remedy = f"was withdrawn on {_day(quotation.withdrawn_on)}", f"Choose another one, {OR_REMOVE}"
    elif quotation.consent_given_on is None:
        problem = "has no consent"
    elif quotation.consent_given_on > today:
        problem = f"has consent from {_day(quotation.consent_given_on)} on"
        remedy = f"Send the issue on that day or later, {OR_REMOVE}"
    elif ends and ends < today:
        problem = f"has no consent any more: it ended on {_day(ends)}"
    elif not quotation.is_for_newsletter:
        problem = "is agreed to for the site only, not for the newsletter"
    elif ends and ends <= today + timedelta(days=CONSENT_WARNING_DAYS):
        blocks, problem = False, f"has consent until {_day(ends)} only"
        remedy = "Send the issue by then, and ask for longer consent if its page is to keep the words."
    if problem:
        yield Complaint(blocks=blocks, problem=f"{name} {problem}.", remedy=remedy)


def _event(event: Event) -> Iterator[Complaint]:
    name = f"The event '{short(event.title)}'"
    if event.is_cancelled:
        yield blocking(f"{name} is cancelled.", f"Choose another one, {OR_REMOVE}")
    elif event.has_ended:
        last_day = _day(event.over_at.astimezone(event.clock))
        yield blocking(f"{name} ended on {last_day}.", f"Choose another one, {OR_REMOVE}")
    elif not event.is_listed:
        yield blocking(f"{name} is not listed yet.", f"List it, {OR_REMOVE}")
    else:
        yield from _of_event_times(event)


def _of_event_times(event: Event) -> Iterator[Complaint]:
    """Yield complaints about an event whose time is uncertain, or of which readers learn too late."""
    the_event = f"the event '{short(event.title)}'"
    if event.uncertain:
        settled = capfirst(Event._meta.get_field("time_settled_on").verbose_name)
        yield warning(
            f"The time of {the_event} is uncertain. {event.uncertain}",
            f"Ask the organiser which time is right, then fill in '{settled}' in the event.",
        )
    if event.book_by_there and not event.takes_bookings:
        problem = f"Booking for {the_event} ended on {_day(event.book_by_there)}."
        yield warning(problem, "Choose another one, or say in the section what readers can still do.")
    begins = event.spans[-1].starts.astimezone(event.clock)
    if begins < timezone.now() + EVENT_NOTICE:
        verb = "began" if begins <= timezone.now() else "begins"
        last = " for the last time" if event.repeats else ""
        yield warning(
            f"{capfirst(the_event)} {verb}{last} on {_day(begins)}. Many readers open a mail a day after it came.",
            f"Send the issue at once, choose another one, {OR_REMOVE}",
        )


def _day(day: date) -> str:
    return date_format(day, "j F Y")


RULES: dict[str, Callable[[Any], Iterator[Complaint]]] = {
    "resource": _resource,
    "consultation": _consultation,
    "quotation": _quotation,
    "event": _event,
}
