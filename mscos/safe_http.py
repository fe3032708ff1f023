"""An HTTP client for addresses that others wrote: it reaches no internal address, and no request outlives its time.

Whoever runs a linked site also runs its name server and writes its redirects: so the IP address connected to is
checked, not the name, and each request has an end, however slowly a server sends. No body is read. The proxies that
the environment names are used, since many offices have no other way out.
"""

import ipaddress
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from threading import Timer
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import HTTPHandler, OpenerDirector, ProxyHandler, Request

from django.utils.encoding import iri_to_uri

IsAllowed = Callable[[str], bool]  # of an IP address
MAX_REDIRECTS = 5
# Of IPv6 only this part is given out for the internet (https://www.iana.org/assignments/ipv6-address-space).
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# IPv6 addresses that stand for the IPv4 address in their last 32 bits: RFC 4291 2.5.5.2, and RFC 6052, where a network
# of IPv6 alone reaches the rest of the internet.
IPV4_EMBEDDED = [ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96")]


class NotPublic(Exception):
    """Nothing was sent: the address is not on the public internet, or not of the web."""


def is_public(address: str) -> bool:
    """Return whether an IP address is on the public internet, so that nobody makes this server ask its own network."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in IPV4_EMBEDDED):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in GLOBAL_UNICAST or ip.sixtofour:  # 6to4 embeds an IPv4 address too, in its middle
            return False
    return ip.is_global and not ip.is_multicast


def request_status(url: str, method: str, *, user_agent: str, is_allowed: IsAllowed, seconds: float) -> int:
    """Return the HTTP status at the end of the redirects; each request may take `seconds`.

    Raises NotPublic, and what http.client, ssl and socket raise: OSError, HTTPException, ValueError, OverflowError.
    """
    for _ in range(MAX_REDIRECTS + 1):
        if urlsplit(url).scheme not in {"http", "https"}:
            raise NotPublic
        status, headers = _request(url, method, user_agent=user_agent, is_allowed=is_allowed, seconds=seconds)
        target = headers.get("Location")
        if not (HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST and target):
            return status
        url = urljoin(url, target)
    return HTTPStatus.LOOP_DETECTED


def _request(
    url: str, method: str, *, user_agent: str, is_allowed: IsAllowed, seconds: float
) -> tuple[int, Mapping[str, str]]:
    """Send one request, without cookies and without following a redirect; return the status and the headers."""
    parts = urlsplit(url)
    address = urlunsplit((parts.scheme, parts.netloc, iri_to_uri(parts.path), iri_to_uri(parts.query), ""))
    request = Request(address, headers={"User-Agent": user_agent}, method=method)  # noqa: S310  only http(s) gets here
    guard = _Guard(request.host, is_allowed=is_allowed, seconds=seconds)
    opener = OpenerDirector()
    for handler in (ProxyHandler(), _GuardedHandler(guard)):
        opener.add_handler(handler)
    try:
        with opener.open(request, timeout=seconds) as response:
            guard.seconds_left()
            return response.status, response.headers
    finally:
        guard.close()


class _Guard:
    """The limits of one request: which addresses it may reach, and until when."""

    def __init__(self, host: str, *, is_allowed: IsAllowed, seconds: float) -> None:
        self.host = host  # as the request itself reads it; a connection to any other host is one to a proxy
        self.is_allowed = is_allowed
        self.deadline = monotonic() + seconds
        self.timer: Timer | None = None
        self.sock: socket.socket | None = None

    def seconds_left(self) -> float:
        """Return the seconds left. Raises TimeoutError where there are none."""
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def connect(self, host: str, port: int) -> socket.socket:
        """Connect to one of a host's addresses, after checking all of them. Raises NotPublic or OSError."""
        problem: OSError = OSError()
        for address in self.resolve(host):
            try:
                return socket.create_connection((address, port), timeout=self.seconds_left())
            except OSError as error:
                problem = error
        raise problem

    def resolve(self, host: str) -> list[str]:
        """Return the addresses of a host. Raises NotPublic where one of them is not allowed."""
        addresses = {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
        if not all(map(self.is_allowed, addresses)):
            raise NotPublic
        return sorted(addresses)

    def check_before_proxy(self) -> None:
        """Raise NotPublic where this machine resolves the host to an internal address; only the proxy may know it."""
        try:
            self.resolve(urlsplit(f"//{self.host}").hostname or "")
        except OSError:
            return

    def start_timer(self, sock: socket.socket) -> None:
        """Cut a connection at the deadline: a socket's own timeout starts again with each byte."""
        self.sock = sock.dup()  # the same connection by another handle: TLS takes over the first one
        self.timer = Timer(self.seconds_left(), self._cut)
        self.timer.daemon = True
        self.timer.start()

    def _cut(self) -> None:
        if self.sock:
            with suppress(OSError):  # the connection ended by itself
                self.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop the timer and close this handle of the connection."""
        if self.timer:
            self.timer.cancel()
        if self.sock:
            self.sock.close()


class _GuardedConnection(HTTPConnection):
    """A connection within the limits of its guard, direct or by a proxy."""

    guard: _Guard
    by_proxy: bool

    def connect(self) -> None:
        """Connect, and let the guard cut the connection at the deadline."""
        if self.by_proxy:
            self.guard.check_before_proxy()
            super().connect()
        else:
            self.sock = self.guard.connect(self.host, self.port)
        self.guard.start_timer(self.sock)


class _GuardedTLSConnection(HTTPSConnection, _GuardedConnection):
    """The same with TLS: HTTPSConnection.connect calls the next class's connect, then begins TLS."""


class _GuardedHandler(HTTPHandler):
    """Opens http and https by connections that have one guard."""

    def __init__(self, guard: _Guard) -> None:
        super().__init__()
        self.guard = guard

    def http_open(self, req: Request) -> HTTPResponse:
        """Open an address of http."""
        return self.do_open(partial(self._connection, _GuardedConnection), req)

    def https_open(self, req: Request) -> HTTPResponse:
        """Open an address of https."""
        return self.do_open(partial(self._connection, _GuardedTLSConnection), req)

    https_request = HTTPHandler.http_request

    def _connection(self, kind: type[_GuardedConnection], host: str, **options: Any) -> _GuardedConnection:
        connection = kind(host, **options)
        connection.guard, connection.by_proxy = self.guard, host != self.guard.host
        return connection
