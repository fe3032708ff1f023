"""`/health/`: whether the parts answer that the portal needs, for a load balancer, a service manager or a monitor.

The answer names each part and nothing else: no host, no reason, no version.
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

MAX_SECONDS = 3.0  # seconds that an answer may take; a part that has not answered by then counts as away
PATH = "/health/"
ADDED_BY_PROXIES = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


class Part:
    """A part that is looked at in a thread of its own: one that hangs holds up no answer, and is asked only once."""

    def __init__(self, name: str, ask: Callable[[], None]) -> None:
        self.name = name
        self._ask = ask
        self._lock = threading.Lock()
        self._look: Future[None] | None = None

    def look(self) -> Future[None]:
        """Return the look under way, or begin one; it ends with an exception where the part is away."""
        with self._lock:
            if self._look is None or self._look.done():
                self._look = Future()
                threading.Thread(target=self._run, args=(self._look,), daemon=True).start()
            return self._look

    def _run(self, look: Future[None]) -> None:
        try:
            self._ask()
        except Exception as error:
            look.set_exception(error)
        else:
            look.set_result(None)


def _ask_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations")  # of a lost file SQLite would make an empty one
    finally:
        connection.close()  # this thread ends, and its connection would stay open


def _ask_cache() -> None:
    cache.get("health")


PARTS = (Part("database", _ask_database), Part("cache", _ask_cache))


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Say of each part whether it answers: 200 where all do, 503 where one is away."""
    looks = {part.name: part.look() for part in PARTS}
    wait(looks.values(), timeout=MAX_SECONDS)
    states = {name: "ok" if look.done() and look.exception() is None else "away" for name, look in looks.items()}
    text = "".join(f"{name}: {state}\n" for name, state in states.items())
    return HttpResponse(text, content_type="text/plain", status=503 if "away" in states.values() else 200)


def local_probe(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer a probe on this machine, which asks 127.0.0.1 without TLS and does not know the site's host.

    It must stand before the middleware that refuses strange hosts and redirects to https. Nothing in the answer depends
    on the host, so whoever passes for a probe learns what everybody may read at this address.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return health(request) if request.path_info == PATH and _is_local(request) else get_response(request)

    return middleware


def _is_local(request: HttpRequest) -> bool:
    """Tell whether a program on this machine asks, and no proxy on somebody's behalf."""
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return peer.is_loopback and not any(name in request.headers for name in ADDED_BY_PROXIES)
