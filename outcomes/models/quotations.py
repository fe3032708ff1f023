"""Quotations, shown only while their speakers consent."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from simple_history.models import HistoricalRecords

from outcomes.models.outcomes import Outcome
from outcomes.models.resources import Organisation, Resource


class QuotationQuerySet(models.QuerySet["Quotation"]):
    """Queries of quotations. Public pages and mails use only these."""

    def with_live_consent(self) -> "QuotationQuerySet":
        """Return the quotations with consent today: given, not expired, not withdrawn.

        The day on which consent is given and the day on which it expires are both included.
        """
        today = timezone.localdate()
        unexpired = Q(consent_expires_on=None) | Q(consent_expires_on__gte=today)
        return self.filter(unexpired, consent_given_on__lte=today, withdrawn_on=None)

    def shown_on_site(self) -> "QuotationQuerySet":
        """Return the quotations that pages may show today, with their organisations."""
        return self.with_live_consent().filter(consent_scope__in=Quotation.SITE_SCOPES).select_related("organisation")

    def for_newsletter(self) -> "QuotationQuerySet":
        """Return the quotations that an issue may show today, on the web and by mail, with their organisations."""
        scopes = Quotation.NEWSLETTER_SCOPES
        return self.with_live_consent().filter(consent_scope__in=scopes).select_related("organisation")


class Quotation(models.Model):
    """A person's own words, with the credit that they chose and the scope and period of their consent.

    A withdrawn quotation keeps no text, credit or history: see `outcomes.actions.erase_quotation`.
    """

    class Scope(models.TextChoices):
        """The places where a quotation may be shown."""

        SITE = "site", "This site"
        NEWSLETTER = "newsletter", "The newsletter"
        BOTH = "both", "This site and the newsletter"

    SITE_SCOPES = (Scope.SITE, Scope.BOTH)
    NEWSLETTER_SCOPES = (Scope.NEWSLETTER, Scope.BOTH)

    text = models.TextField("words", blank=True, help_text="As they were said or written. Mark every cut with […].")
    credit = models.CharField(
        max_length=160, blank=True, help_text="The name or role that the person chose, such as: A housing caseworker."
    )
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="quotations")
    outcome = models.ForeignKey(Outcome, models.CASCADE, null=True, blank=True, related_name="quotations")
    resource = models.ForeignKey(Resource, models.CASCADE, null=True, blank=True, related_name="quotations")
    content_note = models.CharField(
        max_length=100,
        blank=True,
        help_text="Only if it speaks of harm. What it mentions, in a few words: the words then open on request.",
    )
    consent_scope = models.CharField(
        "agreed for",
        max_length=10,
        choices=Scope,
        default=Scope.SITE,
        help_text="Where the person agreed to be quoted.",
    )
    consent_given_on = models.DateField("agreed on", null=True, blank=True, help_text="Empty: shown nowhere.")
    consent_expires_on = models.DateField(
        "agreed until", null=True, blank=True, help_text="The last day on which we may show it. Empty: until withdrawn."
    )
    withdrawn_on = models.DateField(null=True, editable=False)

    objects = QuotationQuerySet.as_manager()
    # A deleted quotation must not remain in its history.
    history = HistoricalRecords(cascade_delete_history=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__isnull=False) | Q(resource__isnull=False),
                name="quotation_is_about_something",
                violation_error_message="Choose the outcome or the resource that the words are about.",
            ),
            models.CheckConstraint(
                condition=(Q(withdrawn_on=None) & ~Q(text="") & ~Q(credit=""))
                | Q(withdrawn_on__isnull=False, text="", credit="", content_note="", organisation=None),
                name="quotation_has_words_until_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(consent_expires_on=None) | Q(consent_expires_on__gte=F("consent_given_on")),
                name="quotation_consent_expires_after_it_is_given",
                violation_error_message="The last day of consent must not come before the first.",
            ),
        ]

    def __str__(self) -> str:
        """Return a name without its text: the admin's log keeps it after the row is deleted."""
        return f"Quotation {self.pk}"

    def clean(self) -> None:
        """Check what the constraint `quotation_has_words_until_withdrawn` requires. Raises ValidationError.

        Forms cannot check the constraint, since they leave out `withdrawn_on`.
        """
        if self.withdrawn_on and (self.text or self.credit or self.content_note or self.organisation):
            raise ValidationError("This quotation is withdrawn. Add a new one, with new consent.")
        if not self.withdrawn_on and not (self.text and self.credit):
            raise ValidationError("Give the words, and the credit that the person chose.")

    @property
    def is_for_newsletter(self) -> bool:
        """Whether an issue may show it today: `for_newsletter` for a loaded object."""
        today = timezone.localdate()
        if self.withdrawn_on or self.consent_given_on is None or self.consent_given_on > today:
            return False
        unexpired = self.consent_expires_on is None or self.consent_expires_on >= today
        return unexpired and self.consent_scope in self.NEWSLETTER_SCOPES

    @property
    def consent_state(self) -> str:
        """The state of its consent today, for editors: 'Live until 1 May 2026', 'Expired'."""
        today = timezone.localdate()
        if self.withdrawn_on:
            return "Withdrawn"
        if self.consent_given_on is None:
            return "No consent"
        if self.consent_given_on > today:
            return f"From {date_format(self.consent_given_on, 'j F Y')}"
        if self.consent_expires_on is None:
            return "Live"
        if self.consent_expires_on < today:
            return "Expired"
        return f"Live until {date_format(self.consent_expires_on, 'j F Y')}"
