"""The action of saving an event with its dates."""

from django.db import transaction
from django.utils import timezone

from events.models import Event, EventDate


@transaction.atomic
def save_event(*, event: Event) -> Event:
    """Save an event, new or changed, with its dates, and return it.

    Calendars that have it will see a newer version. The time at which it is first listed is stored.
    """
    spans = event.spans
    event.over_at = spans[-1].ends
    if event.is_listed and event.listed_at is None:
        event.listed_at = timezone.now()
    if event.pk:
        event.sequence += 1
    event.save()
    if list(event.dates.values_list("starts", "ends")) != spans:
        event.dates.all().delete()
        EventDate.objects.bulk_create(EventDate(event=event, starts=starts, ends=ends) for starts, ends in spans)
    return event
