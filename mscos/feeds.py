"""The base of all feeds: Atom, the site's neutral name, and URLs on SITE_URL, never from the request."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Model
from django.utils.feedgenerator import Atom1Feed


class SiteFeed(Feed):
    """A feed of pages on this site. A subclass has the methods `page` and `itself`, which return paths."""

    feed_type = Atom1Feed
    title = settings.SITE_NAME
    author_name = settings.SITE_NAME

    def page(self) -> str:
        """Return the path of the page whose items the feed lists."""
        raise NotImplementedError

    def itself(self) -> str:
        """Return the path of the feed."""
        raise NotImplementedError

    def link(self) -> str:
        """Return the URL of the page whose items the feed lists."""
        return on_site(self.page())

    def feed_url(self) -> str:
        """Return the URL of the feed."""
        return on_site(self.itself())

    def item_link(self, item: Model) -> str:
        """Return the URL of an item's page."""
        return on_site(item.get_absolute_url())  # type: ignore[attr-defined]  # every item has one


def on_site(path: str) -> str:
    """Return the absolute URL of a path on this site."""
    return f"{settings.SITE_URL}{path}"
