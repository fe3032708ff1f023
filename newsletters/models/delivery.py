"""The ledger of a sending: what goes out, and for each reader what became of it. Only the ledger says what is left to do."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from mscos.codes import bounce_digest
from newsletters.models.issues import Issue
from newsletters.models.people import Subscriber


class MailingQuerySet(models.QuerySet["Mailing"]):
    """Reads of sendings."""

    def running(self) -> "MailingQuerySet":
        """Return those that go on by themselves, oldest first."""
        return self.filter(state=Mailing.State.RUNNING).order_by("started_at", "pk")

    def with_due(self) -> "MailingQuerySet":
        """Return the running ones of which something may leave now, oldest first."""
        return self.running().filter(Exists(Delivery.objects.due().filter(mailing=OuterRef("pk"))))

    def at_their_end(self) -> "MailingQuerySet":
        """Return the running ones of which nothing will leave any more by itself."""
        return self.running().exclude(Exists(Delivery.objects.open().filter(mailing=OuterRef("pk"))))


class Mailing(models.Model):
    """The sending of an issue. Its words and readers are those of the moment in which it began."""

    class State(models.TextChoices):
        """Whether it goes on."""

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
    """Reads of the ledger."""

    def open(self) -> "DeliveryQuerySet":
        """Return what is still to be sent, or being sent."""
        doubtful = [Delivery.State.UNCERTAIN] if settings.RESEND_UNCERTAIN else []
        return self.filter(state__in=[Delivery.State.QUEUED, Delivery.State.SENDING, *doubtful])

    def due(self) -> "DeliveryQuerySet":
        """Return what may leave now and nobody has claimed."""
        return self.open().exclude(state=Delivery.State.SENDING).filter(due_at__lte=timezone.now())

    def lost(self) -> "DeliveryQuerySet":
        """Return what was being sent when its worker was killed: nobody knows whether the server took it."""
        return self.filter(state=Delivery.State.SENDING, due_at__lte=timezone.now())

    def counts(self) -> dict[str, int]:
        """Return how many are in each state, all states named; the sum is how many readers there were."""
        found = dict(self.order_by().values_list("state").annotate(Count("pk")))
        return {state: found.get(state, 0) for state in Delivery.State.values}


class Delivery(models.Model):
    """One issue for one reader. The row stays when the reader leaves, and names nobody then."""

    class State(models.TextChoices):
        """What became of it."""

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
    # A worker claims by moving the time on: until then the row is its own, after that it counts as killed.
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
    """Return the word by which mail of a delivery is known when it comes back; nobody else can make one."""
    return f"{pk}-{bounce_digest(pk)}"


def pk_of(tag: str) -> int | None:
    """Return the key of the delivery that a tag names; None for one that we did not make."""
    number = tag.partition("-")[0]
    return int(number) if number.isdecimal() and tag == tag_of(int(number)) else None
