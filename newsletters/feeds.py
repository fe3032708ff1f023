"""The feed of issues."""

from datetime import datetime

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.html import escape

from mscos.feeds import SiteFeed
from newsletters.content.blocks import blocks_in
from newsletters.models import Issue, Section

ISSUES = 20


class IssueFeed(SiteFeed):
    """The latest issues: a quiet title, the day, and the headings."""

    subtitle = "One email a week, on the web too."

    def page(self) -> str:
        """Return the path of the archive."""
        return reverse("newsletters:issue_list")

    def itself(self) -> str:
        """Return the path of the feed."""
        return reverse("newsletters:issue_feed")

    def items(self) -> list[Issue]:
        """Return the latest issues with all that they show."""
        sections = Prefetch("sections", Section.objects.with_targets())
        return list(Issue.objects.in_archive().prefetch_related(sections)[:ISSUES])

    def item_title(self, item: Issue) -> str:
        """Return 'Week 5': a feed stands in lists that others may see."""
        return str(item)

    def item_description(self, item: Issue) -> str:
        """Return the headings of the issue; feeds take this for HTML."""
        return escape("; ".join(block.name for block in blocks_in(item.sections.all()) if block.name))

    def item_pubdate(self, item: Issue) -> datetime | None:
        """Return when the issue was published."""
        return item.publish_at

    item_updateddate = item_pubdate
