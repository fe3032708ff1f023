"""The core outcomes, their references and their featured resources."""

from typing import Any

from django.db import models
from django.db.models import Count, F, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from mscos.fields import RenderedMarkdownField

MARKDOWN = "Use the buttons for headings, lists and links, and look at the preview before you save."


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    """Queries of outcomes."""

    def with_related(self, short_name: str) -> "OutcomeQuerySet":
        """Return the outcome with this short name and its related ones; none where there is no such outcome."""
        return self.filter(Q(short_name=short_name) | Q(related__short_name=short_name)).distinct()

    def with_counts(self) -> "OutcomeQuerySet":
        """Return the outcomes in the order of the study; add `resource_count`, the number of listed resources of each.

        The order is explicit because Django drops a model's default ordering from aggregate queries.
        """
        listed = Q(resources__state="listed")
        return self.annotate(resource_count=Count("resources", filter=listed, distinct=True)).order_by("position")

    def with_forums(self) -> "OutcomeQuerySet":
        """Prefetch each outcome's forum, where it has one, with `thread_count` and `last_on`.

        The forums app may import this one, not the reverse, so its model is taken from the relation. Which threads
        count is decided there.
        """
        relation: Any = self.model._meta.get_field("forum")
        return self.prefetch_related(Prefetch("forum", relation.related_model.objects.with_activity()))


class Outcome(models.Model):
    """One of the outcomes that matter most for recovery, in the words and the order of the study."""

    official_name = models.CharField(
        max_length=120, unique=True, help_text="The study's own words: the page's heading."
    )
    short_name = models.SlugField(
        max_length=30,
        unique=True,
        help_text="One quiet word for addresses and browser tabs, such as housing. Changing it breaks links to the page.",
    )
    aliases = models.TextField(
        "other names", blank=True, help_text="What other publications call this outcome, one name a line."
    )
    position = models.PositiveSmallIntegerField(unique=True, help_text="Its place in the study's order, from 1.")
    summary = models.CharField(max_length=200, help_text="One line, shown on cards and under the heading.")
    content_note = models.CharField(
        max_length=120,
        blank=True,
        help_text="Only if the page speaks of harm. What it mentions, in a few words: detention and unsafe housing.",
    )
    body = models.TextField("why it matters", help_text=MARKDOWN)
    body_html = RenderedMarkdownField(source="body")
    good_looks_like = models.TextField("what good looks like", blank=True, help_text=MARKDOWN)
    good_looks_like_html = RenderedMarkdownField(source="good_looks_like")
    related = models.ManyToManyField(
        "self", blank=True, verbose_name="goes with", help_text="Outcomes that go hand in hand with this one."
    )
    last_reviewed = models.DateField(null=True, blank=True, help_text="The day on which somebody last read all of it.")

    objects = OutcomeQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["body_html", "good_looks_like_html"])

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.official_name

    def get_absolute_url(self) -> str:
        """Return the URL of the outcome's page."""
        return reverse("outcomes:outcome_detail", args=[self.short_name])

    @property
    def short_title(self) -> str:
        """The short name for headings and titles: 'Housing'."""
        return self.short_name.replace("-", " ").capitalize()

    @property
    def other_names(self) -> list[str]:
        """The names that other publications use."""
        return [name.strip() for name in self.aliases.splitlines() if name.strip()]


class Domain(models.Model):
    """One of the wider themes of the study: its long list, beside the core outcomes."""

    name = models.CharField(max_length=120, unique=True)
    position = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        verbose_name = "long-list domain"
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class FeatureQuerySet(models.QuerySet["Feature"]):
    """Queries of features."""

    def current(self) -> "FeatureQuerySet":
        """Return the features of today, from the first to the last day inclusive, newest first."""
        today = timezone.localdate()
        return self.filter(Q(ends=None) | Q(ends__gte=today), starts__lte=today).order_by("-starts")


class Feature(models.Model):
    """The period in which a resource is the featured one of an outcome. Past ones are kept."""

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="features")
    resource = models.ForeignKey("outcomes.Resource", models.CASCADE, related_name="features")
    starts = models.DateField(
        default=timezone.localdate, help_text="From this day on. Of two at once the later start wins."
    )
    ends = models.DateField(null=True, blank=True, help_text="The last day. Leave it empty for 'until the next one'.")

    objects = FeatureQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "featured resource"
        ordering = ["-starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["outcome", "starts"],
                name="one_feature_of_an_outcome_starts_on_a_day",
                violation_error_message="Another feature of this outcome starts on that day.",
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
                name="feature_ends_on_or_after_its_start",
                violation_error_message="The last day must not come before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"feature from {self.starts}"


class Reference(models.Model):
    """A passage about an outcome in a document of others, such as a standard."""

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="references")
    document = models.CharField(max_length=200)
    publisher = models.CharField(max_length=120, blank=True)
    url = models.URLField("address", blank=True)
    sections = models.CharField(max_length=80, blank=True, help_text="For example: 14.10 to 14.13.")
    pages = models.CharField(max_length=80, blank=True, help_text="For example: 159 to 167.")
    note = models.CharField(max_length=200, blank=True, help_text="What a reader finds there, in one sentence.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.document

    @property
    def place(self) -> str:
        """Its place in the document: 'sections 14.10 to 14.13, pages 159 to 167'; '' where neither is given."""
        places = [f"sections {self.sections}" * bool(self.sections), f"pages {self.pages}" * bool(self.pages)]
        return ", ".join(filter(None, places))
