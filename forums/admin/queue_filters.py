"""By what moderators narrow their queue."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from forums.models import Post, Report


class StateFilter(admin.SimpleListFilter):
    """The queue shows what waits, but for what may be advertising, unless another part of it is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer every state but the one that is shown without asking, and all."""
        others = [(value, label) for value, label in Post.State.choices if value != Post.State.WAITING]
        return [(Post.LIKELY_SPAM, "May be advertising"), *others, ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """Call the choice that is there without asking by its name."""
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


class ContentNoteFilter(admin.SimpleListFilter):
    """Posts with or without a content note: not every hour is one for every text."""

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
    """Posts that want somebody's eyes for a reason, or anybody's."""

    title = "what to look at"
    parameter_name = "look"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer what is urgent, reported, passed to whoever asks, and what nobody was asked about."""
        return [
            ("urgent", "Urgent"),
            ("reported", "Reported"),
            ("me", "Passed to me"),
            ("anybody", "Waiting for anybody"),
        ]

    def choices(self, changelist: Any) -> Any:
        """Look for reports in every state: what readers report is published."""
        for choice in super().choices(changelist):
            if choice["display"] == "Reported":
                choice["query_string"] = changelist.get_query_string(
                    {self.parameter_name: "reported", StateFilter.parameter_name: "all"}
                )
            yield choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Return the posts asked for."""
        match self.value():
            case "urgent":
                return queryset.filter(urgent=True)
            case "reported":
                return queryset.filter(pk__in=Report.objects.open().values("post"))
            case "me":
                return queryset.filter(assigned_to=request.user.pk)
            case "anybody":
                return queryset.filter(state=Post.State.WAITING, assigned_to=None)
        return queryset
