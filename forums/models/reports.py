"""Reports of posts. Nothing about whoever reports is stored but what they typed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from forums.models.threads import Post


class ReportQuerySet(models.QuerySet["Report"]):
    """Queries of reports."""

    def open(self) -> "ReportQuerySet":
        """Return those that no moderator has dealt with."""
        return self.filter(handled_on=None)


class Report(models.Model):
    """A reader's notice that a post breaks the house rules."""

    class Reason(models.TextChoices):
        """The reason, which ends the sentence 'This post …'."""

        DANGER = "danger", "could put someone in danger"
        POINTS = "points", "could point to someone"
        UNKIND = "unkind", "is unkind or untrue about someone"
        SPAM = "spam", "advertises something"
        OTHER = "other", "breaks the house rules in another way"

    post = models.ForeignKey(Post, models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=8, choices=Reason)
    words = models.TextField(blank=True)
    day = models.DateField(default=timezone.localdate, editable=False)
    form_digest = models.CharField(max_length=64, unique=True, editable=False)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    handled_on = models.DateField(null=True, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["post"], condition=Q(handled_on=None), name="report_open")]

    def __str__(self) -> str:
        return f"report {self.pk}"
