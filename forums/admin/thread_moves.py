"""The pages on which a moderator moves, merges or splits a thread. Each says what will happen, so nothing else asks."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from forums.admin.day_log import DayLogAdmin
from forums.models import Thread
from forums.moderation import thread_moves
from forums.moderation.thread_move_forms import MergeForm, MoveForm, SplitForm, ThreadMoveForm
from mscos.refusals import Refused

NOT_READABLE = "Nobody can read this thread now, so it is not moved, merged or split."


class Done(NamedTuple):
    """A finished operation: the thread to show next, a sentence, and a log line for each thread (codes, never a text)."""

    thread: Thread
    sentence: str
    log: list[tuple[Thread, str]]


class Operation(NamedTuple):
    """An operation on a thread: its title, its form, and what it does."""

    title: str
    form: type[ThreadMoveForm]
    act: Callable[[Thread, dict[str, Any]], Done]


def _move(thread: Thread, fields: dict[str, Any]) -> Done:
    thread_moves.move(thread=thread, to=fields["to"])
    return Done(thread, f"Moved to the {fields['to']}.", [(thread, f"Moved to the forum {fields['to'].slug}.")])


def _merge(thread: Thread, fields: dict[str, Any]) -> Done:
    into: Thread = fields["into"]
    thread_moves.merge(thread=thread, into=into)
    log = [(thread, f"Merged into {into}."), (into, f"Got the posts of {thread}.")]
    return Done(into, f"Merged. All posts of {thread} are in this one now.", log)


def _split(thread: Thread, fields: dict[str, Any]) -> Done:
    new = thread_moves.split(thread=thread, posts=fields["posts"], title=fields["title"])
    log = [(thread, f"Posts split off as {new}."), (new, f"Split off {thread}.")]
    return Done(new, f"Split off {thread}. This is the new thread.", log)


OPERATIONS = {
    "move": Operation("Move to another forum", MoveForm, _move),
    "merge": Operation("Merge into another thread", MergeForm, _merge),
    "split": Operation("Split off posts", SplitForm, _split),
}


class ThreadMovesAdmin(DayLogAdmin):
    """The admin of threads with a page for each operation."""

    change_form_template = "admin/forums/thread/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """Add a page for each operation."""
        page = self.admin_site.admin_view(self.rearrange)
        pages = [path(f"<int:pk>/{name}/", page, {"name": name}, name=f"forums_thread_{name}") for name in OPERATIONS]
        return [*pages, *super().get_urls()]

    @method_decorator(sensitive_post_parameters())
    def rearrange(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Show the form of an operation, or carry it out. A refusal is shown in the form, with what was typed."""
        thread = self.get_object(request, str(pk))
        if not self.has_change_permission(request, thread):
            raise PermissionDenied
        if thread is None:
            raise Http404
        if request.method != "POST" and not thread.is_visible:
            self.message_user(request, NOT_READABLE, messages.WARNING)
            return redirect("admin:forums_thread_change", thread.pk)
        form = OPERATIONS[name].form(request.POST if request.method == "POST" else None, thread=thread)
        other = form.to_confirm() if form.is_valid() else None
        if form.is_valid() and other is None:
            try:
                return self._done(request, OPERATIONS[name].act(thread, form.cleaned_data))
            except Refused as error:
                form.add_error(None, str(error))
        context = {
            **self.admin_site.each_context(request),
            "title": OPERATIONS[name].title,
            "opts": self.opts,
            "thread": thread,
            "form": form,
            "other": other,
        }
        return TemplateResponse(request, f"admin/forums/thread/{name}.html", context)

    def _done(self, request: HttpRequest, done: Done) -> HttpResponse:
        for thread, words in done.log:
            self.log_change(request, thread, words)
        self.message_user(request, done.sentence, messages.SUCCESS)
        return redirect("admin:forums_thread_change", done.thread.pk)
