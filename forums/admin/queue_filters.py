"""The filters of the moderators' queue."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from forums.models import ModeratorNote, Post, Report, Thread


class StateFilter(admin.SimpleListFilter):
    """A filter by state that shows what waits unless told otherwise, without what may be advertising."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer every state but the default, and all."""
        others = [(value, label) for value, label in Post.State.choices if value != Post.State.WAITING]
        return [(Post.LIKELY_SPAM, "May be advertising"), *others, ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """Show the name of the default choice."""
        for choice in super().choices(changelist):
            if choice["query_string"] == changelist.get_query_string(remove=[self.parameter_name]):
                choice["display"] = Post.State.WAITING.label
            yield choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Return the posts in the state asked for."""
        if self.value() == "all":
            return queryset
        if self.value() in (None, Post.LIKELY_SPAM):
            apart = self.value() == Post.LIKELY_SPAM
            return queryset.filter(state=Post.State.WAITING, likely_spam=apart)
        return queryset.filter(state=self.value())


class KindFilter(admin.SimpleListFilter):
    """A filter for new threads or replies, which `Post.starts_thread` tells apart."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer both."""
        return [("thread", "New thread"), ("reply", "Reply")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Return the posts asked for."""
        starts = Q(number=1) | Q(thread__state=Thread.State.WAITING)
        match self.value():
            case "thread":
                return queryset.filter(starts)
            case "reply":
                return queryset.exclude(starts)
        return queryset


class ContentNoteFilter(admin.SimpleListFilter):
    """A filter for posts with or without a content note: nobody has to read every text at every hour."""

    title = "content note"
    parameter_name = "note"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer with and without."""
        return [("with", "With"), ("without", "Without")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Return the posts asked for."""
        if self.value() is None:
            return queryset
        return queryset.filter(content_note="") if self.value() == "without" else queryset.exclude(content_note="")


class LookFilter(admin.SimpleListFilter):
    """A filter for posts to look at for some reason."""

    title = "what to look at"
    parameter_name = "look"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the reasons."""
        return [
            ("urgent", "Urgent"),
            ("reported", "Reported"),
            ("answered", "The writer wrote"),
            ("points", "May point to someone"),
            ("me", "Passed to me"),
            ("anybody", "Waiting for anybody"),
        ]

    def choices(self, changelist: Any) -> Any:
        """Search all states for reported posts, which are published, and for posts whose writers wrote."""
        in_every_state = {words: value for value, words in self.lookup_choices if value in ("reported", "answered")}
        for choice in super().choices(changelist):
            if value := in_every_state.get(choice["display"]):
                choice["query_string"] = changelist.get_query_string(
                    {self.parameter_name: value, StateFilter.parameter_name: "all"}
                )
            yield choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Return the posts asked for."""
        wanted = {
            "urgent": Q(urgent=True),
            "reported": Q(pk__in=Report.objects.open().values("post")),
            "answered": Q(pk__in=ModeratorNote.objects.open().values("post")),
            "points": Q(may_identify=True),
            "me": Q(assigned_to=request.user.pk),
            "anybody": Q(state=Post.State.WAITING, assigned_to=None),
        }
        return queryset.filter(wanted[self.value() or ""]) if self.value() in wanted else queryset
