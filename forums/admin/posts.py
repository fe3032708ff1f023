"""The admin of posts: the moderators' queue, and the page on which one post is decided.

Nothing here shows who an anonymous writer is, because nothing of it is stored. The admin's own log names a kind, a
number and a thread's code, never a text.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.debug import sensitive_post_parameters

from forums.admin.day_log import DayLogAdmin
from forums.admin.post_marks import kinds_in, marked_texts
from forums.admin.queue_filters import ContentNoteFilter, KindFilter, LookFilter, StateFilter
from forums.models import ModeratorNote, Post, SafeguardingProcedure
from forums.moderation import decisions
from forums.moderation.differences import differences
from forums.moderation.forms import AskForm, DecisionForm, PassOnForm
from forums.moderation.reports import can_reopen, close_reports, reopen_reports
from forums.pages import QueuePages
from mscos.models import User
from mscos.refusals import Refused
from mscos.requests import AuthenticatedHttpRequest
from mscos.text import REDACTED, plain_text

QUEUE_EXCERPT = 160  # characters
TYPED = ("title", "body", "content_note", "words", "question")  # the fields that a moderator writes in
REFUSAL_IDS = "refusal_%s"  # two forms of one kind stand on a page
Command = Callable[[Post, User, dict[str, Any]], str]


class Decision(NamedTuple):
    """A decision: the action, the fields of DecisionForm that it takes, and the sentence that tells that it was done."""

    act: Callable[..., None]
    fields: tuple[str, ...]
    done: str


@admin.register(Post)
class PostAdmin(DayLogAdmin):
    """The moderators' queue, oldest first, and the page on which one post is decided."""

    list_display = ("beginning", "waiting_since", "kind", "thread_title", "forum", "flags", "state")
    list_filter = (StateFilter, LookFilter, KindFilter, "thread__forum", ContentNoteFilter)
    list_per_page = 50
    paginator = QueuePages
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = ""
    ordering = ("-urgent", "day", "pk")
    actions = ("publish_chosen", "refuse_chosen")
    change_list_template = "admin/forums/post/queue.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        """Return the posts with what the list shows of their threads."""
        return Post.objects.for_moderators()

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow the filters of this page only."""
        return lookup in {"state", "look", "kind", "note", "thread__forum__id__exact"}

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
        """Return whether it is a new thread or a reply."""
        return "New thread" if post.starts_thread else "Reply"

    @admin.display(description="Thread")
    def thread_title(self, post: Post) -> str:
        """Return the thread's title."""
        return post.thread.shown_title

    @admin.display(description="Forum", ordering="thread__forum")
    def forum(self, post: Post) -> str:
        """Return the forum's title."""
        return post.thread.forum.title

    @admin.display(description="Look at")
    def flags(self, post: Any) -> str:
        """Return what to know before opening it: urgent, reported, passed to somebody, kinds of personal data."""
        known = {
            "urgent": post.urgent,
            "reported": post.is_reported,
            "the writer wrote": post.is_answered,
            "waits for the writer": post.writer_spoke_last is False and post.state == Post.State.WAITING,
            f"for {post.assigned_to}": post.assigned_to_id,
        }
        return "; ".join(filter(None, [", ".join(words for words, is_so in known.items() if is_so), kinds_in(post)]))

    @admin.display(description="Since", ordering="day")
    def waiting_since(self, post: Post) -> str:
        """Return the age in days."""
        days = (timezone.localdate() - post.day).days
        return "today" if days < 1 else f"{days} day{'' if days == 1 else 's'}"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue; the counts above it come from `QueuePages`."""
        return super().changelist_view(request, {"title": "Posts to check", **(extra_context or {})})

    @method_decorator(sensitive_post_parameters())
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one post in its thread, and carry out a decision or a command."""
        post = self.get_object(request, object_id)
        if post is None:
            raise Http404
        if not self.has_change_permission(request, post):
            raise PermissionDenied
        act = request.POST.get("act", "") if request.method == "POST" else ""
        asking = AskForm(request.POST if act == "ask" else None)
        passing = PassOnForm(request.POST if act == "pass_on" else None, initial={"to": post.assigned_to_id})
        beside = {"ask": asking, "pass_on": passing}.get(act)
        if act in COMMANDS and (beside is None or beside.is_valid()):
            return self._do(request, post, COMMANDS[act], beside.cleaned_data if beside else {})
        is_change = request.POST.get("decision") == DecisionForm.CHANGE
        data = request.POST if request.method == "POST" and not act else None
        form = DecisionForm(data, post=post, auto_id="id_%s" if is_change else REFUSAL_IDS)
        if form.is_valid():
            if self._asks_first(form):
                return self._confirm(request, post, form)
            return self._decide(request, post, form)
        return self._review(request, post, form, asking=asking, passing=passing)

    def _review(
        self,
        request: HttpRequest,
        post: Post,
        form: DecisionForm,
        *,
        asking: AskForm,
        passing: PassOnForm,
        typed: str = "",
    ) -> HttpResponse:
        """Show the page of a post; `typed` is what was written on an older page and not carried out."""
        changing = form.data.get("decision") == DecisionForm.CHANGE
        context = {
            "form": form,
            "typed": typed,
            "version": decisions.post_version(post),
            # Each decision has a form of its own on the page: what was typed into one stays out of the others.
            "change_form": form if changing else DecisionForm(post=post),
            "refuse_form": DecisionForm(post=post, auto_id=REFUSAL_IDS) if changing else form,
            "thread_posts": _thread_posts(post),
            "asking": asking,
            "passing": passing,
            "notes": (notes := list(ModeratorNote.objects.about(post))),
            "is_answered": any(note.unread for note in notes),
            "reports": post.reports.open(),
            "marked": marked_texts(post),
            "undoable": [(act, words) for act, (can, words) in UNDOABLE.items() if can(post=post)],
            "procedure": SafeguardingProcedure.objects.first(),
        }
        return self._page(request, "review", post, context)

    def _do(self, request: HttpRequest, post: Post, act: Command, fields: dict[str, Any]) -> HttpResponse:
        version = request.POST.get("version")

        def on_version(by: User) -> str:
            return decisions.act_on_version(post=post, version=version, act=lambda: act(post, by, fields))

        if not self.perform(request, post, on_version):
            return self._too_late(request, post)
        return redirect("admin:forums_post_change", post.pk)

    def _too_late(self, request: HttpRequest, post: Post) -> HttpResponse:
        """Show the post as it is now, with what was typed beside it to copy: it was written about another version."""
        fresh = Post.objects.for_moderators().get(pk=post.pk)
        typed = "\n\n".join(filter(None, (request.POST.get(name, "").strip() for name in TYPED)))
        passing = PassOnForm(initial={"to": fresh.assigned_to_id})
        form = DecisionForm(post=fresh, auto_id=REFUSAL_IDS)
        return self._review(request, fresh, form, asking=AskForm(), passing=passing, typed=typed)

    @admin.action(description="Publish the chosen posts as they are", permissions=["change"])
    def publish_chosen(self, request: AuthenticatedHttpRequest, chosen: QuerySet[Post]) -> None:
        """Publish several posts; each can be undone on its page."""
        self._decide_on(request, chosen, "published", decisions.publish_many)

    @admin.action(description="Refuse the chosen posts as advertising", permissions=["change"])
    def refuse_chosen(self, request: AuthenticatedHttpRequest, chosen: QuerySet[Post]) -> None:
        """Refuse several posts; each can be undone on its page."""
        self._decide_on(request, chosen, "refused", decisions.refuse_many_as_spam)

    def _decide_on(
        self, request: AuthenticatedHttpRequest, chosen: QuerySet[Post], what: str, act: Callable[..., int]
    ) -> None:
        """Decide on the chosen posts that the list shows in full, and tell what was done and what was left."""
        ticked: list[Any] = _ticked(request, chosen)  # with what the list adds to a post
        posts = [post for post in ticked if not post.content_note and not post.is_answered]
        left = len(ticked) - len(posts)
        done = act(posts=posts, by=request.user)
        handled = len(request.POST.getlist(ACTION_CHECKBOX_NAME)) - done - left
        if left:
            words = f"{left} with a content note or a message from the writer {'was' if left == 1 else 'were'} left: "
            self.message_user(request, f"{words}open and read each.", messages.WARNING)
        if done:
            words = f"{done} {what}. To undo one, open it within ten minutes; of one thread the last comes first."
            self.message_user(request, words, messages.SUCCESS)
        if handled:
            words = f"{handled} left: somebody had decided already, or {'it' if handled == 1 else 'they'} did not wait."
            self.message_user(request, words, messages.WARNING)

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
        decision = form.cleaned_data["decision"]
        done = log = DECISIONS[decision].done
        if decision in (DecisionForm.PUBLISH, DecisionForm.REFUSE):
            page = reverse("admin:forums_post_change", args=[post.pk])
            done = format_html('{} <a href="{}">Look at it again or undo it</a>', done, page)
        fields = form.cleaned_data
        if not self.perform(request, post, lambda by: decide(post=post, by=by, fields=fields), done=done, log=log):
            return self._too_late(request, post)
        return redirect("admin:forums_post_changelist")

    def _page(self, request: HttpRequest, name: str, post: Post, context: dict[str, Any]) -> HttpResponse:
        context |= {
            **self.admin_site.each_context(request),
            "title": "Check a post",
            "opts": self.opts,
            "redacted": REDACTED,
            "post": post,
            "handled": "" if post.state == Post.State.WAITING else decisions.what_happened(post),
        }
        return TemplateResponse(request, f"admin/forums/post/{name}.html", context)


