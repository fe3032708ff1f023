"""Views that show forums, consultations and threads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from forums.forms.filters import ThreadFilterForm
from forums.models import Consultation, Forum, Thread
from forums.pages import PostPages, ThreadPages, current_address
from forums.topic_chart import topic_chart
from mscos.pagination import page_of

MAX_VIEWS_PER_TOPIC = 3  # on a consultation's page
MAX_RELATED_THREADS = 3


@require_safe
def forum_list(request: HttpRequest) -> HttpResponse:
    """List the forums and the open consultations."""
    context = {
        "forums": Forum.objects.with_activity(),
        "consultations": Consultation.objects.open().select_related("forum"),
    }
    return render(request, "forums/forum_list.html", context)


@require_safe
def forum_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """List the visible threads of a forum, filtered by the address."""
    forum = get_object_or_404(Forum.objects.select_related("outcome"), slug=slug)
    consultations = list(forum.consultations.published().prefetch_related("topics"))
    filters = ThreadFilterForm(request.GET, forum=forum, consultations=consultations)
    threads = forum.threads.visible()
    found, total = filters.count(threads)
    context = {
        "forum": forum,
        "filters": filters,
        "chosen": filters.chosen(),
        "total": total,
        "page": page_of(request, ThreadPages(filters.filter(threads), count=found)),
        "consultations": [consultation for consultation in consultations if consultation.is_open],
        "closed_consultations": [consultation for consultation in consultations if not consultation.is_open],
    }
    return render(request, "forums/forum_detail.html", context)


@require_safe
def consultation_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a consultation: its topics with the latest views on each, and how many there are."""
    consultation = get_object_or_404(Consultation.objects.published().select_related("forum"), code=code)
    topics = consultation.topics_with_views(MAX_VIEWS_PER_TOPIC)
    context = {
        "consultation": consultation,
        "takes_views": consultation.is_open and not consultation.forum.closed_because,
        "topics": topics,
        "chart": topic_chart(topics),
    }
    return render(request, "forums/consultation_detail.html", context)


@require_safe
def thread_detail(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show a page of a thread's posts, oldest first."""
    thread = get_object_or_404(Thread.objects.findable(), code=code)
    if thread.forum.slug != slug or not thread.is_visible:
        return redirect(current_address(request, thread))
    page = page_of(request, PostPages(thread))
    related = Thread.objects.related_to(thread, limit=MAX_RELATED_THREADS)
    context = {"thread": thread, "forum": thread.forum, "page": page, "related": related}
    return render(request, "forums/thread_detail.html", context)
