"""Middleware for what Django has no setting: isolation headers, forms as UTF-8, and the size of requests."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

ISOLATION_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # No cache may show a post that was taken down since.
    "Cache-Control": "private, no-cache",
}
LARGE_REQUEST_APPS = {"admin", "anymail"}  # staff, and reports of a mail service about many mails


def isolation_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Keep other sites from embedding or reading any page (https://observatory.mozilla.org).

    A header that a view has set itself is kept.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in ISOLATION_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def utf_8_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Read every form as UTF-8, whatever its header says: our pages send nothing else, and some codecs raise errors."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.encoding = "utf-8"
        return get_response(request)

    return middleware


class LargeForms:
    """Refuses a request that is larger than any of our forms before its body is read, which would take long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response to a request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Return the error page, or None where the view may read the request."""
        apps = request.resolver_match.app_names if request.resolver_match else []
        limit = settings.STAFF_FORM_BYTES if LARGE_REQUEST_APPS.intersection(apps) else settings.PUBLIC_FORM_BYTES
        return too_large(request) if int(request.headers.get("content-length") or 0) > limit else None


def too_large(request: HttpRequest) -> HttpResponse:
    """Return the page for status 413: the request is too large."""
    return render(request, "413.html", status=413)
