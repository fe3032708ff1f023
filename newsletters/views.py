"""Reading the newsletter on the web. Reading touches neither the session nor who is signed in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def issue_list(request: HttpRequest) -> HttpResponse:
    """Show the archive."""
    return HttpResponse()


@require_safe
def issue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an issue."""
    return HttpResponse()


@require_safe
def issue_preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show a draft to whoever has its link."""
    return HttpResponse()
