"""Coming back with a code: what became of one's posts, what is held, words with the moderators, new versions, taking down.

The code comes by POST and goes into no address. None of these views touches a session or a user.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from forums import writer_actions
from forums.call_requests.context import request_context
from forums.call_requests.forms import CommandForm
from forums.code_lookup import WRONG_CODES, opened_by_code, opened_for_words
from forums.forms.codes import CodeForm
from forums.forms.messages import AnswerForm
from forums.forms.posts import NewVersionForm
from forums.models import CallRequest, Voice
from forums.submission import submit_answer, submit_post
from forums.validators import is_post_number
from forums.writer_posts import HIDDEN_COLUMNS, post_at, stored_data_of
from mscos.privacy import Refusal, anonymous_form
from mscos.subject_access import describe_row, in_words


@anonymous_form(limit=WRONG_CODES)
def voice_detail(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Ask for a code and show what it opens."""
    form, found = opened_by_code(request, refusal)
    if isinstance(found, CallRequest):
        act = CommandForm(initial={"words": _kept(request)})
        return render(request, "forums/request_detail.html", request_context(found, form.cleaned_data["code"], act))
    if found is None:
        return _ask(request, form)
    answer = AnswerForm(initial={"words": _kept(request)})
    return _voice(request, found, form.cleaned_data["code"], answer, n=request.POST.get("n", ""))


@anonymous_form(limit=WRONG_CODES)
def post_answer(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Take words to the moderators about one of the code's posts, named by its place among them."""
    if request.method != "POST":
        return redirect("forums:voice_detail")
    form, voice, refusal = opened_for_words(request, refusal)
    if not isinstance(voice, Voice):
        return _ask(request, form)
    answer = AnswerForm(request.POST, refusal=refusal)
    post = post_at(voice.posts.all(), request.POST.get("n", ""))
    if post and submit_answer(request, answer, post):
        return _voice(request, voice, form.cleaned_data["code"], AnswerForm(), done="The moderators will read it.")
    return _voice(request, voice, form.cleaned_data["code"], answer, n=request.POST.get("n", ""))


@anonymous_form(limit=WRONG_CODES)
def post_correct(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Take a new version of one of the code's refused posts. The first press shows the refused words, to be changed."""
    if request.method != "POST":
        return redirect("forums:voice_detail")
    asked, voice, refusal = opened_for_words(request, refusal)
    if not isinstance(voice, Voice):
        return _ask(request, asked)
    code, number = asked.cleaned_data["code"], request.POST.get("n", "")
    post, is_sent = post_at(voice.posts.all(), number), "submission_id" in request.POST
    if post is None or not (is_sent or (post.awaits_new_version and not post.thread.closed_because)):
        return _voice(request, voice, code, AnswerForm(initial={"words": _kept(request)}), n=number)
    form = NewVersionForm(request.POST if is_sent else None, post=post, refusal=refusal)
    done = submit_post(request, form, lambda **words: writer_actions.correct(post=post, code=code, **words))
    context = {"form": form, "post": post, "code": code, "n": number}
    return done or render(request, "forums/post_correct.html", context, status=form.status)


@anonymous_form(limit=WRONG_CODES)
def post_withdraw(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Ask once, then take one of the code's posts down. The post is named by its place among them."""
    if request.method != "POST":
        return redirect("forums:voice_detail")
    form, voice = opened_by_code(request, refusal)
    if not isinstance(voice, Voice):
        return _ask(request, form)
    number = request.POST.get("n", "")
    post = post_at(voice.posts.all(), number)
    context = {"voice": voice, "code": form.cleaned_data["code"], "post": post, "n": number}
    if post is None or request.POST.get("sure") != "yes":
        return render(request, "forums/post_withdraw.html", context)
    writer_actions.withdraw(post=post)
    return render(request, "forums/post_withdrawn.html", context)


def _ask(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """Ask for a code (again); what was typed goes on with it, and the place of the post that it is about."""
    context = {"form": form, "kept": _kept(request), "n": request.POST.get("n", "")}
    return render(request, "forums/voice_ask.html", context, status=form.status)


def _kept(request: HttpRequest) -> str:
    """Return the words that were sent and not stored, whether a message or a new version with all its parts, as one text."""
    typed = (request.POST.get(name, "").strip() for name in ("words", "title", "content_note", "body"))
    return "\n\n".join(filter(None, typed))


def _voice(
    request: HttpRequest, voice: Voice, code: str, answer: AnswerForm, *, n: str = "", done: str = ""
) -> HttpResponse:
    """Show what a code opens, with the answer under the post at place `n`, else the first; above all where that is gone."""
    posts = list(voice.posts.for_writer())
    place = int(n) if is_post_number(n) and 1 <= int(n) <= len(posts) else 1
    context: dict[str, Any] = {
        "voice": voice,
        "posts": [(post, stored_data_of(post)) for post in posts],
        "held_of_voice": [(name, in_words(value)) for name, value in describe_row(voice, leave_out=HIDDEN_COLUMNS)],
        "code": code,
        "form": answer,
        "place": place,
        "left_over": answer["words"].value() if all(post.is_gone for post in posts[place - 1 : place]) else "",
        "done": done,
        "speaks_elsewhere": any(post.thread_id != voice.thread_id for post in posts),
    }
    return render(request, "forums/voice_detail.html", context, status=answer.status)
