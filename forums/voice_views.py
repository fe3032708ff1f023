"""Coming back with a code: what became of one's posts, what is held, words with the moderators, taking a post down.

The code comes by POST and goes into no address. None of these views touches a session or a user.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from forums import actions
from forums.by_code import WRONG_CODES, opened_by_code
from forums.call_forms import ActForm
from forums.call_views import request_context
from forums.forms import is_number
from forums.models import CallRequest, Post, Voice
from mscos.forms import PlainTextField, StampedForm
from mscos.holdings import facts_of, in_words
from mscos.privacy import STALE_TOKEN, Refusal, anonymous_form, too_many

WORDS_LENGTH = 2_000
COUNTED = ("id",)  # a row's own number would tell how many others wrote in between; the page says so


class AnswerForm(StampedForm):
    """Words to the moderators about a post."""

    words = PlainTextField(
        name="message",
        label="Write to the moderators",
        max_length=WORDS_LENGTH,
        help_text="Only they read it.",
        widget=forms.Textarea(attrs={"rows": 4, "data-count": WORDS_LENGTH, "autocomplete": "off"}),
    )


@anonymous_form(limit=WRONG_CODES)
def voice_detail(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Ask for a code and show what it opens."""
    form, found = opened_by_code(request, refusal)
    if isinstance(found, CallRequest):
        act = ActForm(initial={"words": request.POST.get("words", "")})
        return render(request, "forums/request_detail.html", request_context(found, form.cleaned_data["code"], act))
    if found is None:
        context = {"form": form, "kept": request.POST.get("words", "")}
        return render(request, "forums/voice_ask.html", context, status=form.status)
    answer = AnswerForm(initial={"words": request.POST.get("words", "")})
    return _voice(request, found, form.cleaned_data["code"], answer)


@anonymous_form(limit=WRONG_CODES)
def post_answer(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Take words to the moderators about one of the code's posts, named by its place among them."""
    if request.method != "POST":
        return redirect("forums:voice_detail")
    if refusal == STALE_TOKEN and WRONG_CODES.reached(request):
        refusal = too_many(WRONG_CODES)
    # Whoever knows the code is no other website: a stale token keeps the words, and does nothing.
    form, voice = opened_by_code(request, None if refusal == STALE_TOKEN else refusal)
    if not isinstance(voice, Voice):
        context = {"form": form, "kept": request.POST.get("words", "")}
        return render(request, "forums/voice_ask.html", context, status=form.status)
    answer = AnswerForm(request.POST, refusal=refusal)
    post = _named(voice, request.POST.get("n", ""))
    if post and answer.is_valid():
        actions.answer_moderators(post=post, **answer.to_store())
        return _voice(request, voice, form.cleaned_data["code"], AnswerForm(), done="The moderators will read it.")
    return _voice(request, voice, form.cleaned_data["code"], answer, n=request.POST.get("n", ""))


@anonymous_form(limit=WRONG_CODES)
def post_withdraw(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Ask once, then take one of the code's posts down. The post is named by its place among them."""
    if request.method != "POST":
        return redirect("forums:voice_detail")
    form, voice = opened_by_code(request, refusal)
    if not isinstance(voice, Voice):
        return render(request, "forums/voice_ask.html", {"form": form}, status=form.status)
    number = request.POST.get("n", "")
    post = _named(voice, number)
    context = {"voice": voice, "code": form.cleaned_data["code"], "post": post, "n": number}
    if post is None or request.POST.get("sure") != "yes":
        return render(request, "forums/post_withdraw.html", context)
    actions.withdraw(post=post)
    return render(request, "forums/post_withdrawn.html", context)


def _voice(
    request: HttpRequest, voice: Voice, code: str, answer: AnswerForm, *, n: str = "", done: str = ""
) -> HttpResponse:
    posts = list(voice.posts.for_writer())
    context: dict[str, Any] = {
        "voice": voice,
        "posts": [(post, _held(post)) for post in posts],
        "held_of_voice": [(name, in_words(value)) for name, value in facts_of(voice, leave_out=COUNTED)],
        "code": code,
        "form": answer,
        "n": n or "1",
        "done": done,
        "speaks_elsewhere": any(post.thread_id != voice.thread_id for post in posts),
    }
    return render(request, "forums/voice_detail.html", context, status=answer.status)


def _held(post: Post) -> list[tuple[str, str]]:
    return [(name, in_words(value)) for name, value in facts_of(post, leave_out=COUNTED)]


def _named(voice: Voice, number: str) -> Post | None:
    """Return the voice's post of this place, in the order of writing; None where there is none."""
    posts = list(voice.posts.select_related("thread__forum").order_by("pk"))
    return posts[int(number) - 1] if is_number(number) and 0 < int(number) <= len(posts) else None