def decide(*, post: Post, by: User, fields: dict[str, Any]) -> None:
    """Carry out the decision in `fields` (of DecisionForm). Raises Refused."""
    decision = DECISIONS[fields["decision"]]
    given = {name: fields[name] for name in decision.fields if name in fields}
    decision.act(post=post, by=by, version=fields["version"], **given)


def _ticked(request: HttpRequest, chosen: QuerySet[Post]) -> list[Post]:
    """Return the posts that were ticked one by one: 'select all' would include posts that nobody saw."""
    return list(chosen.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME)))


def _thread_posts(post: Post) -> list[Post]:
    """Return the last three posts that can be read in the thread, for context, oldest first."""
    return list(post.thread.posts.shown().select_related("voice", "author").order_by("-number")[:3])[::-1]


def _ask(post: Post, by: User, fields: dict[str, Any]) -> str:
    decisions.ask_writer(post=post, words=fields["question"])
    return "Sent. Only the writer can read it."


def _take_back(post: Post, by: User, fields: dict[str, Any]) -> str:
    decisions.take_back(post=post)
    return "Taken back. If the writer has not looked since, they will not see it."


def _read(post: Post, by: User, fields: dict[str, Any]) -> str:
    decisions.mark_read(post=post)
    return "Marked as read."


