"""Paginators of long lists, whose last page costs the database hardly more than the first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Min, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from forums.models import CallRequest, ModeratorNote, MovedPost, Post, Report, Thread
from forums.models.threads import POSTS_PER_PAGE, PostQuerySet, ThreadQuerySet
from forums.validators import is_post_number
from mscos.pagination import page_of

THREADS_PER_PAGE = 20


class LongPages(Paginator):
    """Paginator of a list of any length. OFFSET passes over keys only: it reads no rows and none of their joins.

    Keys are passed over from the nearer end: with an index in the list's order, a page in the middle costs half as much
    as counting the list, the last page as little as the first.
    """

    object_list: QuerySet[Any]

    def rows(self) -> QuerySet[Any]:
        """Return all rows of the model, with what a page shows of them."""
        raise NotImplementedError

    def page(self, number: int | str) -> Page[Any]:
        """Return a page; raises InvalidPage where there is none of that number."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        keys = self.object_list.values("pk")
        from_end = first > self.count // 2
        keys = keys.reverse()[self.count - last : self.count - first] if from_end else keys[first:last]
        rows, order = self.rows().filter(pk__in=keys), self.object_list.query.order_by
        return Page(rows.order_by(*order) if order else rows, number, self)


class ThreadPages(LongPages):
    """Paginator of threads in any order, with all that their rows show to readers."""

    def __init__(self, threads: ThreadQuerySet, *, count: int) -> None:
        """Take the list and its length: the filter has counted it already."""
        super().__init__(threads, THREADS_PER_PAGE)
        self.count = count

    def rows(self) -> ThreadQuerySet:
        """Return the threads that everybody may read."""
        return Thread.objects.visible().for_rows()


class AllThreadPages(LongPages):
    """Paginator of the moderators' list of threads."""

    def rows(self) -> ThreadQuerySet:
        """Return all threads, also those that nobody may read."""
        return Thread.objects.select_related("forum")


class OwnPostPages(LongPages):
    """Paginator of the posts that a member wrote under their own name."""

    def rows(self) -> PostQuerySet:
        """Return the posts with what the list shows of each, without a count of replies."""
        return Post.objects.select_related("thread__forum").prefetch_related("notes")


class PostPages(Paginator):
    """Paginator of a thread's posts by their own numbers: a post stays on its page whatever happens to others.

    In place of a post that was moved to another thread stands a `MovedPost`.
    """

    object_list: PostQuerySet

    def __init__(self, thread: Thread) -> None:
        super().__init__(thread.posts.all(), POSTS_PER_PAGE)
        self.thread = thread
        self.count = thread.highest_number()

    def page(self, number: int | str) -> Page[Post | MovedPost]:
        """Return a page; raises InvalidPage where there is none of that number."""
        number = self.validate_number(number)
        last = number * self.per_page
        on_page = {"number__gt": last - self.per_page, "number__lte": last}
        posts, moved = self.object_list.in_order().filter(**on_page), self.thread.moved.in_order().filter(**on_page)
        rows: list[Post | MovedPost] = [*posts, *moved]
        rows.sort(key=lambda row: row.number or 0)
        for row in rows:  # for the address of each, without a query
            row.thread = self.thread
        return Page(rows, number, self)


@dataclass(frozen=True)
class Tally:
    """The count of something, and the day of the oldest."""

    count: int
    oldest: date | None


class QueuePages(LongPages):
    """Paginator of the moderators' queue, and the counts above it."""

    def rows(self) -> PostQuerySet:
        """Return the posts with all that the queue shows."""
        return Post.objects.for_moderators()

    @cached_property
    def count(self) -> int:
        """How many posts the list has."""
        return self._tallies["found"].count

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many posts there are in each state, whatever the filters."""
        return [(label, self._tallies[state].count) for state, label in Post.State.choices if state in self._tallies]

    @property
    def likely_spam(self) -> int:
        """How many posts wait separately because they may be advertising."""
        return self._tallies[Post.LIKELY_SPAM].count if Post.LIKELY_SPAM in self._tallies else 0

    @property
    def oldest(self) -> date | None:
        """The day of the post that has waited longest."""
        return self._tallies[Post.State.WAITING].oldest if Post.State.WAITING in self._tallies else None

    @property
    def reported(self) -> int:
        """How many posts have an open report."""
        return self._tallies["reported"].count

    @property
    def answered(self) -> int:
        """On how many posts there is a message from the writer that no moderator has read."""
        return self._tallies["answered"].count

    @property
    def calls_wait(self) -> bool:
        """Whether call requests wait since yesterday or longer: nobody shall see the moment at which one arrives."""
        return self._tallies["calls"].count > 0

    @cached_property
    def _tallies(self) -> dict[str, Tally]:
        """All counts, by one query."""
        posts = {"count": Count("pk"), "oldest": Min("day")}
        found = self.object_list.order_by().values_list(Value("found")).annotate(**posts)
        part = Case(When(likely_spam=True, then=Value(Post.LIKELY_SPAM)), default=F("state"))
        states = Post.objects.order_by().values_list(part).annotate(**posts)
        open_ones = Report.objects.open().order_by().values_list(Value("reported"))
        reports = open_ones.annotate(count=Count("post", distinct=True), oldest=Min("day"))
        messages = ModeratorNote.objects.open().order_by().values_list(Value("answered"))
        messages = messages.annotate(count=Count("post", distinct=True), oldest=Min("day"))
        waiting = CallRequest.objects.waiting().filter(asked_on__lt=timezone.localdate()).order_by()
        calls = waiting.values_list(Value("calls")).annotate(count=Count("pk"), oldest=Min("asked_on"))
        rows = states.union(found, reports, messages, calls, all=True)
        return {name: Tally(count, oldest) for name, count, oldest in rows}


def current_address(request: HttpRequest, thread: Thread) -> str:
    """Return where to redirect a request for a `findable` thread that has another address now, with its query string.

    For a thread that is gone, that is the first post moved away from the requested page, with a fragment: the browser
    would otherwise keep the old one, and show another post.
    """
    if thread.is_visible:
        return f"{thread.get_absolute_url()}?{request.GET.urlencode()}".removesuffix("?")
    first = page_of(request, PostPages(thread)).start_index()
    moved = thread.moved.readable()
    move = moved.filter(number__gte=first).first() or moved.first()
    target = move.post if move else thread.merged_into
    return target.get_absolute_url() if target else ""


def numbered_post(thread: Thread, typed: str) -> Post | None:
    """Return the post with a typed number of a thread, wherever it is now; None where there is none."""
    return thread.numbered_post(int(typed)) if is_post_number(typed) else None
