"""The feed of issues."""

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from newsletters.models import Issue, Section
from newsletters.parts import parts_in

ISSUES = 20


class IssueFeed(Feed):
    """The latest issues: a quiet title, the day, and the headings. Its addresses never come from the request."""

    feed_type = Atom1Feed
    title = settings.SITE_NAME
    author_name = settings.SITE_NAME
    subtitle = "One email a week, on the web too."

    def link(self) -> str:
        """Return the address of the archive."""
        return _on_site(reverse("newsletters:issue_list"))

    def feed_url(self) -> str:
        """Return the address of the feed itself."""
        return _on_site(reverse("newsletters:issue_feed"))

    def items(self) -> list[Issue]:
        """Return the latest issues with all that they show."""
        sections = Prefetch("sections", Section.objects.with_what_they_show())
        return list(Issue.objects.in_archive().prefetch_related(sections)[:ISSUES])

    def item_title(self, item: Issue) -> str:
        """Return 'Week 5': a feed stands in lists that others may see."""
        return str(item)

    def item_link(self, item: Issue) -> str:
        """Return the address of the issue's page."""
        return _on_site(item.get_absolute_url())

    def item_description(self, item: Issue) -> str:
        """Return the headings of the issue; feeds take this for HTML."""
        return escape("; ".join(part.name for part in parts_in(item.sections.all()) if part.name))

    def item_pubdate(self, item: Issue) -> datetime | None:
        """Return when the issue was published."""
        return item.publish_at

    item_updateddate = item_pubdate


def _on_site(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
