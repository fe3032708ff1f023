"""Lookup of what a code opens: a voice in a thread, or a call request. Both are queried every time: same duration."""

from contextlib import ExitStack

from django.http import HttpRequest

from forums.forms.codes import WRONG_CODE, CodeForm
from forums.models import CallRequest, Voice
from mscos.limits import Limit
from mscos.privacy import STALE_TOKEN, Refusal, too_many

WRONG_CODES = Limit("code", times=9, seconds=10 * 60)  # 80 bits need no more; the tenth wrong code is refused


def look_up_code(request: HttpRequest, refusal: Refusal | None) -> tuple[CodeForm, Voice | CallRequest | None]:
    """Return the form and what its code opens, None where it opens nothing; a wrong code counts towards the limit."""
    if request.method != "POST":
        return CodeForm(), None
    form, found = CodeForm(request.POST, refusal=refusal), None
    with ExitStack() as undo:
        if refusal is None and not WRONG_CODES.count(request, undo):
            form.refusal = too_many(WRONG_CODES)
        if form.is_valid():
            code = form.cleaned_data["code"]
            voice = Voice.objects.by_code(code).first()
            call_request = CallRequest.objects.by_code(code).first()  # always: both kinds of codes take the same time
            found = voice or call_request
        if found is None:
            undo.pop_all()
            if not form.errors:
                form.add_error("code", WRONG_CODE)
    return form, found


def look_up_code_keeping_text(
    request: HttpRequest, refusal: Refusal | None
) -> tuple[CodeForm, Voice | CallRequest | None, Refusal | None]:
    """Return the same where a text is sent with the code, and the refusal of the form with the text.

    Who knows the code is no other website: a stale token opens the page, keeps the text, and stores nothing.
    """
    if refusal == STALE_TOKEN and WRONG_CODES.reached(request):
        refusal = too_many(WRONG_CODES)
    form, found = look_up_code(request, None if refusal == STALE_TOKEN else refusal)
    return form, found, refusal
