"""Atom feeds of a forum, a thread and a consultation: published posts under titles that reveal nothing.

Feed readers show titles unasked and keep what they have read. So a title is a code or a number, a text behind a content
note stays on our page, and there is no time of day. A post that is taken down leaves the feed at once.
"""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.xmlutils import SimplerXMLGenerator

from forums.models import Consultation, Forum, Post, Thread
from forums.models.threads import PostQuerySet, ThreadQuerySet
from mscos.feeds import on_site
from mscos.sensitive_words import sensitive_words_in

MAX_ENTRIES = 30
# Characters not allowed in XML 1.0 (https://www.w3.org/TR/xml/#charsets): one of them would break the whole feed.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class DayFeed(Atom1Feed):
    """An Atom feed (RFC 4287) whose timestamps are days, at midnight UTC."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Write an entry, with U+FFFD for characters not allowed in XML."""
        texts = {name: _as_xml(item[name]) for name in ("title", "description", "author_name")}
        super().add_item_elements(handler, {**item, **texts})

    def latest_post_date(self) -> datetime:
        """Return the newest entry's day; today for an empty feed, since Atom requires one."""
        return max((item["updateddate"] for item in self.items), default=_midnight(timezone.localdate()))


class PostFeed(Feed):
    """A feed of posts, the newest first. Subclasses define `get_object` and `items`."""

    feed_type = DayFeed
    author_name = settings.SITE_NAME

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Remove Last-Modified, which tells a time of day, and keep search engines out, as threads do."""
        response = super().__call__(request, *args, **kwargs)
        del response.headers["Last-Modified"]
        response.headers["X-Robots-Tag"] = "noindex, noarchive"
        return response

    def link(self, about: Any) -> str:
        """Return the address of the page that the feed follows."""
        return on_site(about.get_absolute_url())

    def feed_url(self, about: Any) -> str:
        """Return the address of the feed itself."""
        return f"{self.link(about)}feed/"

    def item_title(self, item: Post) -> str:
        """Return the code of the thread: 'Thread 47hvcf3h'."""
        return f"Thread {item.thread.code}"

    def item_description(self, item: Post) -> str:
        """Return as HTML the post, or only its content note; before a first post the title of its thread."""
        title = format_html("<p><strong>{}</strong></p>\n", item.thread.title) if item.number == 1 else ""
        if item.content_note:
            note = "<p>Content note: {}. Open the page to read this post.</p>"
            return format_html("{}" + note, title, item.content_note)
        return format_html("{}{}", title, item.body_html)

    def item_author_name(self, item: Post) -> str:
        """Return the made-up name of a voice, or a member's own."""
        return item.writer

    def item_link(self, item: Post) -> str:
        """Return the address of the post in its thread."""
        return on_site(item.get_absolute_url())

    def item_guid(self, item: Post) -> str:
        """Return an id that is the same in every feed, and after its thread is moved to another forum."""
        return on_site(f"{reverse('forums:forum_list')}#{item.thread.code}-{item.number}")

    def item_updateddate(self, item: Post) -> datetime:
        """Return the day of publication."""
        return _midnight(item.day)


class ForumFeed(PostFeed):
    """The newest threads of a forum."""

    subtitle = "New threads, with their day."

    def get_object(self, request: HttpRequest, slug: str) -> Forum:
        """Return the forum."""
        return get_object_or_404(Forum, slug=slug)

    def title(self, about: Forum) -> str:
        """Return the forum's title, or the site's name where the title has sensitive words."""
        return settings.SITE_NAME if sensitive_words_in(about.title) else _as_xml(about.title)

    def items(self, about: Forum) -> PostQuerySet:
        """Return the posts that started the threads."""
        return _openings(about.threads.visible())


class ConsultationFeed(PostFeed):
    """The newest views that answer a consultation."""

    title = "Call for views"
    subtitle = "New views, with their day."

    def get_object(self, request: HttpRequest, code: str) -> Consultation:
        """Return the consultation, closed ones included."""
        return get_object_or_404(Consultation.objects.published(), code=code)

    def items(self, about: Consultation) -> PostQuerySet:
        """Return the posts that started the threads."""
        return _openings(Thread.objects.visible().filter(topic__consultation=about))


class ThreadFeed(PostFeed):
    """The newest posts of a thread."""

    subtitle = "New posts, with their day."

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect from a thread that was moved or merged to its feed of today."""
        named = Thread.objects.filter(code=kwargs["code"])
        current = Q(pk__in=named.values("pk")) | Q(pk__in=named.exclude(merged_into=None).values("merged_into"))
        thread = get_object_or_404(Thread.objects.visible(), current)
        if (thread.forum.slug, thread.code) != (kwargs["slug"], kwargs["code"]):
            return redirect("forums:thread_feed", thread.forum.slug, thread.code)
        return super().__call__(request, *args, thread=thread, **kwargs)

    def get_object(self, request: HttpRequest, thread: Thread, **kwargs: str) -> Thread:
        """Return the thread."""
        return thread

    def title(self, about: Thread) -> str:
        """Return the code of the thread: 'Thread 47hvcf3h'."""
        return f"Thread {about.code}"

    def items(self, about: Thread) -> PostQuerySet:
        """Return the last posts, the last one first."""
        return _with_writers(about.posts.shown().order_by("-number")[:MAX_ENTRIES])

    def item_title(self, item: Post) -> str:
        """Return the post's number and who wrote it: '#3 by Cedar'."""
        return f"#{item.number} by {item.writer}"


def _openings(threads: ThreadQuerySet) -> PostQuerySet:
    """Return the first posts of the newest threads, without threads whose first post was taken down."""
    newest = threads.exclude(title="").order_by("-opened_on", "code")[:MAX_ENTRIES]
    posts = Post.objects.shown().filter(number=1, thread__in=newest.values("pk"))
    return _with_writers(posts.order_by("-thread__opened_on", "thread__code"))


def _with_writers(posts: PostQuerySet) -> PostQuerySet:
    return posts.select_related("thread__forum", "voice", "author")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _as_xml(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)
