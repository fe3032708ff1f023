"""Asking for a call, and coming back to the request with its code.

Three steps, and nothing is stored before the last: what was answered rides in the form, signed. None of these views
touches a session or a user.
"""

from contextlib import ExitStack, suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from forums import receipts
from forums.call_requests import requester_actions
from forums.call_requests.context import request_context
from forums.call_requests.forms import CallForm, CommandForm, answers_in, signed, to_ask, to_read
from forums.code_lookup import WRONG_CODES, opened_for_words
from forums.models import CallRequest, Forum
from forums.writer_actions import NotAccepted
from mscos.limits import Limit
from mscos.privacy import Refusal, anonymous_form, too_many

ASKING = Limit("call", times=5, seconds=60 * 60)
WRITING = Limit("call-words", times=30, seconds=60 * 60)
DONE = {
    CommandForm.ACCEPT: "The time is agreed.",
    CommandForm.OTHERS: "We will offer you other times.",
    CommandForm.WRITE: "Your message is with the team.",
    "": "Nothing was changed.",
}
Answers = dict[str, Any]


@anonymous_form()
def request_create(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Say what will happen, ask how it is safe, let the answers be checked, then take the request."""
    forum = _forum(request.POST.get("from") or request.GET.get("from", ""))
    if request.method != "POST":
        is_answering = request.GET.get("step") == "answer"
        return _answer(request, forum, CallForm()) if is_answering else _start(request, forum)
    if request.POST.get("step") == "check":
        form = CallForm(request.POST, refusal=refusal)
        return _to_check(request, forum, form.answers) if form.is_valid() else _answer(request, forum, form)
    answers = answers_in(request.POST.get("answers", ""))
    if answers is None:
        return _answer(request, forum, CallForm(), is_lost=True)
    if request.POST.get("step") == "change":
        return _answer(
            request, forum, CallForm(initial={**answers, "submission_id": CallForm().initial["submission_id"]})
        )
    return _send(request, forum, answers, refusal)


@anonymous_form(limit=WRONG_CODES)
def request_detail(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Do what somebody asks for with the request that their code opens, and show it again."""
    if request.method != "POST":
        return redirect("forums:voice_detail")
    form, call_request, refusal = opened_for_words(request, refusal)
    if not isinstance(call_request, CallRequest):
        context = {"form": form, "kept": request.POST.get("words", "")}
        return render(request, "forums/voice_ask.html", context, status=form.status)
    act = CommandForm(request.POST, refusal=refusal)
    if act.is_valid():
        return _act(request, call_request, form.cleaned_data["code"], act)
    context = request_context(call_request, form.cleaned_data["code"], act)
    return render(request, "forums/request_detail.html", context, status=act.status)


def _forum(slug: str) -> Forum | None:
    return Forum.objects.filter(slug=slug).first() if slug.isprintable() else None


def _start(request: HttpRequest, forum: Forum | None) -> HttpResponse:
    return render(request, "forums/request_start.html", {"forum": forum})


def _answer(request: HttpRequest, forum: Forum | None, form: CallForm, *, is_lost: bool = False) -> HttpResponse:
    context = {"forum": forum, "form": form, "is_lost": is_lost}
    return render(request, "forums/request_answer.html", context, status=form.status)


def _to_check(
    request: HttpRequest, forum: Forum | None, answers: Answers, refusal: Refusal | None = None
) -> HttpResponse:
    context = {"forum": forum, "read": to_read(answers), "answers": signed(answers), "refusal": refusal}
    return render(request, "forums/request_check.html", context, status=refusal.status if refusal else 200)


def _send(request: HttpRequest, forum: Forum | None, answers: Answers, refusal: Refusal | None) -> HttpResponse:
    if refusal:
        return _to_check(request, forum, answers, refusal)
    limit = too_many(ASKING)
    try:
        with ExitStack() as undo:
            limited = "" if ASKING.count(request, undo) else limit.sentence
            asked = requester_actions.ask(forum=forum, limited=limited, **to_ask(answers))
            if not asked.again:
                undo.pop_all()
    except NotAccepted:
        return _to_check(request, forum, answers, limit)
    is_over = not (receipts.is_open(asked.form) and CallRequest.objects.by_code(asked.code).exists())
    name = "request_receipt_over" if is_over else "request_receipt"
    return render(request, f"forums/{name}.html", {"forum": forum, "code": asked.code})


def _act(request: HttpRequest, call_request: CallRequest, code: str, form: CommandForm) -> HttpResponse:
    fields = form.cleaned_data
    if fields["act"] == CommandForm.WITHDRAW:
        return _withdraw(request, call_request, code, sure=fields["sure"])
    if fields["act"] == CommandForm.OTHERS and call_request.state == CallRequest.State.AGREED and not fields["sure"]:
        return render(request, "forums/request_others.html", {"code": code, "form": form, "words": fields["words"]})
    try:
        with form.counted(WRITING, request) as is_taken:
            if is_taken:
                _carry_out(call_request, fields)
    except NotAccepted as error:
        form.refuse(Refusal(409, str(error)))
    except CallRequest.DoesNotExist:
        return render(request, "forums/request_withdrawn.html")
    current = CallRequest.objects.filter(pk=call_request.pk).first()
    if current is None:
        return render(request, "forums/request_withdrawn.html")
    done = "" if form.errors else DONE[fields["act"]]
    kept = CommandForm(initial={"words": fields["words"]}) if fields["act"] == CommandForm.ACCEPT else None
    context = request_context(current, code, form if form.errors else kept, done)
    return render(request, "forums/request_detail.html", context, status=form.status)


def _carry_out(call_request: CallRequest, fields: dict[str, Any]) -> None:
    if fields["act"] == CommandForm.ACCEPT:
        requester_actions.accept(call_request=call_request, starts=fields["offer"])
    elif fields["act"] == CommandForm.OTHERS:
        requester_actions.ask_for_others(
            call_request=call_request, submission_id=fields["submission_id"], words=fields["words"]
        )
    elif fields["act"] == CommandForm.WRITE:
        requester_actions.write(call_request=call_request, submission_id=fields["submission_id"], words=fields["words"])


def _withdraw(request: HttpRequest, call_request: CallRequest, code: str, *, sure: bool) -> HttpResponse:
    """Ask once, then erase everything."""
    if not sure:
        return render(request, "forums/request_withdraw.html", {"code": code, "form": CommandForm()})
    opened = bool(call_request.way) and call_request.disclosures.exists()
    with suppress(CallRequest.DoesNotExist):  # the button was pressed twice, or the day of erasure came
        requester_actions.withdraw(call_request=call_request)
    return render(request, "forums/request_withdrawn.html", {"opened": opened})
