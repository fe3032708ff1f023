"""The feed of issues."""

from datetime import datetime

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.html import escape

from mscos.feeds import SiteFeed
from newsletters.content.blocks import blocks_in
from newsletters.models import Issue, Section

MAX_ISSUES = 20


class IssueFeed(SiteFeed):
    """The latest issues: a title that tells nothing, the day, and the headings."""

    subtitle = "One email a week, on the web too."

    def page(self) -> str:
        """Return the path of the archive."""
        return reverse("newsletters:issue_list")

    def itself(self) -> str:
        """Return the path of the feed."""
        return reverse("newsletters:issue_feed")

    def items(self) -> list[Issue]:
        """Return the latest issues with the objects that they show."""
        sections = Prefetch("sections", Section.objects.with_targets())
        return list(Issue.objects.in_archive().prefetch_related(sections)[:MAX_ISSUES])

    def item_title(self, item: Issue) -> str:
        """Return 'Week 5' only: others may see a list of feeds."""
        return str(item)

    def item_description(self, item: Issue) -> str:
        """Return the headings of the issue, escaped: feed readers show a description as HTML."""
        return escape("; ".join(block.name for block in blocks_in(item.sections.all()) if block.name))

    def item_pubdate(self, item: Issue) -> datetime | None:
        """Return when the issue was published."""
        return item.publish_at

    item_updateddate = item_pubdate
