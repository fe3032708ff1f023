"""Pages that join all apps, leaving the site, and the error pages."""

import sys
from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from events.models import Event
from forums.models import Consultation, Thread
from forums.moderation.reports import REPORT_DAYS
from forums.writer_actions import REFUSED_POST_DAYS
from mscos.middleware import too_large
from mscos.privacy import STALE_TOKEN
from mscos.unavailable import UNAVAILABLE, error_page
from newsletters.content.blocks import highlights_of
from newsletters.models import Issue

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
HEARD_DAYS = 60  # that the home page shows what was heard after a consultation closed; the forum's page always does


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page: the latest issue, open and answered consultations, the next events, the latest threads."""
    issue = Issue.objects.in_archive().first()
    heard_since = timezone.localdate() - timedelta(days=HEARD_DAYS)
    consultations = list(Consultation.objects.open_or_heard(since=heard_since).select_related("forum"))
    context = {
        "issue": issue,
        "highlights": highlights_of(issue) if issue else [],
        "consultations": [consultation for consultation in consultations if consultation.is_open],
        "heard": [consultation for consultation in consultations if not consultation.is_open],
        "events": Event.objects.going_ahead().with_organiser()[:2],
        "threads": Thread.objects.visible().order_by("-last_on", "code")[:3],
    }
    return render(request, "mscos/home.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show what MSCOS is, who made it and how the forums are moderated."""
    return render(request, "mscos/about.html")


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """Show how to use the site safely, and what we cannot do."""
    context = {
        "refused_days": REFUSED_POST_DAYS,
        "report_days": REPORT_DAYS,
        "backup_days": settings.BACKUP_DAYS,
        "overwrites_at_once": connection.vendor == "sqlite",
    }
    return render(request, "mscos/safety.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "mscos/accessibility.html")


@csrf_exempt  # it can only end the visitor's own session; the script's beacon cannot carry a token
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """End any session, delete our cookies and redirect to the neutral site.

    The script sends a beacon (POST) to end the session, and changes the page itself. Nothing is counted or logged.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        _end_session(request)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT if request.method == "POST" else HTTPStatus.SEE_OTHER)
    if request.method != "POST":
        response.headers["Location"] = settings.LEAVE_URL
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        response.delete_cookie(name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _end_session(request: HttpRequest) -> None:
    """End the visitor's session; where the database is away, only its cookie is deleted."""
    try:
        logout(request)
    except UNAVAILABLE:
        request.session.modified = False  # else the middleware would try to save it


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show a form without a valid CSRF token again with its text, where the view can; else show what to do."""
    if request.resolver_match and getattr(request.resolver_match.func, "keeps_text", False):
        view, args, kwargs = request.resolver_match
        return view(request, *args, refusal=STALE_TOKEN, **kwargs)
    return render(request, "403_token.html", status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show status 400: the request could not be read; 413 where it was too large."""
    if isinstance(exception, TOO_MUCH):
        return too_large(request)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show status 403: other accounts may open the page, this one may not."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show status 404: there is no such page, or this reader may not know of it."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show status 500, or 503 where the database or the cache is away; needs neither."""
    return error_page(request, sys.exception())
