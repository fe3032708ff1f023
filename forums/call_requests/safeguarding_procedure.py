"""The safeguarding procedure: what the team does when somebody may be in danger."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from mscos.fields import RenderedMarkdownField


class SafeguardingProcedure(models.Model):
    """The team's steps as one text, in the one row that a migration creates; it is shown beside what is urgent."""

    body = models.TextField("steps", help_text="Whom to call, in which order, and who decides.")
    body_html = RenderedMarkdownField(source="body")

    history = HistoricalRecords(excluded_fields=["body_html"])

    class Meta:
        verbose_name = "steps when someone may be in danger"
        verbose_name_plural = "steps when someone may be in danger"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="safeguarding_procedure_one_text")]

    def __str__(self) -> str:
        return "Steps when someone may be in danger"
