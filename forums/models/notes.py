"""Notes: messages between moderators and the writer of a post."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from forums.models.threads import Post
from forums.models.voices import Voice


class NoteQuerySet(models.QuerySet["ModeratorNote"]):
    """Queries of notes."""

    def open(self) -> "NoteQuerySet":
        """Return writers' notes that no moderator has read yet."""
        return self.filter(unread=True)

    def about(self, post: Post) -> "NoteQuerySet":
        """Return the notes on a post and on its refused versions."""
        keys, earlier = [post.pk], post.replaces_id
        while earlier:
            keys.append(earlier)
            earlier = Post.objects.values_list("replaces_id", flat=True).get(pk=earlier)
        return self.filter(post__in=keys)


class ModeratorNote(models.Model):
    """A message between the moderators and a writer, who reads it with the code or, if named, in the account."""

    voice = models.ForeignKey(Voice, models.CASCADE, null=True, related_name="notes")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="notes")
    by_writer = models.BooleanField(default=False, editable=False)
    unread = models.BooleanField("waits for a moderator to read it", default=False, editable=False)
    body = models.TextField()
    day = models.DateField(default=timezone.localdate, editable=False)
    form_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001  unique where given

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["post"], condition=Q(unread=True), name="note_unread")]
        constraints = [
            models.CheckConstraint(condition=Q(unread=False) | Q(by_writer=True), name="note_unread_is_a_writers"),
            models.CheckConstraint(condition=Q(voice__isnull=False) | Q(post__isnull=False), name="note_has_a_reader"),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"
