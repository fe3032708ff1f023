"""Resources made by others, their organisations, and the nations that they cover."""

from datetime import date, datetime
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Exists, Min, OuterRef, Q, Subquery
from django.urls import reverse
from simple_history.models import HistoricalRecords
from taggit.managers import TaggableManager
from taggit.models import TaggedItemBase

from mscos.codes import public_code
from mscos.fields import RenderedMarkdownField
from outcomes.models.outcomes import MARKDOWN, Feature, Outcome


def host_of(url: str) -> str:
    """Return the host of a URL without 'www.'; '' where it has none."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


class Nation(models.Model):
    """A nation whose law and services a resource covers. A migration creates the rows."""

    code = models.CharField(max_length=4, unique=True)
    name = models.CharField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """An organisation that makes, supports or funds resources, runs events, or is that of a quoted person."""

    name = models.CharField(max_length=160, unique=True)
    url = models.URLField("website", blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ResourceQuerySet(models.QuerySet["Resource"]):
    """Queries of resources."""

    def listed(self) -> "ResourceQuerySet":
        """Return the resources that are public."""
        return self.filter(state=Resource.State.LISTED)

    def listed_since(self, moment: datetime) -> "ResourceQuerySet":
        """Return the listed resources that were first listed after `moment`, by their history, newest first."""
        first = (
            Resource.history.filter(id=OuterRef("pk"), state=Resource.State.LISTED)
            .order_by()
            .values("id")
            .annotate(first=Min("history_date"))
            .values("first")
        )
        return (
            self.listed()
            .annotate(first_listed=Subquery(first))
            .filter(first_listed__gt=moment)
            .order_by("-first_listed")
        )

    def free(self) -> "ResourceQuerySet":
        """Return the free resources."""
        return self.filter(cost__iexact=Resource.FREE)

    def with_maker(self) -> "ResourceQuerySet":
        """Add `maker`, the name of the first author; None where there is none."""
        makers = ResourceOrganisation.objects.filter(resource=OuterRef("pk"), role=ResourceOrganisation.Role.AUTHOR)
        return self.annotate(maker=Subquery(makers.values("organisation__name")[:1]))

    def featured_first(self, outcome: Outcome) -> "ResourceQuerySet":
        """Return `outcome`'s resources by title, the featured one first; add `featured_from`, its first day or None.

        Of several features at once the one that started last counts (see `Feature.objects.current`).
        """
        current = Feature.objects.current().filter(outcome=outcome)
        starts = current.filter(resource=OuterRef("pk")).values("starts")[:1]
        return (
            self.filter(Exists(Resource.outcomes.through.objects.filter(resource=OuterRef("pk"), outcome=outcome)))
            .annotate(featured_from=Subquery(starts))
            .order_by(models.F("featured_from").desc(nulls_last=True), "title", "pk")
        )

    def related_to(self, resource: "Resource") -> "ResourceQuerySet":
        """Return the other resources that share an outcome with `resource`, each once."""
        shared = Resource.outcomes.through.objects.filter(
            resource=OuterRef("pk"), outcome__in=resource.outcomes.values("pk")
        )
        return self.filter(Exists(shared)).exclude(pk=resource.pk)


class Resource(models.Model):
    """Something made by others that people in the community use."""

    class Kind(models.TextChoices):
        """The kinds of resource. Sentences use the label in lower case."""

        TOOLKIT = "toolkit", "Toolkit"
        TRAINING = "training", "Training"
        HANDBOOK = "handbook", "Handbook"
        RESEARCH = "research", "Research"
        FRAMEWORK = "framework", "Framework"
        VIDEO = "video", "Video"
        SERVICE = "service", "Service"

    class LinkState(models.TextChoices):
        """The state of its link."""

        WORKING = "working", "Working"
        NOT_CHECKED = "not checked", "Not checked"
        REPORTED = "reported", "Reported"
        BROKEN = "broken", "Broken"

    class State(models.TextChoices):
        """Its publication state."""

        DRAFT = "draft", "Draft"
        LISTED = "listed", "Listed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    FREE = "Free"

    code = models.CharField(max_length=12, unique=True, default=public_code, editable=False)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(
        max_length=10, choices=State, default=State.DRAFT, help_text="Only listed resources can be seen by readers."
    )
    summary = models.CharField(max_length=300, help_text="What it is, in one or two sentences.")
    body = models.TextField("more about it", blank=True, help_text=MARKDOWN)
    body_html = RenderedMarkdownField(source="body")
    audience = models.CharField("who it is for", max_length=200, blank=True)
    url = models.URLField("address", help_text="The page where it can be found, on its makers' own site.")
    file_type = models.CharField(max_length=20, blank=True, help_text="If the address opens a file: PDF, for example.")
    file_size = models.CharField(max_length=20, blank=True, help_text="Of a file: 2.3 MB, for example.")
    pages = models.PositiveIntegerField(null=True, blank=True, help_text="How many pages it has.")
    language = models.CharField(max_length=80, default="English")
    cost = models.CharField(
        max_length=80, blank=True, help_text="Free, or the price in full: US$50. Empty where you do not know."
    )
    published = models.DateField(
        null=True, blank=True, help_text="Readers see the year. If you know no more, 1 January."
    )
    last_checked = models.DateField(null=True, blank=True, help_text="When somebody last opened it and read this page.")
    link_state = models.CharField(max_length=12, choices=LinkState, default=LinkState.NOT_CHECKED)
    organisations = models.ManyToManyField(Organisation, through="ResourceOrganisation", related_name="resources")
    outcomes = models.ManyToManyField(Outcome, blank=True, related_name="resources")
    nations = models.ManyToManyField(Nation, blank=True, related_name="resources", verbose_name="area it covers")
    recommended_before = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="recommended_after",
        help_text="What people should read or do first, such as a training.",
    )
    tags = TaggableManager(through="outcomes.TaggedResource", blank=True, help_text="Words, with commas between them.")

    # Annotations of the queryset.
    maker: str | None
    featured_from: date | None

    objects = ResourceQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["body_html"])

    class Meta:
        ordering = ["title", "pk"]
        indexes = [models.Index(fields=["state", "title", "id"], name="resource_list")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(url=""), name="resource_has_an_address", violation_error_message="Give its address."
            ),
            models.CheckConstraint(
                condition=Q(file_size="") | ~Q(file_type=""),
                name="resource_size_only_of_a_file",
                violation_error_message="Say what type of file it is, or leave the size empty.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the URL of the resource's page, which exists while it is listed."""
        return reverse("outcomes:resource_detail", args=[self.code])

    @property
    def is_listed(self) -> bool:
        """Whether it is public."""
        return self.state == self.State.LISTED

    @property
    def link_in_doubt(self) -> bool:
        """Whether its link may be broken."""
        return self.link_state in {self.LinkState.REPORTED, self.LinkState.BROKEN}

    @property
    def host(self) -> str:
        """The host of its link: 'passage.org.uk'."""
        return host_of(self.url)

    @property
    def kind_in_words(self) -> str:
        """Its kind for use in a sentence: 'toolkit'."""
        return self.get_kind_display().lower()


class ResourceOrganisation(models.Model):
    """The role of an organisation in a resource."""

    class Role(models.TextChoices):
        """The roles of organisations."""

        AUTHOR = "author", "Author"
        PARTNER = "partner", "Partner"
        FUNDER = "funder", "Funder"

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="credits")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="credits")
    role = models.CharField(max_length=10, choices=Role, default=Role.AUTHOR)
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "credit"
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "organisation", "role"],
                name="organisation_once_in_a_role",
                violation_error_message="This organisation is named twice in one role.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.get_role_display().lower()}"


class TaggedResource(TaggedItemBase):
    """A tag on a resource, in a table of its own, so that reading tags needs no content types."""

    content_object = models.ForeignKey(Resource, models.CASCADE, related_name="+")
