"""Reading the forums and writing in them without an account. What a code opens is in `voice_views.py`.

The way of one anonymous post: `thread_create` here, `ThreadForm` in forms.py, `start_thread` in actions.py, `Post` in
models/threads.py, and the receipt in templates/forums/post_receipt.html. None of them touches a session or a user.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from forums import actions, receipts
from forums.by_code import WRONG_CODES
from forums.forms import ReplyForm, ThreadFilterForm, ThreadForm
from forums.models import CallForViews, Forum, Thread
from forums.pages import PostPages, ThreadPages, address_now, numbered
from forums.participation import participation_in
from forums.places import place_of_reply
from mscos.limits import Limit
from mscos.pagination import page_of
from mscos.privacy import Refusal, anonymous_form, too_many

VIEWS_A_PROMPT = 3  # on a call's page
RELATED = 3  # threads under a thread
POSTING = Limit("post", times=20, seconds=60 * 60)  # an office behind one address can hold a lively discussion


@require_safe
def forum_list(request: HttpRequest) -> HttpResponse:
    """List the forums and the open calls for views."""
    context = {
        "forums": Forum.objects.with_activity(),
        "calls": CallForViews.objects.open().select_related("forum"),
    }
    return render(request, "forums/forum_list.html", context)


@require_safe
def forum_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """List the visible threads of a forum, filtered by the address."""
    forum = get_object_or_404(Forum.objects.select_related("outcome"), slug=slug)
    calls = list(forum.calls.published().prefetch_related("prompts"))
    filters = ThreadFilterForm(request.GET, forum=forum, calls=calls)
    threads = forum.threads.visible()
    found, total = filters.count(threads)
    context = {
        "forum": forum,
        "filters": filters,
        "chosen": filters.chosen(),
        "total": total,
        "page": page_of(request, ThreadPages(filters.filter(threads), count=found)),
        "calls": [call for call in calls if call.is_open],
        "closed_calls": [call for call in calls if not call.is_open],
    }
    return render(request, "forums/forum_detail.html", context)


@require_safe
def call_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a call for views: its prompts with the latest views on each, and how many there are."""
    call = get_object_or_404(CallForViews.objects.published().select_related("forum"), code=code)
    prompts = call.prompts_with_views(VIEWS_A_PROMPT)
    context = {
        "call": call,
        "takes_views": call.is_open and not call.forum.closed_because,
        "prompts": prompts,
        "participation": participation_in(prompts),
    }
    return render(request, "forums/call_detail.html", context)


@require_safe
def thread_detail(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show a page of a thread's posts, oldest first."""
    thread = get_object_or_404(Thread.objects.findable(), code=code)
    if thread.forum.slug != slug or not thread.is_visible:
        return redirect(address_now(request, thread))
    page = page_of(request, PostPages(thread))
    related = Thread.objects.related_to(thread, most=RELATED)
    context = {"thread": thread, "forum": thread.forum, "page": page, "related": related}
    return render(request, "forums/thread_detail.html", context)


@anonymous_form()
def thread_create(request: HttpRequest, slug: str, *, refusal: Refusal | None) -> HttpResponse:
    """Take a new thread, to be checked by a moderator."""
    forum = get_object_or_404(Forum.objects.select_related("outcome"), slug=slug)
    form = ThreadForm(
        request.POST if request.method == "POST" else None,
        forum=forum,
        initial={"prompt": request.GET.get("type", "")},
        refusal=refusal,
    )
    if form.is_valid() and form.preview is None:
        limited = _limited(request)
        try:
            return _receipt(request, actions.start_thread(forum=forum, limited=limited, **form.to_store()))
        except actions.NotAccepted as error:
            form.refuse(Refusal(429 if limited else 409, str(error)))
    return render(request, "forums/thread_create.html", {"forum": forum, "form": form}, status=form.status)


@anonymous_form()
def reply_create(request: HttpRequest, slug: str, code: str, *, refusal: Refusal | None) -> HttpResponse:
    """Take a reply in a thread, to be checked by a moderator."""
    asked = get_object_or_404(Thread.objects.findable(), code=code)
    answered = numbered(asked, (request.POST if request.method == "POST" else request.GET).get("to", ""))
    thread = get_object_or_404(Thread.objects.visible(), pk=place_of_reply(thread=asked.pk, answered=answered))
    if request.POST.get("code") and WRONG_CODES.reached(request):
        refusal = refusal or too_many(WRONG_CODES)
    form = ReplyForm(
        request.POST if request.method == "POST" else None,
        thread=thread,
        answered=answered,
        initial={"to": request.GET.get("to", "")},
        refusal=refusal,
    )
    if form.is_valid() and form.preview is None:
        limited = _limited(request)
        try:
            return _receipt(request, actions.reply(thread=asked, limited=limited, **form.to_store()))
        except actions.NotAccepted as error:
            form.refuse(Refusal(429 if limited else 409, str(error)))
    elif "code" in form.errors:
        WRONG_CODES.count(request)
    context = {"thread": thread, "forum": thread.forum, "form": form, "answered": answered}
    return render(request, "forums/reply_create.html", context, status=form.status)


def _limited(request: HttpRequest) -> str:
    """Return why this visitor may store nothing new now, empty where they may. What was stored has its receipt still."""
    return too_many(POSTING).sentence if POSTING.reached(request) else ""


def _receipt(request: HttpRequest, sent: actions.Sent) -> HttpResponse:
    """Show the code, again for the same form while its receipt is open, then never more."""
    if not sent.again:
        POSTING.count(request)
    forum = sent.post.thread.forum
    if sent.post.is_gone or not receipts.is_open(sent.form):
        return render(request, "forums/post_receipt_over.html", {"forum": forum})
    return render(request, "forums/post_receipt.html", {"forum": forum, "code": sent.code})
