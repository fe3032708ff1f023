"""Subscribers, suppressed addresses, and enquiries to the team."""

import secrets
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from mscos.codes import address_digest


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Queries of subscribers."""

    def by_email(self, email: str) -> "SubscriberQuerySet":
        """Return the subscriber, or none, with an address in the form of `mscos.email_addresses.mail_address`."""
        return self.filter(email__iexact=email)

    def confirmed(self) -> "SubscriberQuerySet":
        """Return the confirmed subscribers: those who get the next issue."""
        return self.filter(state=Subscriber.State.CONFIRMED)

    def expired(self) -> "SubscriberQuerySet":
        """Return those who signed up and never confirmed before their link expired."""
        oldest = timezone.localdate() - timedelta(days=Subscriber.CONFIRM_DAYS + 1)
        return self.filter(state=Subscriber.State.PENDING, signed_up_on__lt=oldest)


def new_token() -> str:
    """Return a random token for a personal link: 128 bits."""
    return secrets.token_urlsafe(16)


class Subscriber(models.Model):
    """An address that gets the newsletter, or will once its owner confirms. Unsubscribing deletes the row."""

    class State(models.TextChoices):
        """Whether mail is sent to the address."""

        PENDING = "pending", "Waiting to confirm"
        CONFIRMED = "confirmed", "Confirmed"
        BOUNCED = "bounced", "Bounced"

    class SubjectStyle(models.TextChoices):
        """The two kinds of subject line: with and without what the issue is about."""

        PLAIN = "plain", "Plain"
        FULL = "full", "Full"

    class Source(models.TextChoices):
        """The origin of the consent."""

        FORM = "form", "The form on this site"
        IMPORT = "import", "An imported list"

    CONFIRM_DAYS = 7  # after which a link to confirm expires

    email = models.EmailField("email address")
    name = models.CharField(max_length=80, blank=True)
    organisation = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    subject_style = models.CharField("subject lines", max_length=5, choices=SubjectStyle, default=SubjectStyle.PLAIN)
    token = models.CharField(max_length=22, unique=True, default=new_token, editable=False)
    signed_up_on = models.DateField(default=timezone.localdate)
    consent_on = models.DateField("agreed on", null=True, blank=True)
    consent_wording = models.CharField("agreed to", max_length=300, blank=True)
    consent_source = models.CharField("agreed by", max_length=6, choices=Source, default=Source.FORM)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["email"]
        indexes = [models.Index(fields=["state", "id"], name="subscriber_list")]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_email_in_any_case_once"),
            models.CheckConstraint(
                condition=Q(state="pending") | (Q(consent_on__isnull=False) & ~Q(consent_wording="")),
                name="subscriber_has_agreed",
            ),
        ]

    def __str__(self) -> str:
        """Return a name without the address: the admin's log keeps it after the row is deleted."""
        return f"Subscriber {self.pk}"

    def get_unsubscribe_url(self) -> str:
        """Return the URL of the page to unsubscribe."""
        return reverse("newsletters:unsubscribe", args=[self.token])


class SuppressedAddressQuerySet(models.QuerySet["SuppressedAddress"]):
    """Queries of suppressed addresses."""

    def contains_address(self, email: str) -> bool:
        """Return whether the owner of an address asked never to be written to."""
        return self.filter(digest=address_digest(email)).exists()


class SuppressedAddress(models.Model):
    """An address whose owner asked never to be written to again: only its HMAC."""

    digest = models.CharField(max_length=64, unique=True)
    asked_on = models.DateField(default=timezone.localdate)

    objects = SuppressedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = "address never to write to"
        verbose_name_plural = "addresses never to write to"

    def __str__(self) -> str:
        return f"Asked on {self.asked_on}"


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    """Queries of enquiries."""

    def waiting(self) -> "EnquiryQuerySet":
        """Return the enquiries that nobody has answered."""
        return self.exclude(state=Enquiry.State.DONE)

    def by_email(self, email: str) -> "EnquiryQuerySet":
        """Return the enquiries from an address."""
        return self.filter(email__iexact=email)

    def expired(self) -> "EnquiryQuerySet":
        """Return the enquiries to be erased by now."""
        last_day = timezone.localdate() - timedelta(days=settings.ENQUIRY_DAYS)
        return self.filter(received_on__lte=last_day)


class Enquiry(models.Model):
    """A message to the team by the contact form. Erased ENQUIRY_DAYS after its day."""

    class State(models.TextChoices):
        """The progress of the answer."""

        NEW = "new", "New"
        IN_HAND = "in hand", "In hand"
        DONE = "done", "Done"

    email = models.EmailField("email address", blank=True, help_text="Empty: no answer is asked for.")
    name = models.CharField(max_length=80, blank=True)
    organisation = models.CharField(max_length=120, blank=True)
    message = models.TextField()
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="who answers"
    )
    received_on = models.DateField(default=timezone.localdate)
    form_digest = models.CharField(max_length=64, unique=True, editable=False)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        ordering = ["received_on", "pk"]
        verbose_name_plural = "enquiries"

    def __str__(self) -> str:
        """Return a name without any content: the admin's log keeps it after the row is deleted."""
        return f"Enquiry {self.pk}"

    @property
    def erased_on(self) -> date:
        """The day of its erasure."""
        return self.received_on + timedelta(days=settings.ENQUIRY_DAYS)
