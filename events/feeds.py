"""The feed of newly listed events."""

from datetime import datetime

from django.urls import reverse
from django.utils.html import escape

from events.models import Event, EventQuerySet
from mscos.feeds import SiteFeed

MAX_EVENTS = 30


class EventFeed(SiteFeed):
    """The newest listed events that are not over, with time, place and price."""

    subtitle = "New in the list of events."

    def page(self) -> str:
        """Return the path of the list."""
        return reverse("events:event_list")

    def itself(self) -> str:
        """Return the path of the feed."""
        return reverse("events:event_feed")

    def items(self) -> EventQuerySet:
        """Return the newest listed events."""
        return Event.objects.newest().with_organiser()[:MAX_EVENTS]

    def item_title(self, item: Event) -> str:
        """Return the event's title, marked where it is cancelled."""
        return f"Cancelled: {item.title}" if item.is_cancelled else item.title

    def item_description(self, item: Event) -> str:
        """Return summary, times, organiser and price, escaped: feed readers show a description as HTML."""
        first, *others = item.clocks
        times = [f"{first.days}, {first}", *(str(clock) for clock in others)]
        price = item.price_in_words or "Ask the organiser about the cost"
        parts = [item.summary, "; ".join(times), item.uncertain, f"Run by {item.organiser}", price]
        return escape(". ".join(part.rstrip(".") for part in parts if part) + ".")

    def item_pubdate(self, item: Event) -> datetime | None:
        """Return when it was first listed."""
        return item.listed_at

    def item_updateddate(self, item: Event) -> datetime:
        """Return when it was last changed."""
        return item.changed_at
