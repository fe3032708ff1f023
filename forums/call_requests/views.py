"""Views of requesters: asking for a call in three steps, and the call request that a code opens.

Nothing is stored before the last step: the form carries the answers, signed. None of these views reads or writes a
session or a user.
"""

from contextlib import ExitStack, suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from forums import receipts
from forums.call_requests import requester_actions
from forums.call_requests.context import request_context
from forums.call_requests.forms import (
    CallForm,
    CommandForm,
    action_arguments,
    load_answers,
    sign_answers,
    summary_of,
)
from forums.code_lookup import WRONG_CODES, look_up_code_keeping_text
from forums.models import CallRequest, Forum
from mscos.limits import Limit
from mscos.privacy import Refusal, anonymous_form, too_many
from mscos.refusals import Refused

REQUESTS = Limit("call", times=5, seconds=60 * 60)
MESSAGES = Limit("call-words", times=30, seconds=60 * 60)
DONE = {
    CommandForm.ACCEPT: "The time is agreed.",
    CommandForm.OTHERS: "We will offer you other times.",
    CommandForm.WRITE: "Your message is with the team.",
    "": "Nothing was changed.",
}
Answers = dict[str, Any]


@anonymous_form()
def request_create(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Explain what will happen, ask what is safe, show the answers for checking, then store the call request."""
    forum = _forum(request.POST.get("from") or request.GET.get("from", ""))
    if request.method != "POST":
        is_answering = request.GET.get("step") == "answer"
        return _show_form(request, forum, CallForm()) if is_answering else _show_start(request, forum)
    if request.POST.get("step") == "check":
        form = CallForm(request.POST, refusal=refusal)
        return _show_check(request, forum, form.answers) if form.is_valid() else _show_form(request, forum, form)
    answers = load_answers(request.POST.get("answers", ""))
    if answers is None:
        return _show_form(request, forum, CallForm(), is_lost=True)
    if request.POST.get("step") == "change":
        return _show_form(
            request, forum, CallForm(initial={**answers, "submission_id": CallForm().initial["submission_id"]})
        )
    return _store(request, forum, answers, refusal)


@anonymous_form(limit=WRONG_CODES)
def request_detail(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    """Carry out a command of the requester on the call request that their code opens, and show it again."""
    if request.method != "POST":
        return redirect("forums:voice_detail")
    form, call_request, refusal = look_up_code_keeping_text(request, refusal)
    if not isinstance(call_request, CallRequest):
        context = {"form": form, "typed_text": request.POST.get("words", "")}
        return render(request, "forums/voice_ask.html", context, status=form.status)
    code, command_form = form.cleaned_data["code"], CommandForm(request.POST, refusal=refusal)
    if command_form.is_valid():
        return _carry_out(request, call_request, code, command_form)
    context = request_context(call_request, code, command_form)
    return render(request, "forums/request_detail.html", context, status=command_form.status)


def _forum(slug: str) -> Forum | None:
    return Forum.objects.filter(slug=slug).first() if slug.isprintable() else None


def _show_start(request: HttpRequest, forum: Forum | None) -> HttpResponse:
    return render(request, "forums/request_start.html", {"forum": forum})


def _show_form(request: HttpRequest, forum: Forum | None, form: CallForm, *, is_lost: bool = False) -> HttpResponse:
    context = {"forum": forum, "form": form, "is_lost": is_lost}
    return render(request, "forums/request_answer.html", context, status=form.status)


def _show_check(
    request: HttpRequest, forum: Forum | None, answers: Answers, refusal: Refusal | None = None
) -> HttpResponse:
    context = {"forum": forum, "summary": summary_of(answers), "answers": sign_answers(answers), "refusal": refusal}
    return render(request, "forums/request_check.html", context, status=refusal.status if refusal else 200)


def _store(request: HttpRequest, forum: Forum | None, answers: Answers, refusal: Refusal | None) -> HttpResponse:
    if refusal:
        return _show_check(request, forum, answers, refusal)
    over_limit = too_many(REQUESTS)
    try:
        with ExitStack() as undo:  # takes back what was counted, unless something new is stored
            limit_message = "" if REQUESTS.count(request, undo) else over_limit.sentence
            submitted = requester_actions.request_call(
                forum=forum, limit_message=limit_message, **action_arguments(answers)
            )
            if not submitted.is_repeat:
                undo.pop_all()
    except Refused:
        return _show_check(request, forum, answers, over_limit)
    is_over = not (receipts.is_open(submitted.form) and CallRequest.objects.by_code(submitted.code).exists())
    name = "request_receipt_over" if is_over else "request_receipt"
    return render(request, f"forums/{name}.html", {"forum": forum, "code": submitted.code})


def _carry_out(request: HttpRequest, call_request: CallRequest, code: str, form: CommandForm) -> HttpResponse:
    fields = form.cleaned_data
    if fields["act"] == CommandForm.WITHDRAW:
        return _withdraw(request, call_request, code, sure=fields["sure"])
    if fields["act"] == CommandForm.OTHERS and call_request.state == CallRequest.State.AGREED and not fields["sure"]:
        return render(request, "forums/request_others.html", {"code": code, "form": form, "words": fields["words"]})
    try:
        with form.counted(MESSAGES, request) as is_taken:
            if is_taken:
                _perform(call_request, fields)
    except Refused as error:
        form.refuse(Refusal(409, str(error)))
    except CallRequest.DoesNotExist:
        return render(request, "forums/request_withdrawn.html")
    current = CallRequest.objects.filter(pk=call_request.pk).first()
    if current is None:
        return render(request, "forums/request_withdrawn.html")
    done = "" if form.errors else DONE[fields["act"]]
    unsent = CommandForm(initial={"words": fields["words"]}) if fields["act"] == CommandForm.ACCEPT else None
    context = request_context(current, code, form if form.errors else unsent, done)
    return render(request, "forums/request_detail.html", context, status=form.status)


def _perform(call_request: CallRequest, fields: dict[str, Any]) -> None:
    if fields["act"] == CommandForm.ACCEPT:
        requester_actions.accept_offer(call_request=call_request, starts=fields["offer"])
    elif fields["act"] == CommandForm.OTHERS:
        requester_actions.ask_for_other_times(
            call_request=call_request, submission_id=fields["submission_id"], words=fields["words"]
        )
    elif fields["act"] == CommandForm.WRITE:
        requester_actions.write(call_request=call_request, submission_id=fields["submission_id"], words=fields["words"])


def _withdraw(request: HttpRequest, call_request: CallRequest, code: str, *, sure: bool) -> HttpResponse:
    """Ask once, then erase everything."""
    if not sure:
        return render(request, "forums/request_withdraw.html", {"code": code, "form": CommandForm()})
    was_disclosed = bool(call_request.way) and call_request.disclosures.exists()
    with suppress(CallRequest.DoesNotExist):  # the button was pressed twice, or the day of erasure came
        requester_actions.withdraw(call_request=call_request)
    return render(request, "forums/request_withdrawn.html", {"was_disclosed": was_disclosed})
