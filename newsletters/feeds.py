"""The feed of issues."""

from django.contrib.syndication.views import Feed


class IssueFeed(Feed):
    """The latest issues."""
