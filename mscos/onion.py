"""The header by which Tor Browser learns of the site's onion service (https://community.torproject.org/onion-services/)."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse


def onion_location(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let Tor Browser offer the onion service's page in the place of a public one.

    Not of pages that no cache may keep: those are forms and private pages, where changing over would lose what was typed.
    """
    if not settings.ONION_URL:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.OK and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Onion-Location"] = settings.ONION_URL + request.get_full_path()
        return response

    return middleware
