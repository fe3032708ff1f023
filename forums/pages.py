"""Pages of long lists, on which the last page costs the database hardly more than the first."""

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from forums.forms import is_number
from forums.models import MovedPost, Post, Thread
from forums.models.threads import POSTS_A_PAGE, PostQuerySet, ThreadQuerySet
from mscos.pagination import page_of

THREADS_A_PAGE = 20


class ThreadPages(Paginator):
    """Pages of threads in any order, with all that their rows show."""

    object_list: ThreadQuerySet

    def __init__(self, threads: ThreadQuerySet, *, count: int) -> None:
        """Take the list, and how many it holds: whoever filtered it has counted already."""
        super().__init__(threads, THREADS_A_PAGE)
        self.count = count

    def page(self, number: int | str) -> Page[Thread]:
        """Return a page; raises InvalidPage where there is none of that number."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        rows = self.object_list.stretch(first, min(first + self.per_page, self.count), of=self.count)
        return Page(rows, number, self)


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
    return thread.numbered(int(typed)) if is_number(typed) else None
