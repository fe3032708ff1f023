"""Training and events of others, their dates and tags."""

import zoneinfo
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from simple_history.models import HistoricalRecords
from taggit.managers import TaggableManager
from taggit.models import TaggedItemBase

from events.local_time import LocalTimeFinding, check_span
from events.money import price_in_words
from events.repeats import Repeats, Rule, Span, spans_of
from events.time_check import check_stated_time
from events.time_findings import TimeCheck
from events.times import Clock, clocks, hour_in_words
from mscos.codes import public_code
from mscos.fields import RenderedMarkdownField
from outcomes.models import Nation, Organisation, Outcome
from outcomes.models.outcomes import MARKDOWN

CALENDAR_HISTORY = timedelta(weeks=6)


def known_zone(name: str) -> None:
    """Raise ValidationError unless it is a time zone of the IANA database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError("Choose a time zone such as Europe/London or America/New_York.")


class EventQuerySet(models.QuerySet["Event"]):
    """Queries of events."""

    def listed(self) -> "EventQuerySet":
        """Return the public events, including cancelled ones: whoever planned to come must learn of it."""
        return self.exclude(state=Event.State.DRAFT)

    def upcoming(self) -> "EventQuerySet":
        """Return the listed events that are not over, by their next date; add `next_starts`, its start."""
        now = timezone.now()
        coming = EventDate.objects.filter(event=OuterRef("pk"), ends__gt=now).order_by("starts")
        return (
            self.listed()
            .filter(over_at__gt=now)
            .annotate(next_starts=Subquery(coming.values("starts")[:1]))
            .order_by("next_starts", "pk")
        )

    def going_ahead(self) -> "EventQuerySet":
        """Return the upcoming events that are not cancelled, for links from other pages."""
        return self.upcoming().exclude(state=Event.State.CANCELLED)

    def past(self) -> "EventQuerySet":
        """Return the listed events that are over, the latest first."""
        return self.listed().filter(over_at__lte=timezone.now()).order_by("-over_at", "-pk")

    def newest(self) -> "EventQuerySet":
        """Return the listed events that are not over, the most recently listed first."""
        return self.listed().filter(over_at__gt=timezone.now()).order_by("-listed_at", "-pk")

    def for_calendars(self) -> "EventQuerySet":
        """Return the upcoming listed events, and those of the last weeks: a cancelled one must stay for a while."""
        since = timezone.now() - CALENDAR_HISTORY
        return self.listed().filter(over_at__gt=since).order_by("starts", "pk").with_organiser()

    def free(self) -> "EventQuerySet":
        """Return the free events."""
        return self.filter(price=0)

    def with_organiser(self) -> "EventQuerySet":
        """Fetch the organiser of each event in the same query."""
        return self.select_related("organiser")


class Event(models.Model):
    """A training or event that somebody else runs. Its times are stored in UTC, with the zone that they are meant in."""

    class Kind(models.TextChoices):
        """The kinds of event."""

        TRAINING = "training", "Training"
        TALK = "talk", "Talk or webinar"
        CONFERENCE = "conference", "Conference"
        MEETING = "meeting", "Meeting"

    class State(models.TextChoices):
        """Whether it is public, and whether it takes place."""

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
    repeats = models.CharField(max_length=8, choices=Repeats, blank=True, default=Repeats.ONCE)
    repeats_every = models.PositiveSmallIntegerField(
        "every",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text="2: every other week or month.",
    )
    repeats_until = models.DateField("last day", null=True, blank=True, help_text="It does not begin after this day.")
    left_out = models.TextField(
        "not on", blank=True, help_text="Days on which it does not take place after all, one a line: 2023-04-06."
    )
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

    # Set by `events.actions.save_event`: the end of the last date, the time of the first listing, and the number by
    # which calendar programs recognise a new version (RFC 5545, 3.8.7.4).
    over_at = models.DateTimeField(editable=False)
    listed_at = models.DateTimeField(null=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    # A digest by which an imported entry of a calendar file is recognised; its UID may contain a link to a meeting.
    imported_from = models.CharField(max_length=64, blank=True, default="", editable=False)

    objects = EventQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["body_html", "over_at", "listed_at", "sequence", "changed_at", "imported_from"]
    )

    class Meta:
        ordering = ["starts", "pk"]
        indexes = [models.Index(fields=["state", "over_at"], name="event_list")]
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
            models.CheckConstraint(
                condition=Q(repeats="", repeats_until=None, left_out="")
                | ~Q(repeats="") & Q(repeats_until__isnull=False),
                name="event_repeats_until_a_day",
                violation_error_message="Say how it repeats and up to which day, or leave both out.",
            ),
            models.CheckConstraint(condition=Q(over_at__gte=F("ends")), name="event_over_at_its_last_end"),
            models.UniqueConstraint(
                fields=["imported_from"], condition=~Q(imported_from=""), name="event_imported_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the URL of the event's page, which exists once it is listed."""
        return reverse("events:event_detail", args=[self.code])

    @property
    def is_listed(self) -> bool:
        """Whether it is public."""
        return self.state != self.State.DRAFT

    @property
    def has_ended(self) -> bool:
        """Whether its last date is over."""
        return self.over_at <= timezone.now()

    @property
    def is_cancelled(self) -> bool:
        """Whether it is cancelled."""
        return self.state == self.State.CANCELLED

    @property
    def takes_bookings(self) -> bool:
        """Whether somebody can still book."""
        is_open = self.book_by is None or self.book_by > timezone.now()
        return is_open and not self.has_ended and not self.is_cancelled

    @property
    def clock(self) -> zoneinfo.ZoneInfo:
        """Its zone."""
        return zoneinfo.ZoneInfo(self.zone)

    @property
    def rule(self) -> Rule | None:
        """Its rule of recurrence; None for a single date."""
        if not self.repeats or self.repeats_until is None:
            return None
        left_out = frozenset(date.fromisoformat(day) for day in self.left_out.split())
        return Rule(Repeats(self.repeats), self.repeats_every, self.repeats_until, left_out)

    @property
    def rule_in_words(self) -> str:
        """Its rule in words; '' for a single date."""
        return self.rule.in_words(self.starts.astimezone(self.clock)) if self.rule else ""

    @property
    def spans(self) -> list[Span]:
        """All its dates, calculated from the first one and the rule."""
        return spans_of(self.starts, self.ends, self.clock, self.rule)

    @property
    def span(self) -> Span:
        """The date that pages show first: the current or next one, or the last one of a past event."""
        if self.has_ended:
            return Span(self.over_at - (self.ends - self.starts), self.over_at)
        if hasattr(self, "next_starts"):  # annotated by `upcoming`
            return Span(self.next_starts, self.next_starts + (self.ends - self.starts))
        return next(span for span in self.spans if span.ends > timezone.now())

    @property
    def coming_dates(self) -> list[Span]:
        """The dates of a recurring event that are not over."""
        return [span for span in self.spans if span.ends > timezone.now()] if self.repeats else []

    @property
    def days_left_out(self) -> list[date]:
        """The future days of its rule on which it does not take place."""
        return sorted(day for day in self.rule.left_out if day >= timezone.localdate()) if self.rule else []

    @property
    def day(self) -> date:
        """The day of `span` in its zone."""
        return self.span.starts.astimezone(self.clock).date()

    @property
    def clocks(self) -> list[Clock]:
        """The time of `span` in the organiser's zone and in others."""
        return clocks(*self.span, self.zone)

    @property
    def book_by_there(self) -> datetime | None:
        """The booking deadline in its zone."""
        return self.book_by.astimezone(self.clock) if self.book_by else None

    @property
    def book_by_in_words(self) -> str:
        """The booking deadline in words: 'Tuesday 28 March 2023, midday'; '' where it is unknown."""
        moment = self.book_by_there
        return f"{date_format(moment, 'l j F Y')}, {hour_in_words(moment)}" if moment else ""

    @property
    def price_in_words(self) -> str:
        """The price in words: 'US$50', 'Free', '' where it is unknown."""
        return price_in_words(self.price, self.currency)

    @property
    def time_check(self) -> TimeCheck:
        """The time check of `span`."""
        return self.check_on(self.span)

    def check_on(self, span: Span) -> TimeCheck:
        """Return the comparison of the organiser's words with the time, zone and day of one date.

        The day of a recurring event is not compared: the organiser may have written that of another date.
        """
        return check_stated_time(
            self.stated_time,
            starts=span.starts,
            ends=span.ends,
            zone=self.clock,
            today=timezone.localdate(),
            any_day=bool(self.repeats),
        )

    @property
    def clock_changes(self) -> tuple[LocalTimeFinding, ...]:
        """The findings where the clocks change during `span`."""
        return check_span(*self.span, self.clock)

    @property
    def uncertain(self) -> str:
        """The public note of an uncertain time; '' once somebody has asked the organiser."""
        return "" if self.time_settled_on or self.is_cancelled else self.time_check.public_note

    @property
    def things_to_learn(self) -> list[str]:
        """What people learn there, as a list."""
        return [line.strip(" -*•") for line in self.learn.splitlines() if line.strip(" -*•")]


class EventDateQuerySet(models.QuerySet["EventDate"]):
    """Queries of dates."""

    def overlapping(self, first: datetime, last: datetime) -> "EventDateQuerySet":
        """Return the dates of listed events that overlap a period, in order."""
        listed = self.exclude(event__state=Event.State.DRAFT).filter(starts__lt=last, ends__gte=first)
        return listed.select_related("event__organiser").order_by("starts", "event")


class EventDate(models.Model):
    """One date of an event, for queries. `events.actions.save_event` calculates them."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="dates")
    starts = models.DateTimeField()
    ends = models.DateTimeField()

    objects = EventDateQuerySet.as_manager()

    class Meta:
        ordering = ["starts"]
        indexes = [models.Index(fields=["starts"], name="event_date")]
        constraints = [models.UniqueConstraint(fields=["event", "starts"], name="event_once_at_a_time")]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.starts:%Y-%m-%d %H:%M}"


class TaggedEvent(TaggedItemBase):
    """A tag on an event, in a table of its own, as for resources."""

    content_object = models.ForeignKey(Event, models.CASCADE, related_name="+")
