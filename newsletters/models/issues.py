"""Issues, their sections, and the state of the outside links in them."""

import secrets
from datetime import timedelta

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from events.models import Event
from forums.models import Consultation
from mscos.fields import RenderedMarkdownField
from outcomes.models import Outcome, Quotation, Reference, Resource

PREVIEW_DAYS = 7
# A subject with a line break could start a header of its own.
ONE_LINE = RegexValidator(r"[\x00-\x1f\x7f\u2028\u2029]", "Write this on one line.", inverse_match=True)


class IssueQuerySet(models.QuerySet["Issue"]):
    """Queries of issues."""

    def published(self) -> "IssueQuerySet":
        """Return the published issues, newest first. The page of a withdrawn one says only that."""
        return self.filter(state__in=Issue.PUBLISHED).order_by("-publish_at", "-number")

    def in_archive(self) -> "IssueQuerySet":
        """Return the published issues that are not withdrawn."""
        return self.published().exclude(state=Issue.State.WITHDRAWN)

    def by_preview(self, token: str) -> "IssueQuerySet":
        """Return the issue that a preview link opens today, or none."""
        if not token.isprintable():
            return self.none()  # PostgreSQL refuses a NUL, even in a comparison
        return self.exclude(preview_token="").filter(preview_token=token, preview_ends_on__gte=timezone.localdate())

    def next_number(self) -> int:
        """Return the next number: 1 for the first issue."""
        highest: int | None = self.aggregate(highest=Max("number"))["highest"]
        return (highest or 0) + 1


