"""What all feeds have in common: Atom, the site's quiet name, and addresses that never come from the request."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Model
from django.utils.feedgenerator import Atom1Feed


class SiteFeed(Feed):
    """A feed of pages on this site. A subclass names `page` and `itself`, two paths, by methods of no argument."""

    feed_type = Atom1Feed
    title = settings.SITE_NAME
    author_name = settings.SITE_NAME

    def page(self) -> str:
        """Return the path of the page that the feed follows."""
        raise NotImplementedError

    def itself(self) -> str:
        """Return the path of the feed."""
        raise NotImplementedError

    def link(self) -> str:
        """Return the address of the page that the feed follows."""
        return on_site(self.page())

    def feed_url(self) -> str:
        """Return the address of the feed itself."""
        return on_site(self.itself())

    def item_link(self, item: Model) -> str:
        """Return the address of an item's own page."""
        return on_site(item.get_absolute_url())  # type: ignore[attr-defined]  # each of our items has one


def on_site(path: str) -> str:
    """Return the whole address of a path on this site."""
    return f"{settings.SITE_URL}{path}"
