"""The moderators' queue.

Nothing here shows who an anonymous writer is, because nothing of it is stored. The admin's own log names a kind, a
number and a thread's code, never a text.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from forums import moderation
from forums.differences import differences
from forums.forms import DecisionForm
from forums.models import CallRequest, Post
from mscos.text import REDACTED, plain_text

QUEUE_EXCERPT = 160  # characters


class StateFilter(admin.SimpleListFilter):
    """The queue shows what waits, unless another state is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer every state but the one that is shown without asking, and all."""
        return [*((value, label) for value, label in Post.State.choices if value != Post.State.WAITING), ("all", "All")]

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
        return queryset.filter(state=self.value() or Post.State.WAITING)


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


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    """The queue, oldest first, and the page on which one post is decided."""

    list_display = ("beginning", "waiting_since", "kind", "thread_title", "forum", "state")
    list_filter = (StateFilter, "thread__forum", ContentNoteFilter)
    list_per_page = 50
    ordering = ("day", "pk")
    actions = None
    change_list_template = "admin/forums/post/queue.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        """Return the posts with what the list shows of their threads."""
        return Post.objects.for_moderators()

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow the filters of this page only."""
        return lookup in {"state", "note", "thread__forum__id__exact"}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: posts are written on the site."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        """Return False: a post is refused or taken down, for a reason that its writer can read."""
        return False

    @admin.display(description="Post")
    def beginning(self, post: Post) -> str:
        """Return the first words, or the content note in their place."""
        if post.content_note:
            return f"Content note: {post.content_note}"
        return plain_text(post.body, QUEUE_EXCERPT) or "(no words left)"

    @admin.display(description="Kind")
    def kind(self, post: Post) -> str:
        """Tell a new thread from a reply."""
        return "New thread" if post.starts_thread else "Reply"

    @admin.display(description="Thread")
    def thread_title(self, post: Post) -> str:
        """Return the thread's title."""
        return post.thread.shown_title

    @admin.display(description="Forum", ordering="thread__forum")
    def forum(self, post: Post) -> str:
        """Return the forum's title."""
        return post.thread.forum.title

    @admin.display(description="Since", ordering="day")
    def waiting_since(self, post: Post) -> str:
        """Return the age in days."""
        days = (timezone.localdate() - post.day).days
        return "today" if days < 1 else f"{days} day{'' if days == 1 else 's'}"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue under its counts by state."""
        labels = dict(Post.State.choices)
        rows = Post.objects.order_by().values_list("state").annotate(Count("pk"))
        context = {
            "title": "Posts to check",
            "calls_waiting": CallRequest.objects.waiting().count(),
            "counts": [(labels[state], count) for state, count in sorted(rows)],
            "oldest": Post.objects.order_by().filter(state=Post.State.WAITING).aggregate(day=Min("day"))["day"],
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @method_decorator(sensitive_post_parameters())
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one post in its thread and take the decision about it."""
        post = self.get_object(request, object_id)
        if post is None:
            raise Http404
        if not self.has_change_permission(request, post):
            raise PermissionDenied
        form = DecisionForm(request.POST if request.method == "POST" else None, post=post)
        if form.is_valid():
            if self._asks_first(form):
                return self._confirm(request, post, form)
            return self._decide(request, post, form)
        changing = form.data.get("decision") == DecisionForm.CHANGE
        context = {
            "form": form,
            # Each decision has a form of its own on the page: what was typed into one stays out of the others.
            "change_form": form if changing else DecisionForm(post=post),
            "refuse_form": DecisionForm(post=post) if changing else form,
            "thread_posts": _thread_posts(post),
        }
        return self._page(request, "review", post, context)

    def _asks_first(self, form: DecisionForm) -> bool:
        destroys = form.cleaned_data["decision"] in (DecisionForm.CHANGE, DecisionForm.REMOVE)
        return destroys and not form.cleaned_data["sure"]

    def _confirm(self, request: HttpRequest, post: Post, form: DecisionForm) -> HttpResponse:
        fields = form.cleaned_data
        context: dict[str, Any] = {"form": form}
        if fields["decision"] == DecisionForm.CHANGE:
            context["changes"] = [
                (label, differences(form.initial[name], fields[name]))
                for name, label in (("title", "Title"), ("body", "Post"), ("content_note", "Content note"))
                if name in fields and form.initial[name] != fields[name]
            ]
        return self._page(request, "confirm", post, context)

    def _decide(self, request: HttpRequest, post: Post, form: DecisionForm) -> HttpResponse:
        try:
            done = decide(post=post, by=request.user, fields=form.cleaned_data)
        except moderation.AlreadyHandled as error:
            self.message_user(request, str(error), messages.WARNING)
            return redirect("admin:forums_post_change", post.pk)
        self.log_change(request, post, done)
        self.message_user(request, done, messages.SUCCESS)
        return redirect("admin:forums_post_changelist")

    def _page(self, request: HttpRequest, name: str, post: Post, context: dict[str, Any]) -> HttpResponse:
        context |= {
            **self.admin_site.each_context(request),
            "title": "Check a post",
            "opts": self.opts,
            "redacted": REDACTED,
            "post": post,
            "handled": "" if post.state == Post.State.WAITING else moderation.what_happened(post),
        }
        return TemplateResponse(request, f"admin/forums/post/{name}.html", context)


def decide(*, post: Post, by: Any, fields: dict[str, Any]) -> str:
    """Carry out the decision in `fields` (of DecisionForm) and return it as a sentence. Raises AlreadyHandled."""
    if fields["decision"] == DecisionForm.PUBLISH:
        moderation.publish(post=post, by=by, seen=fields["seen"])
        return "Published."
    if fields["decision"] == DecisionForm.CHANGE:
        names = ("title", "body", "content_note", "words", "seen")
        moderation.publish_with_changes(post=post, by=by, **{name: fields[name] for name in names if name in fields})
        return "Published with a change."
    act = moderation.refuse if fields["decision"] == DecisionForm.REFUSE else moderation.remove
    act(post=post, by=by, reason=fields["reason"], words=fields["words"])
    return "Not published." if fields["decision"] == DecisionForm.REFUSE else "Taken down."


def _thread_posts(post: Post) -> list[Post]:
    """Return the last three posts that can be read in the thread, for context, oldest first."""
    return list(post.thread.posts.shown().select_related("voice", "author").order_by("-number")[:3])[::-1]
