"""The outcomes' pages and the resource library. Reading touches neither the session nor who is signed in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mscos.pagination import paginate
from outcomes.forms import ResourceFilterForm
from outcomes.models import Domain, Outcome, Quotation, Resource
from outcomes.models.resources import host_of

RESOURCES_A_PAGE = 20
RESOURCES_BESIDE = 5  # on pages about something else
THREADS_ON_OUTCOME = 3
EVENTS_ON_OUTCOME = 3


@require_safe
def outcome_list(request: HttpRequest) -> HttpResponse:
    """Show the seven outcomes, in the study's order, and the long list of domains."""
    outcomes = Outcome.objects.with_counts().with_forums()
    return render(request, "outcomes/outcome_list.html", {"outcomes": outcomes, "domains": Domain.objects.all()})


@require_safe
def outcome_detail(request: HttpRequest, short_name: str) -> HttpResponse:
    """Show why an outcome matters, what good looks like, its resources, its forum and the events that are to come."""
    around = {each.short_name: each for each in Outcome.objects.around(short_name).select_related("forum")}
    outcome = around.pop(short_name, None)
    if outcome is None:
        raise Http404
    resources = Resource.objects.listed().featured_first(outcome).with_maker()[: RESOURCES_BESIDE + 1]
    featured, more = split_featured(list(resources))
    forum = getattr(outcome, "forum", None)
    context = {
        "outcome": outcome,
        "quotations": Quotation.objects.shown_on_site().filter(outcome=outcome),
        "references": outcome.references.all(),
        "featured": featured,
        "more": more,
        "related": around.values(),
        "forum": forum,
        "consultations": forum.consultations.open_or_heard().prefetch_related("topics") if forum else [],
        "threads": forum.threads.visible()[:THREADS_ON_OUTCOME] if forum else [],
        "events": outcome.events.going_ahead().with_organiser()[:EVENTS_ON_OUTCOME],
    }
    return render(request, "outcomes/outcome_detail.html", context)


@require_safe
def resource_list(request: HttpRequest) -> HttpResponse:
    """Show the library, narrowed by the filters in the address."""
    filters = ResourceFilterForm(request.GET)
    listed = Resource.objects.listed()
    found = filters.filter(listed).with_maker().prefetch_related("outcomes")
    context = {
        "filters": filters,
        "chosen": filters.chosen(),
        "page": paginate(request, found, RESOURCES_A_PAGE),
        "total": listed.count(),
    }
    return render(request, "outcomes/resource_list.html", context)


@require_safe
def resource_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a listed resource. A draft or withdrawn one is to readers as if it were not there."""
    resource = get_object_or_404(Resource.objects.listed(), code=code)
    return render(request, "outcomes/resource_detail.html", resource_context(resource))


def resource_context(resource: Resource) -> dict[str, Any]:
    """Return what a resource's page shows, also for an editor's preview of a draft."""
    outcomes = resource.outcomes.select_related("forum")
    credited = list(resource.credits.select_related("organisation"))
    sites = {host_of(credit.organisation.url): f"{credit.organisation.name}’s site" for credit in credited}
    return {
        "resource": resource,
        # A link to a maker's front page opens no document.
        "at_home": resource.url in {credit.organisation.url for credit in credited},
        "site": sites.get(resource.host, resource.host),
        "makers": [credit.organisation for credit in credited if credit.role == credit.Role.AUTHOR],
        "partners": [credit.organisation for credit in credited if credit.role == credit.Role.PARTNER],
        "funders": [credit.organisation for credit in credited if credit.role == credit.Role.FUNDER],
        "outcomes": outcomes,
        "forums": [outcome.forum for outcome in outcomes if hasattr(outcome, "forum")],
        "quotations": Quotation.objects.shown_on_site().filter(resource=resource),
        "before": resource.recommended_before.listed(),
        "related": Resource.objects.listed().related_to(resource).with_maker()[:RESOURCES_BESIDE],
    }


def split_featured(resources: list[Resource]) -> tuple[Resource | None, list[Resource]]:
    """Return the featured one of an outcome's resources (see `featured_first`), or None, and at most five others."""
    if resources and resources[0].featured_from:
        return resources[0], resources[1:]
    return None, resources[:RESOURCES_BESIDE]
