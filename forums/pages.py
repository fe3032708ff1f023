"""Pages of long lists, on which the last page costs the database hardly more than the first."""

from django.core.paginator import Page, Paginator

from forums.models import Post, Thread
from forums.models.threads import POSTS_A_PAGE, PostQuerySet, ThreadQuerySet

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
    """Pages of one thread's posts, by the posts' own numbers: a post is on the same page whatever became of others."""

    object_list: PostQuerySet

    def __init__(self, posts: PostQuerySet) -> None:
        super().__init__(posts, POSTS_A_PAGE)
        self.count = posts.highest_number()

    def page(self, number: int | str) -> Page[Post]:
        """Return a page; raises InvalidPage where there is none of that number."""
        number = self.validate_number(number)
        last = number * self.per_page
        posts = self.object_list.in_order().filter(number__gt=last - self.per_page, number__lte=last)
        return Page(posts, number, self)


class QueuePages(Paginator):
    """Pages of the moderators' queue: on the way to a late one keys alone are passed over, no rows and none of their joins."""

    object_list: PostQuerySet

    def page(self, number: int | str) -> Page[Post]:
        """Return a page; raises InvalidPage where there is none of that number."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        keys = self.object_list.values("pk")[first : first + self.per_page]
        rows = Post.objects.for_moderators().filter(pk__in=keys).order_by(*self.object_list.query.order_by)
        return Page(rows, number, self)
