"""Voices: the anonymous writers of threads."""

from collections.abc import Collection

from django.db import models
from django.db.models import Exists, OuterRef, Q

from forums.models.threads import Post, Thread
from mscos.codes import digest


class VoiceQuerySet(models.QuerySet["Voice"]):
    """Queries of voices."""

    def by_code(self, code: str) -> "VoiceQuerySet":
        """Return the voice of a code (as `mscos.codes.parse_code` writes it), if any."""
        return self.filter(code_digest=digest(code)).select_related("thread__forum")

    def speaking_in(self, thread: Thread) -> "VoiceQuerySet":
        """Return the voices of a thread, and those of other threads whose posts were moved to it."""
        return self.filter(Q(thread=thread) | Exists(Post.objects.filter(thread=thread, voice=OuterRef("pk"))))

    def names_in(self, threads: Collection[int]) -> set[str]:
        """Return the names of all who speak in threads, given by key; by two queries, each of which has an index."""
        own, others = self.filter(thread__in=threads), self.filter(posts__thread__in=threads)
        return {*own.values_list("name", flat=True), *others.values_list("name", flat=True).distinct()}


class Voice(models.Model):
    """An anonymous writer in one thread, under a made-up name."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="voices")
    code_digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=40, editable=False)

    objects = VoiceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "name"], name="voice_name_once_in_a_thread")]

    def __str__(self) -> str:
        return self.name
