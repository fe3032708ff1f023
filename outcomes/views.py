"""The public pages of outcomes and resources. They touch neither the session nor the user."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mscos.pagination import paginate
from outcomes.forms import ResourceFilterForm
from outcomes.models import Domain, Outcome, Quotation, Resource
from outcomes.models.resources import host_of

RESOURCES_PER_PAGE = 20
MAX_RESOURCES_BESIDE = 5  # on pages about something else
MAX_THREADS_ON_OUTCOME = 3
MAX_EVENTS_ON_OUTCOME = 3


@require_safe
def outcome_list(request: HttpRequest) -> HttpResponse:
    """Show the seven outcomes in the order of the study, and the long list of domains."""
    outcomes = Outcome.objects.with_counts().with_forums()
    return render(request, "outcomes/outcome_list.html", {"outcomes": outcomes, "domains": Domain.objects.all()})


@require_safe
def outcome_detail(request: HttpRequest, short_name: str) -> HttpResponse:
    """Show an outcome with its resources, quotations, references, forum and upcoming events."""
    outcomes = {each.short_name: each for each in Outcome.objects.with_related(short_name).select_related("forum")}
    outcome = outcomes.pop(short_name, None)
    if outcome is None:
        raise Http404
    resources = Resource.objects.listed().featured_first(outcome).with_maker()[: MAX_RESOURCES_BESIDE + 1]
    featured, more = split_featured(list(resources))
    forum = getattr(outcome, "forum", None)
    context = {
        "outcome": outcome,
        "quotations": Quotation.objects.shown_on_site().filter(outcome=outcome),
        "references": outcome.references.all(),
        "featured": featured,
        "more": more,
        "related": outcomes.values(),
        "forum": forum,
        "consultations": forum.consultations.open_or_heard().prefetch_related("topics") if forum else [],
        "threads": forum.threads.visible()[:MAX_THREADS_ON_OUTCOME] if forum else [],
        "events": outcome.events.going_ahead().with_organiser()[:MAX_EVENTS_ON_OUTCOME],
    }
    return render(request, "outcomes/outcome_detail.html", context)


@require_safe
def resource_list(request: HttpRequest) -> HttpResponse:
    """List the resources that match the filters of the query string."""
    filters = ResourceFilterForm(request.GET)
    listed = Resource.objects.listed()
    matching = filters.filter(listed).with_maker().prefetch_related("outcomes")
    context = {
        "filters": filters,
        "chosen": filters.chosen(),
        "page": paginate(request, matching, RESOURCES_PER_PAGE),
        "total": listed.count(),
    }
    return render(request, "outcomes/resource_list.html", context)


@require_safe
def resource_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a listed resource; 404 for a draft or withdrawn one."""
    resource = get_object_or_404(Resource.objects.listed(), code=code)
    return render(request, "outcomes/resource_detail.html", resource_context(resource))


def resource_context(resource: Resource) -> dict[str, Any]:
    """Return the context of a resource's page, for an editor's preview of a draft too."""
    outcomes = resource.outcomes.select_related("forum")
    roles = list(resource.credits.select_related("organisation"))
    sites = {host_of(credit.organisation.url): f"{credit.organisation.name}’s site" for credit in roles}
    return {
        "resource": resource,
        # The link to the front page of an organisation opens no document.
        "is_front_page": resource.url in {credit.organisation.url for credit in roles},
        "site": sites.get(resource.host, resource.host),
        "makers": [credit.organisation for credit in roles if credit.role == credit.Role.AUTHOR],
        "partners": [credit.organisation for credit in roles if credit.role == credit.Role.PARTNER],
        "funders": [credit.organisation for credit in roles if credit.role == credit.Role.FUNDER],
        "outcomes": outcomes,
        "forums": [outcome.forum for outcome in outcomes if hasattr(outcome, "forum")],
        "quotations": Quotation.objects.shown_on_site().filter(resource=resource),
        "before": resource.recommended_before.listed(),
        "related": Resource.objects.listed().related_to(resource).with_maker()[:MAX_RESOURCES_BESIDE],
    }


def split_featured(resources: list[Resource]) -> tuple[Resource | None, list[Resource]]:
    """Return the featured resource (see `featured_first`), or None, and at most MAX_RESOURCES_BESIDE others."""
    if resources and resources[0].featured_from:
        return resources[0], resources[1:]
    return None, resources[:MAX_RESOURCES_BESIDE]
