"""What Django has no setting for: some headers, how the text of a form is read and how large it may be."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

ISOLATION_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # No cache between us and a reader may show words that have been taken down since.
    "Cache-Control": "private, no-cache",
}
MAY_SEND_MUCH = {"admin", "anymail"}  # staff, and the mail service about many mails at once


def isolation_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Keep other sites from embedding or reading anything of ours (https://observatory.mozilla.org).

    A view that sets one of these headers itself has its way.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in ISOLATION_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def utf_8_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Read every form as UTF-8, whatever it says of itself: our pages send nothing else, and some codecs fail on text."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.encoding = "utf-8"
        return get_response(request)

    return middleware


class LargeForms:
    """Refuses what is larger than any form of ours before any of it is read: reading and cleaning it takes long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Return the page that says what to do, or None where the view may read the request."""
        rooms = request.resolver_match.app_names if request.resolver_match else []
        most = settings.STAFF_FORM_BYTES if MAY_SEND_MUCH.intersection(rooms) else settings.PUBLIC_FORM_BYTES
        return too_large(request) if int(request.headers.get("content-length") or 0) > most else None


def too_large(request: HttpRequest) -> HttpResponse:
    """413: what was sent is more than we read."""
    return render(request, "413.html", status=413)
