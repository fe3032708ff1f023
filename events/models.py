"""Training and events of others: when they truly are, what they truly cost, and who may come."""

import zoneinfo
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords
from taggit.managers import TaggableManager
from taggit.models import TaggedItemBase

from events.time_check import TimeCheck, check_stated_time
from mscos.codes import public_code
from mscos.fields import RenderedMarkdownField
from outcomes.models import Nation, Organisation, Outcome
from outcomes.models.outcomes import MARKDOWN

KEPT_IN_CALENDARS = timedelta(weeks=6)


def known_zone(name: str) -> None:
    """Raise ValidationError for what is no time zone of the IANA database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError("Choose a time zone such as Europe/London or America/New_York.")


class EventQuerySet(models.QuerySet["Event"]):
    """Reads of events."""

    def listed(self) -> "EventQuerySet":
        """Return the events that everybody may see, cancelled ones included: who planned to come must learn of it."""
        return self.exclude(state=Event.State.DRAFT)

    def upcoming(self) -> "EventQuerySet":
        """Return the listed events that have not ended, the next one first."""
        return self.listed().filter(ends__gt=timezone.now()).order_by("starts", "pk")

    def going_ahead(self) -> "EventQuerySet":
        """Return the upcoming events that are not cancelled: what other pages point to."""
        return self.upcoming().exclude(state=Event.State.CANCELLED)

    def past(self) -> "EventQuerySet":
        """Return the listed events that have ended, the latest first."""
        return self.listed().filter(ends__lte=timezone.now()).order_by("-starts", "-pk")

    def for_calendars(self) -> "EventQuerySet":
        """Return the listed events of the last weeks and all to come: a cancelled one stays until nobody looks for it."""
        return (
            self.listed().filter(ends__gt=timezone.now() - KEPT_IN_CALENDARS).order_by("starts", "pk").with_organiser()
        )

    def free(self) -> "EventQuerySet":
        """Return the events that cost nothing."""
        return self.filter(price=0)

    def with_organiser(self) -> "EventQuerySet":
        """Fetch who runs each event, in the same query."""
        return self.select_related("organiser")


class Event(models.Model):
    """A training or event that somebody else runs. Its times are kept as moments, with the zone they were meant in."""

    class Kind(models.TextChoices):
        """What sort of event it is."""

        TRAINING = "training", "Training"
        TALK = "talk", "Talk or webinar"
        CONFERENCE = "conference", "Conference"
        MEETING = "meeting", "Meeting"

    class State(models.TextChoices):
        """Who may see it, and whether it takes place."""

        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        CHANGED = "changed", "Changed"
        CANCELLED = "cancelled", "Cancelled"

    class Recording(models.TextChoices):
        """Whether it is recorded."""

        UNKNOWN = "", "Not known"
        NO = "no", "Not recorded"
        YES = "yes", "Recorded"

    code = models.CharField(max_length=12, unique=True, default=public_code, editable=False)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TRAINING)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    change_note = models.CharField(
        "what changed",
        max_length=200,
        blank=True,
        help_text="For a changed or cancelled event: what is new, in one sentence.",
    )
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="events")
    summary = models.CharField(max_length=300, help_text="What it is, in one or two sentences.")
    body = models.TextField("more about it", blank=True, help_text=MARKDOWN)
    body_html = RenderedMarkdownField(source="body")
    learn = models.TextField("what you will learn", blank=True, help_text="One thing a line.")
    audience = models.CharField("who it is for", max_length=200, blank=True)
    for_survivors = models.BooleanField(
        "open to people with lived experience", default=False, help_text="Only if the organiser says so."
    )
    content_note = models.CharField(
        max_length=120, blank=True, help_text="Only if it speaks of harm. What it mentions."
    )
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    zone = models.CharField("time zone", max_length=40, default="Europe/London", validators=[known_zone])
    stated_time = models.CharField(
        "time as the organiser wrote it",
        max_length=200,
        blank=True,
        help_text="Word for word: '5 to 6:30pm GMT / 12 to 1:30pm EST'. It is held against the time above.",
    )
    time_settled_on = models.DateField(
        "time asked about on",
        null=True,
        blank=True,
        help_text="The day on which the organiser said which time is right. Ends the public note about it.",
    )
    is_online = models.BooleanField("online", default=True)
    place = models.CharField(max_length=200, blank=True, help_text="Town and venue, or the program used online.")
    price = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text="0 if it is free. Empty if you do not know.",
    )
    currency = models.CharField(
        max_length=3,
        default="GBP",
        validators=[RegexValidator(r"^[A-Z]{3}$", "Give the three letters of the currency, such as GBP or USD.")],
    )
    cost_help = models.CharField(
        "help with the cost", max_length=200, blank=True, help_text="Whom to ask, and for what: 'Email the organiser.'"
    )
    free_for = models.CharField(max_length=120, blank=True, help_text="Who pays nothing: 'survivors and members'.")
    booking_url = models.URLField("address for booking", blank=True, max_length=500)
    booking_tracks = models.BooleanField(
        "booking site follows visitors",
        default=False,
        help_text="A ticket site that asks for an account or sets cookies for advertisers. Readers are told.",
    )
    book_by = models.DateTimeField("book by", null=True, blank=True)
    contact = models.EmailField("organiser's email", blank=True)
    access = models.CharField(
        max_length=200, blank=True, help_text="Captions, breaks, camera off allowed, step-free entrance."
    )
    recording = models.CharField(max_length=3, choices=Recording, blank=True, default=Recording.UNKNOWN)
    outcomes = models.ManyToManyField(Outcome, blank=True, related_name="events")
    nations = models.ManyToManyField(Nation, blank=True, related_name="events", verbose_name="area it is for")
    tags = TaggableManager(through="events.TaggedEvent", blank=True, help_text="Words, with commas between them.")

    # What calendar programs need to take a new version for one (RFC 5545, 3.8.7.4).
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    objects = EventQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["body_html", "sequence", "changed_at"])

    class Meta:
        ordering = ["starts", "pk"]
        indexes = [models.Index(fields=["state", "ends", "starts"], name="event_list")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")),
                name="event_ends_after_it_starts",
                violation_error_message="It ends before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gte=0), name="event_price", violation_error_message="Give 0 or more."
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["changed", "cancelled"]) | ~Q(change_note=""),
                name="event_says_what_changed",
                violation_error_message="Say in 'What changed' what is new.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the event's own page, which only a listed one has."""
        return reverse("events:event_detail", args=[self.code])

    @property
    def is_listed(self) -> bool:
        """Whether everybody may see it."""
        return self.state != self.State.DRAFT

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.ends <= timezone.now()

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.state == self.State.CANCELLED

    @property
    def takes_bookings(self) -> bool:
        """Whether somebody can still book."""
        open_still = self.book_by is None or self.book_by > timezone.now()
        return open_still and not self.has_ended and not self.is_cancelled

    @property
    def day(self) -> date:
        """The day on which it starts, where it is meant to be read."""
        return self.starts_there.date()

    @property
    def starts_there(self) -> datetime:
        """When it starts, on the organiser's clocks."""
        return self.starts.astimezone(zoneinfo.ZoneInfo(self.zone))

    @property
    def ends_there(self) -> datetime:
        """When it ends, on the organiser's clocks."""
        return self.ends.astimezone(zoneinfo.ZoneInfo(self.zone))

    @property
    def book_by_there(self) -> datetime | None:
        """Until when one can book, on the organiser's clocks."""
        return self.book_by.astimezone(zoneinfo.ZoneInfo(self.zone)) if self.book_by else None

    @property
    def time_check(self) -> TimeCheck:
        """What comes of holding the organiser's words against the time, the zone and the day."""
        zone = zoneinfo.ZoneInfo(self.zone)
        return check_stated_time(
            self.stated_time, starts=self.starts, ends=self.ends, zone=zone, today=timezone.localdate()
        )

    @property
    def uncertain(self) -> str:
        """What readers are told of a time that may be another; '' once somebody has asked the organiser."""
        return "" if self.time_settled_on or self.is_cancelled else self.time_check.public_note

    @property
    def things_to_learn(self) -> list[str]:
        """What somebody learns there, one thing each."""
        return [line.strip(" -*•") for line in self.learn.splitlines() if line.strip(" -*•")]


class TaggedEvent(TaggedItemBase):
    """A tag on an event: a table of its own, as for resources."""

    content_object = models.ForeignKey(Event, models.CASCADE, related_name="+")
