"""Decorators for private pages and anonymous form views, and the refusals that such views show.

An anonymous view never touches the session or `request.user`, lets no cache store its pages, and shows a refused form
again with its text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mscos.limits import Limit

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Refusal:
    """The reason why a form is not accepted, valid or not: an HTTP status and a sentence for the writer."""

    status: int
    sentence: str


STALE_TOKEN = Refusal(403, "Something went wrong when sending. Nothing was lost. Check and send again.")


def too_many(limit: Limit) -> Refusal:
    """Return the refusal for a visitor who has used up a limit."""
    return Refusal(429, f"Too many tries. Nothing was lost. Wait {limit.wait}, then send again.")


def private(view: View) -> View:
    """Keep the view's pages out of caches and search engines."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, no_store=True, private=True)
        response.headers["X-Robots-Tag"] = "noindex, noarchive"
        return response

    return wrapper


def anonymous_form(limit: Limit | None = None) -> Callable[[View], View]:
    """Decorate a view of a form that anyone may send without an account.

    The view gets a keyword argument `refusal`: None, or why the form must not be accepted (a missing CSRF token, or a
    `limit` that this visitor has used up). It then shows the form again, with its text and `refusal.status`.
    Django's middleware checks the token; `mscos.views.csrf_failure` calls the view with the refusal.
    The view counts its uses of the limit itself: only it knows which count.
    """

    def decorate(view: View) -> View:
        @private
        @require_http_methods(["GET", "HEAD", "POST"])
        @sensitive_post_parameters()
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, refusal: Refusal | None = None, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and refusal is None and limit and limit.reached(request):
                refusal = too_many(limit)
            return view(request, *args, refusal=refusal, **kwargs)

        setattr(wrapper, "keeps_text", True)  # noqa: B010  mypy refuses a plain assignment; csrf_failure reads it
        return wrapper

    return decorate