def _pass_on(post: Post, by: User, fields: dict[str, Any]) -> str:
    decisions.hand_over(post=post, to=fields["to"])
    return f"Passed to {fields['to']}." if fields["to"] else "It waits for anybody."


def _urgent(post: Post, by: User, fields: dict[str, Any]) -> str:
    decisions.mark_urgent(post=post, urgent=True)
    return "Marked: someone may be in danger. Follow the steps now."


def _not_urgent(post: Post, by: User, fields: dict[str, Any]) -> str:
    decisions.mark_urgent(post=post, urgent=False)
    return "No longer marked as urgent."


def _undo(post: Post, by: User, fields: dict[str, Any]) -> str:
    decisions.undo(post=post)
    return "Undone. It waits again."


def _keep(post: Post, by: User, fields: dict[str, Any]) -> str:
    count = close_reports(post=post, by=by)
    if not count:
        raise Refused("Somebody has dealt with the reports already. The post stays.")
    return f"{count} report{'' if count == 1 else 's'} dealt with. The post stays."


def _reopen(post: Post, by: User, fields: dict[str, Any]) -> str:
    if not reopen_reports(post=post):
        raise Refused("More than ten minutes are over. Decide about the post instead.")
    return "The reports wait again."


DECISIONS: dict[str, Decision] = {
    DecisionForm.PUBLISH: Decision(decisions.publish, (), "Published."),
    DecisionForm.CHANGE: Decision(
        decisions.publish_with_changes, ("title", "body", "content_note", "words"), "Published with a change."
    ),
    DecisionForm.REFUSE: Decision(decisions.refuse, ("reason", "words"), "Not published."),
    DecisionForm.REMOVE: Decision(decisions.remove, ("reason", "words"), "Taken down."),
}
COMMANDS: dict[str, Command] = {
    "ask": _ask,
    "pass_on": _pass_on,
    "urgent": _urgent,
    "not_urgent": _not_urgent,
    "undo": _undo,
    "keep": _keep,
    "reopen": _reopen,
    "take_back": _take_back,
    "read": _read,
}
UNDOABLE: dict[str, tuple[Callable[..., bool], str]] = {
    "undo": (decisions.can_undo, "Undo this decision"),
    "take_back": (decisions.can_take_back, "Take back what you wrote to the writer"),
    "reopen": (can_reopen, "Let the reports wait again"),
}
