"""Mailings and deliveries: the ledger of what is sent, to whom, and with what result."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from mscos.codes import bounce_digest
from newsletters.models.issues import Issue
from newsletters.models.people import Subscriber


class MailingQuerySet(models.QuerySet["Mailing"]):
    """Queries of mailings."""

    def running(self) -> "MailingQuerySet":
        """Return the running mailings, oldest first."""
        return self.filter(state=Mailing.State.RUNNING).order_by("started_at", "pk")

    def with_due(self) -> "MailingQuerySet":
        """Return the running mailings with a delivery that may be sent now, oldest first."""
        return self.running().filter(Exists(Delivery.objects.due().filter(mailing=OuterRef("pk"))))

    def finished(self) -> "MailingQuerySet":
        """Return the running mailings that have no open delivery."""
        return self.running().exclude(Exists(Delivery.objects.open().filter(mailing=OuterRef("pk"))))


class Mailing(models.Model):
    """The sending of an issue, with the text of the moment in which it began."""

    class State(models.TextChoices):
        """Whether it is still being sent."""

        RUNNING = "running", "Being sent"
        PAUSED = "paused", "Paused"
        STOPPED = "stopped", "Stopped"
        DONE = "done", "Done"

    issue = models.OneToOneField(Issue, models.CASCADE, related_name="mailing")
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    subject = models.CharField(max_length=90)
    plain_subject = models.CharField(max_length=60)
    html = models.TextField()
    text = models.TextField()
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = "sending"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["stopped", "done"], finished_at__isnull=False)
                | Q(state__in=["running", "paused"], finished_at=None),
                name="mailing_ends_once",
            )
        ]

    def __str__(self) -> str:
        return f"Sending of {self.issue}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Queries of deliveries."""

    def open(self) -> "DeliveryQuerySet":
        """Return the deliveries still to be sent, or being sent."""
        doubtful = [Delivery.State.UNCERTAIN] if settings.RESEND_UNCERTAIN else []
        return self.filter(state__in=[Delivery.State.QUEUED, Delivery.State.SENDING, *doubtful])

    def due(self) -> "DeliveryQuerySet":
        """Return the deliveries that may be sent now and that no worker has claimed."""
        return self.open().exclude(state=Delivery.State.SENDING).filter(due_at__lte=timezone.now())

    def lost(self) -> "DeliveryQuerySet":
        """Return the deliveries whose worker was killed while sending: the mail server may or may not have them."""
        return self.filter(state=Delivery.State.SENDING, due_at__lte=timezone.now())

    def counts(self) -> dict[str, int]:
        """Return the number of deliveries in each state, zeros included."""
        counts = dict(self.order_by().values_list("state").annotate(Count("pk")))
        return {state: counts.get(state, 0) for state in Delivery.State.values}


class Delivery(models.Model):
    """One issue for one subscriber. The row stays, without a name, when the subscriber leaves."""

    class State(models.TextChoices):
        """The result so far."""

        QUEUED = "queued", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        UNCERTAIN = "uncertain", "Uncertain"
        FAILED = "failed", "Failed"
        BOUNCED = "bounced", "Bounced"
        WITHHELD = "withheld", "Not sent"

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, models.SET_NULL, null=True, related_name="deliveries")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # A worker claims a row by moving this forward: until then the row is its own, after it the worker counts as killed.
    due_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    code = models.CharField("answer of the mail server", max_length=20, blank=True)
    doubted = models.BooleanField("may have gone out twice", default=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["mailing", "state", "due_at"], name="delivery_queue")]
        constraints = [models.UniqueConstraint(fields=["mailing", "subscriber"], name="delivery_once_a_reader")]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"


def tag_of(pk: int) -> str:
    """Return the tag by which returned mail names its delivery; an HMAC, so that nobody else can make one."""
    return f"{pk}-{bounce_digest(pk)}"


def pk_of(tag: str) -> int | None:
    """Return the primary key of the delivery that a tag names; None for a tag that we did not make."""
    number = tag.partition("-")[0]
    return int(number) if number.isdecimal() and tag == tag_of(int(number)) else None
