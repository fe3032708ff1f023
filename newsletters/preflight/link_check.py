"""The work loop's look at outside links: which are in issues that will go out, and what came back from each.

A page or a form never asks another server. What leaves here is the address, the name 'link check' and our own host;
the proxies that the environment names are used, since many offices have no other way out.

Whoever keeps a linked site also keeps its name server and writes its redirects: so it is the number connected to that
is looked at, not the name, and each request has an end, however slowly a server talks.
"""

import ipaddress
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import HTTPHandler, OpenerDirector, ProxyHandler, Request

from django.conf import settings
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from newsletters.content.blocks import block_of
from newsletters.models import CheckedLink, Issue, Section
from newsletters.preflight.html_content import links_in

MayAsk = Callable[[str], bool]  # of an address in numbers
State = CheckedLink.State
LINKS_A_RUN = 50
RUN_SECONDS = 60  # after which no further link is asked: other jobs wait behind this one
SECONDS = 10  # how long one server may take
REDIRECTS = 5
MAX_URL_LENGTH = 2000  # what CheckedLink.url holds; longer addresses are not checked
NOT_ASKED = 0  # the status of an address to which nothing was sent, because it is not public
# Of IPv6 only this part is given out for the internet (https://www.iana.org/assignments/ipv6-address-space).
GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
# IPv6 addresses that stand for the IPv4 address in their last 32 bits: RFC 4291 2.5.5.2, and RFC 6052, where a network
# of IPv6 alone reaches the rest of the internet.
STANDS_FOR_IPV4 = [ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96")]


class NotPublic(Exception):
    """Nothing was sent: what the name stands for is not out on the internet."""


def is_public(address: str) -> bool:
    """Tell whether an address in numbers is out on the internet, so that no editor asks our own network."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if any(found in network for network in STANDS_FOR_IPV4):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        if found not in GIVEN_OUT or found.sixtofour:  # 6to4 leads to an IPv4 address too, through the middle
            return False
    return found.is_global and not found.is_multicast


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
    sections = Section.objects.filter(issue__state__in=going_out).with_targets()
    parts = filter(None, map(block_of, sections))
    links = (link for block in parts for link in links_in(block))
    return {
        link.url for link in links if link.is_outside and not is_own_site(link.url) and len(link.url) <= MAX_URL_LENGTH
    }


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
        if urlsplit(url).scheme not in {"http", "https"}:
            return NOT_ASKED
        try:
            status, headers = _ask(url, method, may_ask=may_ask, seconds=seconds)
        except NotPublic:
            return NOT_ASKED
        target = headers.get("Location")
        if not (HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST and target):
            return status
        url = urljoin(url, target)
    return HTTPStatus.LOOP_DETECTED


def _ask(url: str, method: str, *, may_ask: MayAsk, seconds: float) -> tuple[int, Mapping[str, str]]:
    """Send one request, without cookies and without following anything; leave the body unread."""
    parts = urlsplit(url)
    whole = urlunsplit((parts.scheme, parts.netloc, iri_to_uri(parts.path), iri_to_uri(parts.query), ""))
    agent = {"User-Agent": f"link check ({settings.SITE.hostname})"}
    request = Request(whole, headers=agent, method=method)  # noqa: S310  _follow lets only http through
    visit = _Visit(request.host, may_ask=may_ask, seconds=seconds)
    opener = OpenerDirector()
    for handler in (ProxyHandler(), _Web(visit)):
        opener.add_handler(handler)
    try:
        with opener.open(request, timeout=seconds) as answer:
            visit.left()
            return answer.status, answer.headers
    finally:
        visit.end()


class _Visit:
    """One request under way: whom it may reach, and until when."""

    def __init__(self, host: str, *, may_ask: MayAsk, seconds: float) -> None:
        self.host = host  # as the request itself reads it; once it is another one, that is a proxy's
        self.may_ask = may_ask
        self.over = monotonic() + seconds
        self.timer: Timer | None = None
        self.line: socket.socket | None = None

    def left(self) -> float:
        """Return the seconds left; raises TimeoutError where there are none."""
        left = self.over - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def dial(self, host: str, port: int) -> socket.socket:
        """Connect to one of a host's addresses, each of them looked at before; raises NotPublic or OSError."""
        problem: OSError = OSError()
        for address in self.look_up(host):
            try:
                return socket.create_connection((address, port), timeout=self.left())
            except OSError as error:
                problem = error
        raise problem

    def look_up(self, host: str) -> list[str]:
        """Return all that a host's name stands for; raises NotPublic where one of them may not be asked."""
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
        if not all(map(self.may_ask, found)):
            raise NotPublic
        return sorted(found)

    def allow_by_proxy(self) -> None:
        """Raise NotPublic where this machine knows the host as one of our own; only the proxy may know outside names."""
        try:
            self.look_up(urlsplit(f"//{self.host}").hostname or "")
        except OSError:
            return

    def end_in_time(self, sock: socket.socket) -> None:
        """Cut a connection when the time is over: a timeout of its own starts anew with each byte."""
        self.line = sock.dup()  # the same connection by another handle: TLS takes the first one over
        self.timer = Timer(self.left(), self._cut)
        self.timer.daemon = True
        self.timer.start()

    def _cut(self) -> None:
        if self.line:
            with suppress(OSError):  # it ended by itself
                self.line.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Let go of the connection."""
        if self.timer:
            self.timer.cancel()
        if self.line:
            self.line.close()


class _Plain(HTTPConnection):
    """A connection as its visit allows it, straight or by a proxy."""

    visit: _Visit
    by_proxy: bool

    def connect(self) -> None:
        """Connect, and let the visit cut the line when its time is over."""
        if self.by_proxy:
            self.visit.allow_by_proxy()
            super().connect()
        else:
            self.sock = self.visit.dial(self.host, self.port)
        self.visit.end_in_time(self.sock)


class _Encrypted(HTTPSConnection, _Plain):
    """The same with TLS, which HTTPSConnection begins once the next class in this row has connected."""


class _Web(HTTPHandler):
    """Opens http and https by connections that belong to a visit."""

    def __init__(self, visit: _Visit) -> None:
        super().__init__()
        self.visit = visit

    def http_open(self, req: Request) -> HTTPResponse:
        """Open an address of http."""
        return self.do_open(partial(self._connection, _Plain), req)

    def https_open(self, req: Request) -> HTTPResponse:
        """Open an address of https."""
        return self.do_open(partial(self._connection, _Encrypted), req)

    https_request = HTTPHandler.http_request

    def _connection(self, kind: type[_Plain], host: str, **given: Any) -> _Plain:
        made = kind(host, **given)
        made.visit, made.by_proxy = self.visit, host != self.visit.host
        return made


def _state(status: int | None) -> CheckedLink.State:
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return State.GONE
    return State.WORKING if status and status < HTTPStatus.BAD_REQUEST else State.NO_ANSWER