class Issue(models.Model):
    """One issue of the newsletter. Numbers are independent of dates."""

    class State(models.TextChoices):
        """The states of an issue, in order."""

        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Scheduled"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    PUBLISHED = (State.SENDING, State.SENT, State.WITHDRAWN)
    EDITABLE = (State.DRAFT, State.SENT)

    number = models.PositiveSmallIntegerField(unique=True, help_text="Numbers follow each other, whatever the date.")
    slug = models.SlugField(unique=True, help_text="The word in its address, such as week-5.")
    title = models.CharField(
        max_length=120, validators=[ONE_LINE], help_text="The heading: 'Week 5: secure and suitable housing'."
    )
    subject = models.CharField(
        "full subject line",
        max_length=90,
        validators=[ONE_LINE],
        help_text="For readers who chose it: 'Week 5: housing'.",
    )
    plain_subject = models.CharField(
        max_length=60, validators=[ONE_LINE], help_text="For everybody else: 'Week 5'. It stands on lock screens."
    )
    preheader = models.CharField(
        max_length=85,
        blank=True,
        validators=[ONE_LINE],
        help_text="The line that mail programs show after the subject. It stands on lock screens too.",
    )
    credits = models.CharField(max_length=300, blank=True, help_text="Who designs and directs the content.")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    publish_at = models.DateTimeField("published", null=True, blank=True, editable=False)
    withdrawn_on = models.DateField(null=True, editable=False)
    recipient_count = models.PositiveIntegerField(null=True, editable=False)
    preview_token = models.CharField(max_length=43, blank=True, editable=False)
    preview_ends_on = models.DateField(null=True, editable=False)

    objects = IssueQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["preview_token", "preview_ends_on"])

    class Meta:
        ordering = ["-number"]
        indexes = [models.Index(fields=["state", "-publish_at"], name="issue_archive")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(publish_at__isnull=False), name="issue_past_draft_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_on__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_on=None),
                name="issue_withdrawn_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(preview_token="", preview_ends_on=None)
                | ~Q(preview_token="") & Q(preview_ends_on__isnull=False),
                name="issue_preview_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"Week {self.number}"

    def get_absolute_url(self) -> str:
        """Return the URL of the issue's page, which exists once it is published."""
        return reverse("newsletters:issue_detail", args=[self.slug])

    def get_preview_url(self) -> str:
        """Return the URL by which partners check a draft; '' where there is none or it has expired."""
        if not self.preview_token or not self.preview_ends_on or self.preview_ends_on < timezone.localdate():
            return ""
        return reverse("newsletters:issue_preview", args=[self.preview_token])

    def new_preview(self) -> None:
        """Give the issue a new preview link in place of any old one. The caller saves."""
        self.preview_token = secrets.token_urlsafe(16)
        self.preview_ends_on = timezone.localdate() + timedelta(days=PREVIEW_DAYS)

    @property
    def is_published(self) -> bool:
        """Whether it is published, or was and is withdrawn."""
        return self.state in self.PUBLISHED

    @property
    def is_editable(self) -> bool:
        """Whether it may be changed now: not while it is scheduled or being sent."""
        return self.state in self.EDITABLE


class SectionQuerySet(models.QuerySet["Section"]):
    """Queries of sections."""

    def with_targets(self) -> "SectionQuerySet":
        """Return the sections in order, with their targets and all that blocks show of these: four queries."""
        return (
            self.select_related(
                "outcome", "resource", "reference", "quotation__organisation", "consultation__forum", "event__organiser"
            )
            .prefetch_related("resource__credits__organisation", "consultation__topics")
            .order_by("position", "pk")
        )


class Section(models.Model):
    """One section of an issue. Most kinds show an object, their target, and take heading, text and link from it."""

    class Kind(models.TextChoices):
        """The kinds of section."""

        TEXT = "text", "Text"
        FOCUS = "focus", "This week's focus"
        FEATURE = "feature", "This week's feature"
        CONSULTATION = "call", "Call for views"
        SPOTLIGHT = "spotlight", "Spotlight"
        REFERENCE = "reference", "Reference"
        QUOTATION = "quotation", "Quotation"
        EVENT = "event", "Event"
        NOTICE = "notice", "Notice"

    # The column of each kind's target.
    TARGET_FIELDS = {
        Kind.FOCUS: "outcome",
        Kind.SPOTLIGHT: "outcome",
        Kind.FEATURE: "resource",
        Kind.REFERENCE: "reference",
        Kind.QUOTATION: "quotation",
        Kind.CONSULTATION: "consultation",
        Kind.EVENT: "event",
    }

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=10, choices=Kind)
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    heading = models.CharField(
        max_length=160,
        blank=True,
        validators=[ONE_LINE],
        help_text="Leave it empty to take the name of what the section shows.",
    )
    body = models.TextField("words", blank=True, help_text="Leave them empty to take those of what the section shows.")
    body_html = RenderedMarkdownField(source="body")
    content_note = models.CharField(
        max_length=100, blank=True, help_text="Only if it speaks of harm. What it mentions, in a few words."
    )
    link_words = models.CharField(
        "words of the link", max_length=80, blank=True, help_text="Say where it leads: 'Book with the organiser'."
    )
    link_url = models.CharField(
        "address of the link",
        max_length=500,
        blank=True,
        validators=[
            RegexValidator(
                r"^(https?://[^\s/]|/(?!/)|mailto:[^\s@]+@)", "Start it with https:// or, on this site, with /"
            )
        ],
        help_text="https://… or, on this site, /outcomes/housing/. Empty: the page of what the section shows.",
    )
    # A deleted target leaves its section, about which pre-flight then complains.
    outcome = models.ForeignKey(Outcome, models.SET_NULL, null=True, blank=True, related_name="+")
    resource = models.ForeignKey(Resource, models.SET_NULL, null=True, blank=True, related_name="+")
    reference = models.ForeignKey(Reference, models.SET_NULL, null=True, blank=True, related_name="+")
    quotation = models.ForeignKey(Quotation, models.SET_NULL, null=True, blank=True, related_name="+")
    consultation = models.ForeignKey(
        Consultation, models.SET_NULL, verbose_name="call", null=True, blank=True, related_name="+"
    )
    event = models.ForeignKey(Event, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SectionQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["body_html"])

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=None) | Q(kind__in=["focus", "spotlight"]), name="section_of_an_outcome"
            ),
            models.CheckConstraint(condition=Q(resource=None) | Q(kind="feature"), name="section_of_a_resource"),
            models.CheckConstraint(condition=Q(reference=None) | Q(kind="reference"), name="section_of_a_reference"),
            models.CheckConstraint(condition=Q(quotation=None) | Q(kind="quotation"), name="section_of_a_quotation"),
            models.CheckConstraint(condition=Q(consultation=None) | Q(kind="call"), name="section_of_a_consultation"),
            models.CheckConstraint(condition=Q(event=None) | Q(kind="event"), name="section_of_an_event"),
            models.CheckConstraint(
                condition=Q(link_words="") | ~Q(link_url="") | ~Q(kind__in=["text", "notice"]),
                name="section_link_has_an_address",
                violation_error_message="Give the address of the link, or take its words out.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, section {self.pk}"

    @property
    def target_field(self) -> str:
        """The name of the column of its target; '' for text and notices."""
        return self.TARGET_FIELDS.get(self.Kind(self.kind), "")

    @property
    def target(self) -> models.Model | None:
        """The object that it shows; None for text and notices, and where it was never chosen or is deleted."""
        return getattr(self, self.target_field) if self.target_field else None


class CheckedLinkQuerySet(models.QuerySet["CheckedLink"]):
    """Queries of checked links."""

    def due(self) -> "CheckedLinkQuerySet":
        """Return the links not checked in the last day, shuffled: those that never answer must not delay the others."""
        yesterday = timezone.now() - timedelta(days=1)
        return self.filter(Q(checked_at=None) | Q(checked_at__lt=yesterday)).order_by("?")


class CheckedLink(models.Model):
    """The state of an outside link in an issue. The background worker checks it, never a page."""

    class State(models.TextChoices):
        """The result of the last check. Without a network a link stays as it was."""

        NOT_CHECKED = "not checked", "Not checked"
        WORKING = "working", "Working"
        GONE = "gone", "Gone"
        NO_ANSWER = "no answer", "No answer"

    url = models.CharField(max_length=2000, unique=True)
    state = models.CharField(max_length=12, choices=State, default=State.NOT_CHECKED)
    checked_at = models.DateTimeField(null=True)

    objects = CheckedLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return self.url
