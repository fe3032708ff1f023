"""The check of outside links by the background worker: the links of issues to come, and what each answered.

A page or a form never asks another server. What leaves here is the address, the name 'link check' and our own host.
"""

from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from mscos.safe_http import IsAllowed, NotPublic, is_public, request_status
from newsletters.content.blocks import block_of
from newsletters.models import CheckedLink, Issue, Section
from newsletters.preflight.html_content import links_in

State = CheckedLink.State
LINKS_PER_RUN = 50
SECONDS_PER_RUN = 60  # after which no further link is asked: other jobs wait behind this one
SECONDS_PER_REQUEST = 10
MAX_URL_LENGTH = 2000  # of CheckedLink.url; longer addresses are not checked
NOT_ASKED = 0  # the status of an address to which nothing was sent, because it is not public


def check_links(*, is_allowed: IsAllowed = is_public, seconds: float = SECONDS_PER_REQUEST) -> None:
    """Check the outside links of drafts and scheduled issues that are due; delete the rows of links that no issue has.

    Where nothing at all answers there may be no network: then each row stays as it was.
    """
    _update_rows()
    deadline = monotonic() + SECONDS_PER_RUN
    statuses: dict[int, int | None] = {}
    for link in CheckedLink.objects.due()[:LINKS_PER_RUN]:
        if monotonic() < deadline:
            statuses[link.pk] = status_of(link.url, is_allowed=is_allowed, seconds=seconds)
    is_online = any(statuses.values())
    for pk, status in statuses.items():
        if is_online or status == NOT_ASKED:
            CheckedLink.objects.filter(pk=pk).update(state=_state(status), checked_at=timezone.now())


def outside_links() -> set[str]:
    """Return the outside addresses in the issues that are not out yet."""
    sections = Section.objects.filter(issue__state__in=[Issue.State.DRAFT, Issue.State.SCHEDULED]).with_targets()
    links = (link for block in filter(None, map(block_of, sections)) for link in links_in(block))
    return {
        link.url for link in links if link.is_outside and not is_own_site(link.url) and len(link.url) <= MAX_URL_LENGTH
    }


def is_own_site(url: str) -> bool:
    """Return whether an absolute address is one of this site, by either scheme."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_web = parts.scheme in {"http", "https"}
    return is_web and parts.hostname == settings.SITE.hostname and port in {None, settings.SITE.port}


def status_of(url: str, *, is_allowed: IsAllowed = is_public, seconds: float = SECONDS_PER_REQUEST) -> int | None:
    """Return the HTTP status with which an address answers; NOT_ASKED or None where there is none. Raises nothing."""
    agent = f"link check ({settings.SITE.hostname})"
    request = partial(request_status, url, user_agent=agent, is_allowed=is_allowed, seconds=seconds)
    try:
        status = request("HEAD")
        # Many servers refuse HEAD, some even call the page gone: only the answer to GET counts against a link.
        return request("GET") if status >= HTTPStatus.BAD_REQUEST else status
    except NotPublic:
        return NOT_ASKED
    except (OSError, HTTPException, ValueError, OverflowError):  # the last for a port out of range, on some systems
        return None


def _update_rows() -> None:
    """Keep one row for each outside link of issues to come, and none for others."""
    urls, rows = outside_links(), dict(CheckedLink.objects.values_list("url", "pk"))
    CheckedLink.objects.filter(pk__in=[pk for url, pk in rows.items() if url not in urls]).delete()
    CheckedLink.objects.bulk_create([CheckedLink(url=url) for url in sorted(urls - rows.keys())], ignore_conflicts=True)


def _state(status: int | None) -> CheckedLink.State:
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return State.GONE
    return State.WORKING if status and status < HTTPStatus.BAD_REQUEST else State.NO_ANSWER
