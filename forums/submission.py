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
from mscos.refusals import Refused

POSTING = Limit("post", times=20, seconds=60 * 60)  # many people of one office may share an address
PREVIEWS = Limit("preview", times=60, seconds=10 * 60)  # a preview searches the text as sending it does
ANSWERING = Limit("answer", times=20, seconds=60 * 60)


def submit_post(
    request: HttpRequest, form: PostForm, store: Callable[..., writer_actions.SubmittedPost]
) -> HttpResponse | None:
    """Store a valid form with the action `store` and return the receipt; None where the form is to be shown (again)."""
    if "preview" in form.data and not PREVIEWS.count(request):
        form.refusal = form.refusal or too_many(PREVIEWS)
    if not form.is_valid() or form.preview is not None:
        return None
    limit_message = ""
    try:
        with ExitStack() as undo:  # takes back what was counted, unless something new is stored
            # The action decides: a form that was sent before still gets its receipt.
            limit_message = "" if POSTING.count(request, undo) else too_many(POSTING).sentence
            submitted = store(
                limit_message=limit_message,
                likely_spam=spam.is_likely_spam(request, form, undo),
                **form.to_store(),
            )
            if not submitted.is_repeat:
                undo.pop_all()
    except Refused as error:
        form.refuse(Refusal(429 if limit_message else 409, str(error)))
        return None
    return _receipt(request, submitted, has_code=form.has_code)


def submit_answer(request: HttpRequest, form: AnswerForm, post: Post) -> bool:
    """Store a valid form's message about a post and return whether it was stored; else the form says why not."""
    try:
        with form.counted(ANSWERING, request) as is_taken:
            if is_taken:
                writer_actions.answer_moderators(post=post, **form.to_store())
    except Refused as error:
        form.refuse(Refusal(409, str(error)))
    return form.is_valid()


def _receipt(request: HttpRequest, submitted: writer_actions.SubmittedPost, *, has_code: bool) -> HttpResponse:
    """Return the page with the code, unless the writer has it; an open receipt shows it again."""
    forum = submitted.post.thread.forum
    if submitted.post.author_id:
        return render(request, "forums/post_receipt_named.html", {"forum": forum})
    if submitted.post.is_gone or not receipts.is_open(submitted.form):
        return render(request, "forums/post_receipt_over.html", {"forum": forum})
    return render(request, "forums/post_receipt.html", {"forum": forum, "code": "" if has_code else submitted.code})
