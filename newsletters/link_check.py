"""The work loop's look at outside links: which are in issues that will go out, and what came back from each.

A page or a form never asks another server. What leaves here is the address, the name 'link check' and our own host;
the proxies that the environment names are used, since many offices have no other way out.
"""

import ipaddress
import socket
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPException
from time import monotonic
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, getproxies

from django.conf import settings
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from newsletters.models import CheckedLink, Issue, Section
from newsletters.parts import part_of
from newsletters.reading import links_in

MayAsk = Callable[[str], bool]
State = CheckedLink.State
LINKS_A_RUN = 50
RUN_SECONDS = 60  # after which no further link is asked: other jobs wait behind this one
SECONDS = 10  # how long one server may take
REDIRECTS = 5
LONGEST = 2000  # what CheckedLink.url holds; longer addresses are not checked
NOT_ASKED = 0  # the status of an address to which nothing was sent, because it is not public


def is_public(url: str) -> bool:
    """Tell whether all that a host's name stands for is out on the internet, so that no editor asks our own network."""
    host = urlsplit(url).hostname or ""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        if getproxies():  # behind a proxy only the proxy may know outside names
            return True
        raise
    addresses = [ipaddress.ip_address(each) for each in found]
    return all(address.is_global and not address.is_multicast for address in addresses)


def check_links(*, may_ask: MayAsk = is_public, seconds: float = SECONDS) -> None:
    """Ask after the outside links of drafts and scheduled issues that are due; forget links that stand in none.

    Where nothing at all answers there may be no network, so nothing is learned and each link stays as it was.
    """
    _note_links()
    end = monotonic() + RUN_SECONDS
    statuses: dict[int, int | None] = {}
    for link in CheckedLink.objects.due()[:LINKS_A_RUN]:
        if monotonic() < end:
            statuses[link.pk] = status_of(link.url, may_ask=may_ask, seconds=seconds)
    network = any(statuses.values())
    for pk, status in statuses.items():
        if network or status == NOT_ASKED:
            CheckedLink.objects.filter(pk=pk).update(state=_state(status), checked_at=timezone.now())


def outside_links() -> set[str]:
    """Return the outside addresses in the issues that are not out yet."""
    going_out = [Issue.State.DRAFT, Issue.State.SCHEDULED]
    sections = Section.objects.filter(issue__state__in=going_out).with_what_they_show()
    parts = filter(None, map(part_of, sections))
    links = (link for part in parts for link in links_in(part))
    return {link.url for link in links if link.is_outside and not is_own_site(link.url) and len(link.url) <= LONGEST}


def is_own_site(url: str) -> bool:
    """Tell whether a whole address is one of this site, by either scheme."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_web = parts.scheme in {"http", "https"}
    return is_web and parts.hostname == settings.SITE.hostname and port in {None, settings.SITE.port}


def status_of(url: str, *, may_ask: MayAsk = is_public, seconds: float = SECONDS) -> int | None:
    """Return the HTTP status with which an address answers; None where nothing comes back. Raises nothing."""
    try:
        status = _follow(url, "HEAD", may_ask=may_ask, seconds=seconds)
        # Many servers refuse HEAD, some even call the page gone: only the answer to GET counts against a link.
        if status >= HTTPStatus.BAD_REQUEST:
            status = _follow(url, "GET", may_ask=may_ask, seconds=seconds)
    except (OSError, HTTPException, ValueError, OverflowError):  # the last for a port out of range, on some systems
        return None
    return status


def _note_links() -> None:
    """Keep one row for each outside link that is going out, and none for others."""
    now, noted = outside_links(), dict(CheckedLink.objects.values_list("url", "pk"))
    CheckedLink.objects.filter(pk__in=[pk for url, pk in noted.items() if url not in now]).delete()
    CheckedLink.objects.bulk_create([CheckedLink(url=url) for url in sorted(now - noted.keys())], ignore_conflicts=True)


def _follow(url: str, method: str, *, may_ask: MayAsk, seconds: float) -> int:
    """Return the status at the end of the redirects."""
    for _ in range(REDIRECTS + 1):
        if urlsplit(url).scheme not in {"http", "https"} or not may_ask(url):
            return NOT_ASKED
        status, headers = _ask(url, method, seconds)
        target = headers.get("Location")
        if not (HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST and target):
            return status
        url = urljoin(url, target)
    return HTTPStatus.LOOP_DETECTED


def _ask(url: str, method: str, seconds: float) -> tuple[int, Mapping[str, str]]:
    """Send one request, without cookies and without following anything; leave the body unread."""
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    parts = urlsplit(url)
    whole = urlunsplit((parts.scheme, parts.netloc, iri_to_uri(parts.path), iri_to_uri(parts.query), ""))
    agent = {"User-Agent": f"link check ({settings.SITE.hostname})"}
    with opener.open(Request(whole, headers=agent, method=method), timeout=seconds) as answer:  # noqa: S310  _follow lets only http through
        return answer.status, answer.headers


def _state(status: int | None) -> CheckedLink.State:
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return State.GONE
    return State.WORKING if status and status < HTTPStatus.BAD_REQUEST else State.NO_ANSWER
