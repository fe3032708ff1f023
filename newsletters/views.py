"""The public pages of issues. They touch neither the session nor the user."""

from http import HTTPStatus

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from mscos.pagination import paginate
from mscos.privacy import private
from newsletters.content.blocks import blocks_of, highlights_of
from newsletters.models import Issue

ISSUES_PER_PAGE = 20


@require_safe
def issue_list(request: HttpRequest) -> HttpResponse:
    """List the published issues, the latest one large."""
    page = paginate(request, Issue.objects.in_archive(), ISSUES_PER_PAGE)
    issues = list(page)
    latest = issues.pop(0) if issues and page.number == 1 else None
    context = {
        "page": page,
        "latest": latest,
        "highlights": highlights_of(latest) if latest else [],
        "others": issues,
    }
    return render(request, "newsletters/issue_list.html", context)


@require_safe
def issue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an issue, or that it was withdrawn."""
    issue = get_object_or_404(Issue.objects.published(), slug=slug)
    if issue.state == Issue.State.WITHDRAWN:
        return render(request, "newsletters/issue_withdrawn.html", {"issue": issue}, status=HTTPStatus.GONE)
    return render(request, "newsletters/issue_detail.html", {**_context(issue), **_neighbours(issue)})


@private
@require_safe
def issue_preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show a draft to whoever has its link; once it is published, the issue itself."""
    issue = get_object_or_404(Issue.objects.by_preview(token))
    if issue.is_published:
        return redirect(issue)
    return render(request, "newsletters/issue_preview.html", _context(issue))


def _context(issue: Issue) -> dict[str, object]:
    return {"issue": issue, "blocks": blocks_of(issue), "site_url": settings.SITE_URL}


def _neighbours(issue: Issue) -> dict[str, Issue | None]:
    """Return the issues before and after a published one."""
    archive = Issue.objects.in_archive()
    before = Q(publish_at__lt=issue.publish_at) | Q(publish_at=issue.publish_at, number__lt=issue.number)
    after = Q(publish_at__gt=issue.publish_at) | Q(publish_at=issue.publish_at, number__gt=issue.number)
    return {"previous": archive.filter(before).first(), "next": archive.filter(after).last()}
