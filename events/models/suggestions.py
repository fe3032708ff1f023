"""Suggestions of events of others."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.models.events import Event


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Queries of suggestions."""

    def waiting(self) -> "SuggestionQuerySet":
        """Return the suggestions that no editor has dealt with."""
        return self.filter(state=Suggestion.State.NEW)

    def by_email(self, email: str) -> "SuggestionQuerySet":
        """Return the suggestions from an address."""
        return self.filter(email__iexact=email)

    def expired(self) -> "SuggestionQuerySet":
        """Return the suggestions to be erased by now."""
        return self.filter(received_on__lte=timezone.localdate() - timedelta(days=settings.ENQUIRY_DAYS))


class Suggestion(models.Model):
    """A suggestion of an event, in its sender's words; an editor makes an event of it or turns it down.

    Erased ENQUIRY_DAYS after its day in any state; an event that was made of it stays.
    """

    class State(models.TextChoices):
        """The result."""

        NEW = "new", "New"
        TAKEN_UP = "taken up", "Made an event"
        TURNED_DOWN = "turned down", "Turned down"

    title = models.CharField(max_length=160)
    organiser = models.CharField(max_length=160)
    stated_time = models.CharField("when", max_length=200)
    url = models.CharField("web page", max_length=500, blank=True)
    place = models.CharField("where", max_length=200, blank=True)
    cost = models.CharField(max_length=200, blank=True)
    about = models.TextField("anything else", blank=True)
    name = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    state = models.CharField(max_length=11, choices=State, default=State.NEW)
    event = models.ForeignKey(Event, models.SET_NULL, null=True, related_name="+", verbose_name="event made of it")
    received_on = models.DateField(default=timezone.localdate)
    form_digest = models.CharField(max_length=64, unique=True, editable=False)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["received_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(event=None) | Q(state="taken up"), name="suggestion_made_an_event"),
        ]

    def __str__(self) -> str:
        """Return a name without any content: the admin's log keeps it after the row is deleted."""
        return f"Suggestion {self.pk}"

    @property
    def erased_on(self) -> date:
        """The day of its erasure."""
        return self.received_on + timedelta(days=settings.ENQUIRY_DAYS)
