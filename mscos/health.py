"""The health check at `/health/`, for a load balancer, a service manager or a monitor.

The answer names each service that the portal needs and its state, but no host, reason or version.
"""

import ipaddress
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

MAX_SECONDS = 3.0  # that an answer may take; a service that has not answered by then counts as away
PATH = "/health/"
ADDED_BY_PROXIES = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


class Probe:
    """A check of one service, in a thread of its own: one that hangs delays no answer, and is not started twice."""

    def __init__(self, name: str, check: Callable[[], None]) -> None:
        self.name = name
        self._check = check
        self._lock = threading.Lock()
        self._result: Future[None] | None = None

    def start(self) -> Future[None]:
        """Return the check under way, or start one; it ends with an exception where the service is away."""
        with self._lock:
            if self._result is None or self._result.done():
                self._result = Future()
                threading.Thread(target=self._run, args=(self._result,), daemon=True).start()
            return self._result

    def _run(self, result: Future[None]) -> None:
        try:
            self._check()
        except Exception as error:
            result.set_exception(error)
        else:
            result.set_result(None)


def _check_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations")  # a table: SQLite makes an empty file where one is lost
    finally:
        connection.close()  # it belongs to this thread, which ends


def _check_cache() -> None:
    cache.get("health")


PROBES = (Probe("database", _check_database), Probe("cache", _check_cache))


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Return the state of each service: status 200 where all answer, 503 where one is away."""
    results = {probe.name: probe.start() for probe in PROBES}
    wait(results.values(), timeout=MAX_SECONDS)
    states = {name: "ok" if done.done() and done.exception() is None else "away" for name, done in results.items()}
    text = "".join(f"{name}: {state}\n" for name, state in states.items())
    return HttpResponse(text, content_type="text/plain", status=503 if "away" in states.values() else 200)


def local_probe(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer a probe on this machine, which asks 127.0.0.1 without TLS and does not know the site's host.

    It stands before the middleware that refuses unknown hosts and redirects to https. The answer is what everybody may
    read at this address, so nothing is gained by passing for a probe.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return health(request) if request.path_info == PATH and _is_local(request) else get_response(request)

    return middleware


def _is_local(request: HttpRequest) -> bool:
    """Return whether a program on this machine asks, and not a proxy for somebody else."""
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return peer.is_loopback and not any(name in request.headers for name in ADDED_BY_PROXIES)
