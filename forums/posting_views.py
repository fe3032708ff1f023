"""Writing in the forums: without an account, or for one post under one's own name.

The way of one anonymous post: `thread_create` here, `ThreadForm` in forms.py, `start_thread` in writer_actions.py, `Post` in
models/threads.py, and the receipt in templates/forums/post_receipt.html. None of them touches a session or a user.

A named post has addresses of its own, and they alone ask who is signed in: an anonymous post of somebody who is signed
in goes the same way as everybody's. So the choice is made anew for each post, and anonymous is what happens without it.
"""

from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from forums import receipts, spam, writer_actions
from forums.code_lookup import WRONG_CODES
from forums.forms.posts import PostForm, ReplyForm, ThreadForm
from forums.models import Forum, Thread
from forums.pages import numbered
from forums.reply_target import reply_target_id
from mscos.limits import Limit
from mscos.models import User
from mscos.privacy import Refusal, View, anonymous_form, too_many

POSTING = Limit("post", times=20, seconds=60 * 60)  # an office behind one address can hold a lively discussion
PREVIEWS = Limit("preview", times=60, seconds=10 * 60)  # each reads a text as thoroughly as sending it does
SIGNED_OUT = Refusal(403, "You are signed out. Nothing was lost. Sign in in another window, then send again.")


def named(view: View) -> View:
    """Give a view the keyword argument `author`, who is signed in; who is not is asked to, and loses nothing typed."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: str, refusal: Refusal | None = None, **kwargs: str) -> HttpResponse:
        if isinstance(request.user, User):
            return view(request, *args, refusal=refusal, author=request.user, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        return view(request, *args, refusal=refusal or SIGNED_OUT, author=User(), **kwargs)

    return wrapper


@anonymous_form()
def thread_create(request: HttpRequest, slug: str, *, refusal: Refusal | None) -> HttpResponse:
    """Take a new thread, to be checked by a moderator."""
    return _thread_create(request, slug, refusal, author=None)


@anonymous_form()
@named
def thread_create_named(request: HttpRequest, slug: str, *, refusal: Refusal | None, author: User) -> HttpResponse:
    """Take a new thread under the name of who is signed in."""
    return _thread_create(request, slug, refusal, author=author)


@anonymous_form()
def reply_create(request: HttpRequest, slug: str, code: str, *, refusal: Refusal | None) -> HttpResponse:
    """Take a reply in a thread, to be checked by a moderator."""
    return _reply_create(request, slug, code, refusal, author=None)


@anonymous_form()
@named
def reply_create_named(
    request: HttpRequest, slug: str, code: str, *, refusal: Refusal | None, author: User
) -> HttpResponse:
    """Take a reply under the name of who is signed in."""
    return _reply_create(request, slug, code, refusal, author=author)


def _thread_create(request: HttpRequest, slug: str, refusal: Refusal | None, *, author: User | None) -> HttpResponse:
    forum = get_object_or_404(Forum.objects.select_related("outcome"), slug=slug)
    form = ThreadForm(
        request.POST if request.method == "POST" else None,
        forum=forum,
        initial={"topic": request.GET.get("type", "")},
        refusal=refusal,
    )
    done = send(request, form, lambda **words: writer_actions.start_thread(forum=forum, author=author, **words))
    context = {"forum": forum, "form": form, "author": author}
    return done or render(request, "forums/thread_create.html", context, status=form.status)


def _reply_create(
    request: HttpRequest, slug: str, code: str, refusal: Refusal | None, *, author: User | None
) -> HttpResponse:
    is_sent = request.method == "POST"
    asked = get_object_or_404(Thread, code=code)
    answered = numbered(asked, (request.POST if is_sent else request.GET).get("to", ""))
    thread = Thread.objects.select_related("forum").get(pk=reply_target_id(thread=asked.pk, answered=answered))
    if not thread.is_visible:
        if not is_sent:
            raise Http404
        refusal = refusal or Refusal(409, thread.no_reply_because)  # while somebody wrote: the text comes back
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
        done = send(request, form, lambda **words: writer_actions.reply(thread=asked, author=author, **words))
        if "code" in form.errors:
            undo.pop_all()
    context = {"thread": thread, "forum": thread.forum, "form": form, "answered": answered, "author": author}
    return done or render(request, "forums/reply_create.html", context, status=form.status)


def send(request: HttpRequest, form: PostForm, store: Callable[..., writer_actions.Sent]) -> HttpResponse | None:
    """Store a valid form by an action and return the receipt; None where the form is to be shown (again)."""
    if "preview" in form.data and not PREVIEWS.count(request):
        form.refusal = form.refusal or too_many(PREVIEWS)
    if not form.is_valid() or form.preview is not None:
        return None
    limited = ""
    try:
        with ExitStack() as undo:  # what was counted, unless something new is stored
            # Why this visitor may store nothing new now, if so. What was stored before has its receipt still.
            limited = "" if POSTING.count(request, undo) else too_many(POSTING).sentence
            sent = store(limited=limited, likely_spam=spam.is_likely_spam(request, form, undo), **form.to_store())
            if not sent.again:
                undo.pop_all()
    except writer_actions.NotAccepted as error:
        form.refuse(Refusal(429 if limited else 409, str(error)))
        return None
    return _receipt(request, sent, has_code=form.has_code)


def _receipt(request: HttpRequest, sent: writer_actions.Sent, *, has_code: bool) -> HttpResponse:
    """Show the code to whoever has it not yet, again for the same form while its receipt is open, then never more."""
    forum = sent.post.thread.forum
    if sent.post.author_id:
        return render(request, "forums/post_receipt_named.html", {"forum": forum})
    if sent.post.is_gone or not receipts.is_open(sent.form):
        return render(request, "forums/post_receipt_over.html", {"forum": forum})
    return render(request, "forums/post_receipt.html", {"forum": forum, "code": "" if has_code else sent.code})
