"""Call requests, and the conversation between each requester and the team.

They have their own tables and querysets, so that no forgotten filter of posts can ever show one. Typed texts are
encrypted: contact details, what to say, the topic, every message. There is no account, no IP address and no time of
day, only the day of the request.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from mscos.codes import digest, public_code
from mscos.fields import EncryptedTextField


class CallRequestQuerySet(models.QuerySet["CallRequest"]):
    """Queries of call requests."""

    def by_code(self, code: str) -> "CallRequestQuerySet":
        """Return the call request of a code (as `mscos.codes.parse_code` writes it), if any."""
        return self.filter(code_digest=digest(code))

    def for_handlers(self) -> "CallRequestQuerySet":
        """Return all with their handlers, urgent ones first, then the oldest; add `has_news`: an unread message."""
        news = CallMessage.objects.filter(call_request=OuterRef("pk"), by_team=False, read=False)
        return self.annotate(has_news=Exists(news)).select_related("handler", "forum").order_by(*CallRequest.QUEUE)

    def waiting(self) -> "CallRequestQuerySet":
        """Return those that wait for the team: new ones, and any with an unread message."""
        news = CallMessage.objects.filter(call_request=OuterRef("pk"), by_team=False, read=False)
        return self.filter(Q(state=CallRequest.State.NEW) | Exists(news))

    def with_expired_contact(self) -> "CallRequestQuerySet":
        """Return those whose contact details are to be erased: CONTACT_DAYS after the call, or after the agreed time.

        So they are erased even where nobody marked the call as done.
        """
        days = timedelta(days=settings.CONTACT_DAYS)
        agreed = CallOffer.objects.filter(call_request=OuterRef("pk"), accepted=True, starts__lte=timezone.now() - days)
        is_over = Q(done_on__lte=timezone.localdate() - days) | Q(state=CallRequest.State.AGREED) & Exists(agreed)
        return self.filter(is_over, contact_erased_on=None)

    def expired(self) -> "CallRequestQuerySet":
        """Return those that are to be erased: REQUEST_DAYS after they were sent."""
        return self.filter(asked_on__lte=timezone.localdate() - timedelta(days=settings.REQUEST_DAYS))


class CallRequest(models.Model):
    """Somebody's wish to talk, and how that is safe for them."""

    class State(models.TextChoices):
        """Its progress, with the labels that the requester and the team see."""

        NEW = "new", "Waiting for the team"
        OFFERED = "offered", "Times offered"
        AGREED = "agreed", "A time is agreed"
        DONE = "done", "Done"

    class How(models.TextChoices):
        """Who contacts whom. The choice that needs no contact details comes first."""

        CODE = "code", "I will come back with my code, and you leave me times"
        CONTACT = "contact", "You contact me"

    class Way(models.TextChoices):
        """The channel by which the team may make contact."""

        PHONE = "phone", "Phone call"
        TEXT = "text", "Text message"
        EMAIL = "email", "Email"

    QUEUE = (
        "-urgent",
        "asked_on",
        "code",
    )  # within a day by the random code: keys in order would tell the order of requests
    # Erased some days after the call; the rest is erased with the row.
    CONTACT = ("contact", "times", "say_instead", "ask_for", "agreed_word")

    # Also the primary key: a serial number would tell how many others asked, and in which order.
    code = models.CharField(
        "word that the team knows it by", max_length=12, primary_key=True, default=public_code, editable=False
    )
    code_digest = models.CharField(max_length=64, unique=True, editable=False)
    form_digest = models.CharField(max_length=64, unique=True, editable=False)
    forum = models.ForeignKey("forums.Forum", models.SET_NULL, null=True, editable=False, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    urgent = models.BooleanField("someone may be in danger", default=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="who handles it"
    )
    how = models.CharField("how it works", max_length=8, choices=How)
    way = models.CharField("way", max_length=8, choices=Way, blank=True)
    contact = EncryptedTextField("number or address")
    zone = models.CharField("time zone", max_length=40)
    times = EncryptedTextField("safe days and times")
    leave_message = models.BooleanField("may leave a message", default=False)
    say_instead = EncryptedTextField("what to say to anybody else")
    ask_for = EncryptedTextField("name to ask for")
    agreed_word = EncryptedTextField("word that the caller says first")
    topic = EncryptedTextField("what to talk about")
    reach = EncryptedTextField("how to reach the team")
    interpreter = EncryptedTextField("interpreter for")
    asked_on = models.DateField(default=timezone.localdate, editable=False)
    done_on = models.DateField(null=True, editable=False)
    contact_erased_on = models.DateField("number or address erased on", null=True, editable=False)

    objects = CallRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_on", "code"]
        indexes = [models.Index(fields=["state", "asked_on"], name="call_request_queue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(how="code", way="", contact="") | Q(how="contact") & ~Q(way=""),
                name="call_request_contact_only_where_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(contact_erased_on=None)
                | Q(contact="", times="", say_instead="", ask_for="", agreed_word=""),
                name="call_request_contact_erased_is_gone",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | ~Q(state="done") & Q(done_on=None),
                name="call_request_done_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        """Return a name without any of its text: the admin's log, which outlives it, contains it."""
        return f"request {self.code}"

    @property
    def is_done(self) -> bool:
        """Whether nothing more is to be done."""
        return self.state == self.State.DONE

    @property
    def contact_erased_after(self) -> date | None:
        """The day on which contact details are erased; None while the call is still to come."""
        if self.contact_erased_on:
            return self.contact_erased_on
        return self.done_on + timedelta(days=settings.CONTACT_DAYS) if self.done_on else None

    @property
    def erased_after(self) -> date:
        """The day on which everything is erased."""
        return self.asked_on + timedelta(days=settings.REQUEST_DAYS)

    @property
    def disclosures(self) -> "models.QuerySet[ContactDisclosure]":
        """The record of who opened its contact details."""
        return ContactDisclosure.objects.filter(request_code=self.code)

    @property
    def age_in_days(self) -> int:
        """The number of days since it was sent."""
        return (timezone.localdate() - self.asked_on).days


class CallOffer(models.Model):
    """A time for a call that the team offers."""

    call_request = models.ForeignKey(CallRequest, models.CASCADE, related_name="offers")
    starts = models.DateTimeField()
    accepted = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.UniqueConstraint(fields=["call_request", "starts"], name="call_offer_once_at_a_time"),
            models.UniqueConstraint(
                fields=["call_request"], condition=Q(accepted=True), name="call_offer_one_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"


class CallMessage(models.Model):
    """A message of the requester or the team."""

    call_request = models.ForeignKey(CallRequest, models.CASCADE, related_name="messages")
    by_team = models.BooleanField(editable=False)
    body = EncryptedTextField()
    read = models.BooleanField(default=False, editable=False)
    day = models.DateField(default=timezone.localdate, editable=False)
    form_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001  unique where given

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"message {self.pk}"


class ContactDisclosure(models.Model):
    """The record that a member of the team opened contact details: who and on which day, never the details.

    It outlives the call request and the account: it stores only the code and the member's name.
    """

    request_code = models.CharField("request", max_length=12, db_index=True)
    viewer = models.CharField("opened by", max_length=80)
    day = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = "opening of contact details"
        verbose_name_plural = "openings of contact details"

    def __str__(self) -> str:
        return f"request {self.request_code}, {self.day}"


class ErasedRequests(models.Model):
    """The number of call requests erased in a month, for the yearly report: all that is left of them."""

    month = models.DateField(unique=True)  # its first day
    count = models.PositiveIntegerField(default=0)
    called = models.PositiveIntegerField(default=0, help_text="Of these, how many had a call.")

    class Meta:
        ordering = ["-month"]
        verbose_name = "month of erased requests"
        verbose_name_plural = "erased requests, by month"

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"
