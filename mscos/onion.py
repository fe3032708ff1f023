"""The Onion-Location header, which tells Tor Browser of the site's onion service.

https://community.torproject.org/onion-services/advanced/onion-location/
"""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse


def onion_location(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Add to public pages the URL of the same page of the onion service.

    Not to pages that no cache may store: those are forms and private pages, where switching would lose what was typed.
    """
    if not settings.ONION_URL:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.OK and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Onion-Location"] = settings.ONION_URL + request.get_full_path()
        return response

    return middleware
