"""Views for new threads and replies: anonymous, or under the name of a member.

An anonymous post passes `thread_create` here, `ThreadForm` in forms/posts.py, `submit_post` in submission.py,
`start_thread` in writer_actions.py, `Post` in models/threads.py and templates/forums/post_receipt.html. None of them
reads or writes a session or a user.

Named posts have their own addresses, and only these ask who is signed in. So members choose for each post, and their
anonymous posts are handled like everybody's.
"""

from contextlib import ExitStack
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from forums import writer_actions
from forums.code_lookup import WRONG_CODES
from forums.decorators import with_author
from forums.forms.posts import ReplyForm, ThreadForm
from forums.models import Forum, Thread
from forums.pages import numbered_post
from forums.reply_target import reply_target_id
from forums.submission import submit_post
from mscos.models import User
from mscos.privacy import Refusal, anonymous_form, too_many


@anonymous_form()
def thread_create(request: HttpRequest, slug: str, *, refusal: Refusal | None) -> HttpResponse:
    """Take a new thread, which waits for a moderator."""
    return _thread_create(request, slug, refusal, author=None)


@anonymous_form()
@with_author
def thread_create_named(request: HttpRequest, slug: str, *, refusal: Refusal | None, author: User) -> HttpResponse:
    """Take a new thread under the name of the signed-in member."""
    return _thread_create(request, slug, refusal, author=author)


@anonymous_form()
def reply_create(request: HttpRequest, slug: str, code: str, *, refusal: Refusal | None) -> HttpResponse:
    """Take a reply in a thread, which waits for a moderator."""
    return _reply_create(request, slug, code, refusal, author=None)


@anonymous_form()
@with_author
def reply_create_named(
    request: HttpRequest, slug: str, code: str, *, refusal: Refusal | None, author: User
) -> HttpResponse:
    """Take a reply under the name of the signed-in member."""
    return _reply_create(request, slug, code, refusal, author=author)


def _thread_create(request: HttpRequest, slug: str, refusal: Refusal | None, *, author: User | None) -> HttpResponse:
    forum = get_object_or_404(Forum.objects.select_related("outcome"), slug=slug)
    form = ThreadForm(
        request.POST if request.method == "POST" else None,
        forum=forum,
        initial={"topic": request.GET.get("type", "")},
        refusal=refusal,
    )
    receipt = submit_post(request, form, partial(writer_actions.start_thread, forum=forum, author=author))
    context = {"forum": forum, "form": form, "author": author}
    return receipt or render(request, "forums/thread_create.html", context, status=form.status)


def _reply_create(
    request: HttpRequest, slug: str, code: str, refusal: Refusal | None, *, author: User | None
) -> HttpResponse:
    is_sent = request.method == "POST"
    named_thread = get_object_or_404(Thread, code=code)  # by the address; merges and moves may lead elsewhere
    answered = numbered_post(named_thread, (request.POST if is_sent else request.GET).get("to", ""))
    thread = Thread.objects.select_related("forum").get(pk=reply_target_id(thread=named_thread.pk, answered=answered))
    if not thread.is_visible:
        if not is_sent:
            raise Http404
        refusal = refusal or Refusal(409, thread.no_reply_because)  # the form comes back with its text
    with ExitStack() as undo:
        if request.POST.get("code") and not WRONG_CODES.count(request, undo):
            refusal = refusal or too_many(WRONG_CODES)
        form = ReplyForm(
            request.POST if is_sent else None,
            thread=thread,
            answered=answered,
            author=author,
            initial={"to": request.GET.get("to", "")},
            refusal=refusal,
        )
        receipt = submit_post(request, form, partial(writer_actions.reply, thread=named_thread, author=author))
        if "code" in form.errors:
            undo.pop_all()
    context = {"thread": thread, "forum": thread.forum, "form": form, "answered": answered, "author": author}
    return receipt or render(request, "forums/reply_create.html", context, status=form.status)
