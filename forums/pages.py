"""Pages of long lists, on which the last page costs the database hardly more than the first."""

from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Min, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from forums.models import CallRequest, ModeratorNote, MovedPost, Post, Report, Thread
from forums.models.threads import POSTS_A_PAGE, PostQuerySet, ThreadQuerySet
from forums.validators import is_post_number
from mscos.pagination import page_of

THREADS_A_PAGE = 20


class LongPages(Paginator):
    """Pages of a list of any length. On the way to a page keys alone are passed over, no rows and none of their joins.

    They are counted from whichever end is nearer: with an index of the list's order, the middle of a long list costs half
    of what counting it costs, its last page as little as its first.
    """

    object_list: QuerySet[Any]

    def rows(self) -> QuerySet[Any]:
        """Return all rows, of whatever list, with what a page shows of them."""
        raise NotImplementedError

    def page(self, number: int | str) -> Page[Any]:
        """Return a page; raises InvalidPage where there is none of that number."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        keys = self.object_list.values("pk")
        far = first > self.count // 2
        keys = keys.reverse()[self.count - last : self.count - first] if far else keys[first:last]
        rows, order = self.rows().filter(pk__in=keys), self.object_list.query.order_by
        return Page(rows.order_by(*order) if order else rows, number, self)


class ThreadPages(LongPages):
    """Pages of threads in any order, with all that their rows show to readers."""

    def __init__(self, threads: ThreadQuerySet, *, count: int) -> None:
        """Take the list, and how many it holds: whoever filtered it has counted already."""
        super().__init__(threads, THREADS_A_PAGE)
        self.count = count

    def rows(self) -> ThreadQuerySet:
        """Return the threads that everybody may read."""
        return Thread.objects.visible().for_rows()


class AllThreadPages(LongPages):
    """Pages of the moderators' list of threads."""

    def rows(self) -> ThreadQuerySet:
        """Return the threads, those that nobody may read among them."""
        return Thread.objects.select_related("forum")


class OwnPostPages(LongPages):
    """Pages of the posts that somebody wrote under their own name."""

    def rows(self) -> PostQuerySet:
        """Return the posts with what the list tells of each: nobody counts the replies to it."""
        return Post.objects.select_related("thread__forum").prefetch_related("notes")


class PostPages(Paginator):
    """Pages of one thread's posts, by the posts' own numbers: a post is on the same page whatever became of others.

    What was moved to another thread stands in its old place, as a `MovedPost`. Each row knows its thread's address.
    """

    object_list: PostQuerySet

    def __init__(self, thread: Thread) -> None:
        super().__init__(thread.posts.all(), POSTS_A_PAGE)
        self.thread = thread
        self.count = thread.highest_number()

    def page(self, number: int | str) -> Page[Post | MovedPost]:
        """Return a page; raises InvalidPage where there is none of that number."""
        number = self.validate_number(number)
        last = number * self.per_page
        here = {"number__gt": last - self.per_page, "number__lte": last}
        posts, moved = self.object_list.in_order().filter(**here), self.thread.moved.in_order().filter(**here)
        rows: list[Post | MovedPost] = [*posts, *moved]
        rows.sort(key=lambda row: row.number or 0)
        for row in rows:  # spare the queries
            row.thread = self.thread
        return Page(rows, number, self)


class Seen(NamedTuple):
    """How many there are of something, and the day of the oldest."""

    many: int
    oldest: date | None


class QueuePages(LongPages):
    """Pages of the moderators' queue, and what stands over them."""

    def rows(self) -> PostQuerySet:
        """Return the posts with all that the queue shows."""
        return Post.objects.for_moderators()

    @cached_property
    def count(self) -> int:
        """How many posts the list has."""
        return self._seen["found"].many

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many posts there are in each state, whatever the list is narrowed to."""
        return [(label, self._seen[state].many) for state, label in Post.State.choices if state in self._seen]

    @property
    def likely_spam(self) -> int:
        """How many posts wait apart because they may be advertising."""
        return self._seen[Post.LIKELY_SPAM].many if Post.LIKELY_SPAM in self._seen else 0

    @property
    def oldest(self) -> date | None:
        """The day of the post that has waited longest."""
        return self._seen[Post.State.WAITING].oldest if Post.State.WAITING in self._seen else None

    @property
    def reported(self) -> int:
        """How many posts have a report that nobody has dealt with."""
        return self._seen["reported"].many

    @property
    def answered(self) -> int:
        """About how many posts their writers wrote what no moderator has read."""
        return self._seen["answered"].many

    @property
    def calls_wait(self) -> bool:
        """Whether requests for a call wait. Since yesterday: the moment at which one comes is nobody's to see."""
        return self._seen["calls"].many > 0

    @cached_property
    def _seen(self) -> dict[str, Seen]:
        """All of it, asked for in one statement."""
        posts = {"many": Count("pk"), "oldest": Min("day")}
        found = self.object_list.order_by().values_list(Value("found")).annotate(**posts)
        part = Case(When(likely_spam=True, then=Value(Post.LIKELY_SPAM)), default=F("state"))
        states = Post.objects.order_by().values_list(part).annotate(**posts)
        open_ones = Report.objects.open().order_by().values_list(Value("reported"))
        reports = open_ones.annotate(many=Count("post", distinct=True), oldest=Min("day"))
        messages = ModeratorNote.objects.open().order_by().values_list(Value("answered"))
        messages = messages.annotate(many=Count("post", distinct=True), oldest=Min("day"))
        waiting = CallRequest.objects.waiting().filter(asked_on__lt=timezone.localdate()).order_by()
        calls = waiting.values_list(Value("calls")).annotate(many=Count("pk"), oldest=Min("asked_on"))
        rows = states.union(found, reports, messages, calls, all=True)
        return {name: Seen(many, oldest) for name, many, oldest in rows}


def address_now(request: HttpRequest, thread: Thread) -> str:
    """Return where a request for a `findable` thread under another address than its own is sent, with what it asks for.

    Where the thread is gone, that is the first post that was moved away from the page asked for. It brings a fragment: a
    browser would keep the one of the old address, and show another post by it.
    """
    if thread.is_visible:
        return f"{thread.get_absolute_url()}?{request.GET.urlencode()}".removesuffix("?")
    first = page_of(request, PostPages(thread)).start_index()
    moved = thread.moved.to_be_read()
    move = moved.filter(number__gte=first).first() or moved.first()
    found = move.post if move else thread.merged_into
    return found.get_absolute_url() if found else ""


def numbered(thread: Thread, typed: str) -> Post | None:
    """Return the post that somebody means by a number of a thread, wherever it is now; None for what is none."""
    return thread.numbered(int(typed)) if is_post_number(typed) else None
