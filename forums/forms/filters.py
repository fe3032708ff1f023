"""Filters of a forum's list of threads."""

from collections.abc import Iterable

from django import forms
from django.db.models import Count, Exists, OuterRef, Q
from django.http import QueryDict
from taggit.models import Tag

from forums.models import Consultation, Forum, TaggedThread, Thread
from forums.models.threads import ThreadQuerySet
from mscos.filters import FilterForm
from mscos.sensitive_words import sensitive_words_in


class ThreadFilterForm(FilterForm):
    """Filters and order of a forum's threads: `?type=b&tag=deposits&replies=none&order=new`."""

    type = forms.ChoiceField(required=False, label="Type of provision")
    tag = forms.ChoiceField(required=False)
    replies = forms.ChoiceField(choices=[("", "All"), ("none", "No replies yet")], required=False, label="Replies")
    order = forms.ChoiceField(
        choices=[("", "Latest reply"), ("new", "Newest thread")], required=False, label="Order by"
    )

    def __init__(self, data: QueryDict, *, forum: Forum, consultations: Iterable[Consultation]) -> None:
        """Take the forum and its published consultations, the newest first, with their topics prefetched."""
        self.topics = [topic for consultation in consultations for topic in consultation.topics.all()]
        self.forum = forum
        super().__init__(data)
        for name in ("type", "tag"):
            if len(self.fields[name].choices) == 1:  # type: ignore[attr-defined]
                del self.fields[name]

    def full_clean(self) -> None:
        """Set the choices by this forum's topics and tags, once; then clean."""
        if not self.fields["type"].choices:  # type: ignore[attr-defined]
            types: dict[str, str] = {}
            for topic in self.topics:
                types.setdefault(topic.code, topic.title)
            self._set_choices("type", "All types", types.items())
            visible = {"content_object__forum": self.forum, "content_object__state__in": Thread.VISIBLE}
            in_use = Tag.objects.filter(Exists(TaggedThread.objects.filter(tag=OuterRef("pk"), **visible)))
            tags = in_use.order_by("name").values_list("slug", "name")
            self._set_choices("tag", "All tags", [(slug, name) for slug, name in tags if not sensitive_words_in(slug)])
        super().full_clean()

    def count(self, threads: ThreadQuerySet) -> tuple[int, int]:
        """Return how many of `threads` match, and how many there are."""
        counts = threads.aggregate(matching=Count("pk", filter=self._condition()), all=Count("pk"))
        return counts["matching"], counts["all"]

    def filter(self, threads: ThreadQuerySet) -> ThreadQuerySet:
        """Return the matching `threads` in the chosen order, pinned ones first."""
        matching = threads.filter(self._condition())
        return matching.order_by("-pinned", "-opened_on", "code") if self.cleaned_data.get("order") else matching

    def _condition(self) -> Q:
        chosen, condition = self.cleaned_data, Q()
        if code := chosen.get("type"):
            condition &= Q(topic__in=[topic.pk for topic in self.topics if topic.code == code])
        if slug := chosen.get("tag"):
            condition &= Q(pk__in=TaggedThread.objects.filter(tag__slug=slug).values("content_object"))
        if chosen.get("replies"):
            condition &= Q(reply_count=0)
        return condition

    def _set_choices(self, name: str, all_label: str, choices: Iterable[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", all_label), *choices]  # type: ignore[attr-defined]
