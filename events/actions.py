"""What editors do with events."""

from django.db import transaction
from django.utils import timezone

from events.models import Event, EventDate


@transaction.atomic
def save_event(*, event: Event) -> Event:
    """Store an event, new or changed, with the dates on which it takes place, and return it.

    Calendars that hold it will take it for a newer version. The day on which it is first listed is kept.
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
