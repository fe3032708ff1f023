"""The anonymous voices in threads."""

from collections.abc import Collection

from django.db import models
from django.db.models import Exists, OuterRef, Q

from forums.models.threads import Post, Thread
from mscos.codes import digest


class VoiceQuerySet(models.QuerySet["Voice"]):
    """Reads of voices."""

    def by_code(self, code: str) -> "VoiceQuerySet":
        """Return the one voice, or none, that `code` (as `mscos.codes.parse_code` writes it) belongs to."""
        return self.filter(code_digest=digest(code)).select_related("thread__forum")

    def speaking_in(self, thread: Thread) -> "VoiceQuerySet":
        """Return the voices of a thread, and those of other threads with posts that were moved to it."""
        return self.filter(Q(thread=thread) | Exists(Post.objects.filter(thread=thread, voice=OuterRef("pk"))))

    def names_in(self, threads: Collection[int]) -> set[str]:
        """Return the names of all who speak in threads, given by key; in two steps, each of which has an index."""
        homes, guests = self.filter(thread__in=threads), self.filter(posts__thread__in=threads)
        return {*homes.values_list("name", flat=True), *guests.values_list("name", flat=True).distinct()}


class Voice(models.Model):
    """One anonymous author, at home in one thread."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="voices")
    code_digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=40, editable=False)

    objects = VoiceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "name"], name="voice_name_once_in_a_thread")]

    def __str__(self) -> str:
        return self.name
