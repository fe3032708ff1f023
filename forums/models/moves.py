"""The record of posts that moderators moved to another thread."""

from django.db import models
from django.db.models import Q

from forums.models.threads import Post, Thread


class MovedPostQuerySet(models.QuerySet["MovedPost"]):
    """Queries of moved posts."""

    def in_order(self) -> "MovedPostQuerySet":
        """Return those whose post has a number now, by their old number, with all that their line shows."""
        return self.filter(post__number__isnull=False).select_related("post__thread__forum").order_by("number")

    def readable(self) -> "MovedPostQuerySet":
        """Return those whose post stands in a visible thread."""
        return self.in_order().filter(post__thread__state__in=Thread.VISIBLE)


class MovedPost(models.Model):
    """A number of a thread whose post was moved to another. It is never given to another post: links contain it."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="moved")
    number = models.PositiveIntegerField()
    post = models.ForeignKey(Post, models.CASCADE, related_name="moves")

    objects = MovedPostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="moved_post_number_once_in_a_thread"),
            models.CheckConstraint(condition=Q(number__gt=0), name="moved_post_had_a_number"),
        ]

    def __str__(self) -> str:
        return f"number {self.number} of thread {self.thread.code}"

    @property
    def is_back(self) -> bool:
        """Whether its post stands in the same thread again, under another number."""
        return self.post.thread_id == self.thread_id
