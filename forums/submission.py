"""Storing of a valid form within the limits on visitors, and the receipt of a post."""

from collections.abc import Callable
from contextlib import ExitStack

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from forums import receipts, spam, writer_actions
from forums.forms.messages import AnswerForm
from forums.forms.posts import PostForm
from forums.models import Post
from mscos.limits import Limit
from mscos.privacy import Refusal, too_many

POSTING = Limit("post", times=20, seconds=60 * 60)  # an office behind one address can hold a lively discussion
PREVIEWS = Limit("preview", times=60, seconds=10 * 60)  # each reads a text as thoroughly as sending it does
ANSWERING = Limit("answer", times=20, seconds=60 * 60)


def submit_post(request: HttpRequest, form: PostForm, store: Callable[..., writer_actions.Sent]) -> HttpResponse | None:
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


def store_answer(request: HttpRequest, form: AnswerForm, post: Post) -> bool:
    """Store what a valid form says about a post, and tell whether that was done; else the form says why not."""
    try:
        with form.counted(ANSWERING, request) as is_taken:
            if is_taken:
                writer_actions.answer_moderators(post=post, **form.to_store())
    except writer_actions.NotAccepted as error:
        form.refuse(Refusal(409, str(error)))
    return form.is_valid()


def _receipt(request: HttpRequest, sent: writer_actions.Sent, *, has_code: bool) -> HttpResponse:
    """Show the code to whoever has it not yet, again for the same form while its receipt is open, then never more."""
    forum = sent.post.thread.forum
    if sent.post.author_id:
        return render(request, "forums/post_receipt_named.html", {"forum": forum})
    if sent.post.is_gone or not receipts.is_open(sent.form):
        return render(request, "forums/post_receipt_over.html", {"forum": forum})
    return render(request, "forums/post_receipt.html", {"forum": forum, "code": "" if has_code else sent.code})
