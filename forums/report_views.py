"""The view for reports of posts, without an account: it reads and writes no session and no user."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from forums.forms.messages import ReportForm
from forums.models import Thread
from forums.moderation.reports import report
from forums.pages import numbered_post
from forums.validators import is_post_number
from mscos.limits import Limit
from mscos.privacy import Refusal, anonymous_form

REPORTING = Limit("report", times=20, seconds=60 * 60)


@anonymous_form(limit=REPORTING)
def report_create(request: HttpRequest, slug: str, code: str, *, refusal: Refusal | None) -> HttpResponse:
    """Take a report of the post with the number `?n=7` in a thread, wherever that post is now."""
    named_thread = get_object_or_404(Thread.objects.select_related("forum"), code=code)
    number = request.POST.get("n") or request.GET.get("n", "")
    post = numbered_post(named_thread, number)
    if post is None or not post.thread.is_visible:
        if request.method == "POST" and is_post_number(number):
            return render(request, "forums/report_done.html", {"thread": named_thread, "is_stored": False})
        raise Http404
    form = ReportForm(request.POST if request.method == "POST" else None, refusal=refusal)
    context = {"thread": post.thread, "forum": post.thread.forum, "post": post, "n": number, "form": form}
    with form.counted(REPORTING, request) as is_taken:
        if is_taken:
            context["is_stored"] = report(post=post, **form.to_store()) is not None
            return render(request, "forums/report_done.html", context)
    return render(request, "forums/report_create.html", context, status=form.status)
