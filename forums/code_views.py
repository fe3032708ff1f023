"""Views behind a code: what became of its posts and what is stored, messages, new versions, withdrawals.

The code is sent by POST and stands in no address. None of these views reads or writes a session or a user.
"""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from forums import writer_actions
from forums.call_requests.context import request_context
from forums.call_requests.forms import CommandForm
from forums.code_lookup import WRONG_CODES, look_up_code, look_up_code_keeping_text
from forums.forms.codes import CodeForm
from forums.forms.messages import AnswerForm
from forums.forms.posts import NewVersionForm
from forums.models import CallRequest, Voice
from forums.submission import submit_answer, submit_post
from forums.validators import is_post_number
from forums.writer_posts import HIDDEN_COLUMNS, post_at, stored_data_of
from mscos.privacy import Refusal, anonymous_form
from mscos.row_description import describe_row, in_words


@anonymous_form(limit=WRONG_CODES)
def voice_detail(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Ask for a code and show what it opens."""
    form, found = look_up_code(request, refusal)
    if found is None:
        return _ask_for_code(request, form)
    code, typed = form.cleaned_data["code"], {"words": _typed_text(request)}
    if isinstance(found, CallRequest):
        return render(request, "forums/request_detail.html", request_context(found, code, CommandForm(initial=typed)))
    return _show_voice(request, found, code, AnswerForm(initial=typed), position=request.POST.get("n", ""))


@anonymous_form(limit=WRONG_CODES)
def post_answer(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Store a message to the moderators about one of the code's posts, named by its position among them."""
    if request.method != "POST":
        return redirect("forums:voice_detail")
    form, voice, refusal = look_up_code_keeping_text(request, refusal)
    if not isinstance(voice, Voice):
        return _ask_for_code(request, form)
    code, position = form.cleaned_data["code"], request.POST.get("n", "")
    answer = AnswerForm(request.POST, refusal=refusal)
    post = post_at(voice.posts.all(), position)
    if post and submit_answer(request, answer, post):
        return _show_voice(request, voice, code, AnswerForm(), done="The moderators will read it.")
    return _show_voice(request, voice, code, answer, position=position)


@anonymous_form(limit=WRONG_CODES)
def post_correct(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Take a new version of one of the code's refused posts; the first request shows the refused text."""
    if request.method != "POST":
        return redirect("forums:voice_detail")
    code_form, voice, refusal = look_up_code_keeping_text(request, refusal)
    if not isinstance(voice, Voice):
        return _ask_for_code(request, code_form)
    code, position = code_form.cleaned_data["code"], request.POST.get("n", "")
    post, is_sent = post_at(voice.posts.all(), position), "submission_id" in request.POST
    if post is None or not (is_sent or (post.awaits_new_version and not post.thread.closed_because)):
        return _show_voice(request, voice, code, AnswerForm(initial={"words": _typed_text(request)}), position=position)
    form = NewVersionForm(request.POST if is_sent else None, post=post, refusal=refusal)
    receipt = submit_post(request, form, partial(writer_actions.correct, post=post, code=code))
    context = {"form": form, "post": post, "code": code, "position": position}
    return receipt or render(request, "forums/post_correct.html", context, status=form.status)


@anonymous_form(limit=WRONG_CODES)
def post_withdraw(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Ask once, then take down one of the code's posts, named by its position among them."""
    if request.method != "POST":
        return redirect("forums:voice_detail")
    form, voice = look_up_code(request, refusal)
    if not isinstance(voice, Voice):
        return _ask_for_code(request, form)
    position = request.POST.get("n", "")
    post = post_at(voice.posts.all(), position)
    context = {"voice": voice, "code": form.cleaned_data["code"], "post": post, "position": position}
    if post is None or request.POST.get("sure") != "yes":
        return render(request, "forums/post_withdraw.html", context)
    writer_actions.withdraw(post=post)
    return render(request, "forums/post_withdrawn.html", context)


def _ask_for_code(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """Ask for a code (again), keeping the typed text and the position of the post that it is about."""
    context = {"form": form, "typed_text": _typed_text(request), "position": request.POST.get("n", "")}
    return render(request, "forums/voice_ask.html", context, status=form.status)


def _typed_text(request: HttpRequest) -> str:
    """Return as one text what was sent and not stored: a message, or all fields of a new version."""
    typed = (request.POST.get(name, "").strip() for name in ("words", "title", "content_note", "body"))
    return "\n\n".join(filter(None, typed))


def _show_voice(
    request: HttpRequest, voice: Voice, code: str, answer: AnswerForm, *, position: str = "", done: str = ""
) -> HttpResponse:
    """Show a voice's posts, with the answer under the post at `position`; at the top if that post is gone."""
    posts = list(voice.posts.for_writer())
    answered = int(position) if is_post_number(position) and 1 <= int(position) <= len(posts) else 1
    context: dict[str, Any] = {
        "voice": voice,
        "posts": [(post, stored_data_of(post)) for post in posts],
        "voice_data": [(name, in_words(value)) for name, value in describe_row(voice, leave_out=HIDDEN_COLUMNS)],
        "code": code,
        "form": answer,
        "answered": answered,
        "unsent_text": answer["words"].value() if all(post.is_gone for post in posts[answered - 1 : answered]) else "",
        "done": done,
        "speaks_elsewhere": any(post.thread_id != voice.thread_id for post in posts),
    }
    return render(request, "forums/voice_detail.html", context, status=answer.status)
