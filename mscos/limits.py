"""Rate limits for visitors, counted without storing who a visitor is.

A visitor is an HMAC of the IP address. Half of its key is random, stored in the cache (in memory only) and new each
day, so that the counts of two days cannot be linked; the other half is SECRET_KEY, which is in no cache, so that a copy
of the cache alone cannot be turned back into addresses.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

KEY_MAX_AGE = 25 * 60 * 60  # seconds: the day on which the clocks go back has 25 hours


@dataclass(frozen=True)
class Limit:
    """At most `times` uses in a window that the first use opens; each `name` is counted separately.

    A use is counted before the count is compared, so that of many at once no more than `times` are allowed.

    The window lasts a random time between half of `seconds` and all of them: whoever shares an IP address with somebody
    and tries until it works again must not learn when the other used the limit up.
    """

    name: str
    times: int
    seconds: int

    @property
    def wait(self) -> str:
        """The longest wait, in words: '10 minutes'."""
        return f"{self.seconds // 60} minutes"

    def reached(self, request: HttpRequest) -> bool:
        """Return whether this visitor has used up the limit, without counting: a use may still be refused."""
        return self.reached_for(client_network(request))

    def count(self, request: HttpRequest, undo: ExitStack | None = None) -> bool:
        """Count one use by this visitor; return whether the limit allows it. `undo`, when closed, takes the use back."""
        return self.count_for(client_network(request), undo)

    @contextmanager
    def counted(self, request: HttpRequest) -> Iterator[bool]:
        """Count one use and yield whether the limit allows it; an exception in the block takes the use back."""
        with self.counted_for(client_network(request)) as is_allowed:
            yield is_allowed

    def reached_for(self, whom: str) -> bool:
        """Return whether the limit is used up for `whom`: a text that identifies a person, such as an email address."""
        used: int = cache.get(self._key(whom), 0)
        return used >= self.times

    def count_for(self, whom: str, undo: ExitStack | None = None) -> bool:
        """Do what `count` does for `whom`."""
        key = self._key(whom)
        cache.add(key, 0, secrets.choice(range(self.seconds // 2, self.seconds + 1)))
        try:
            used: int = cache.incr(key)
        except ValueError:  # the window ended between the two calls
            return self.count_for(whom, undo)
        if undo:
            undo.callback(_take_back, key)
        return used <= self.times

    @contextmanager
    def counted_for(self, whom: str) -> Iterator[bool]:
        """Do what `counted` does for `whom`."""
        with ExitStack() as undo:
            yield self.count_for(whom, undo)
            undo.pop_all()

    def _key(self, whom: str) -> str:
        return f"limit:{self.name}:{_hmac_of_the_day(whom)}"


def _take_back(key: str) -> None:
    with suppress(ValueError):  # its window has ended
        cache.decr(key)


def visitor_digest(request: HttpRequest) -> str:
    """Return today's HMAC of the visitor's address, as 32 hex digits."""
    return _hmac_of_the_day(client_network(request))


def note_today(text: str, undo: ExitStack) -> bool:
    """Store the HMAC of a text until midnight; return whether it is new. `undo`, when closed, deletes a new one.

    Not for 24 hours: the moment at which they end would tell when they began.
    """
    now = timezone.localtime()
    midnight = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), time.min))
    key = f"today:{_hmac_of_the_day(text)}"
    is_new = cache.add(key, "yes", (midnight - now).total_seconds())
    if is_new:
        undo.callback(cache.delete, key)
    return is_new


def _hmac_of_the_day(text: str) -> str:
    day = timezone.localdate().isoformat()
    key: Any = cache.get_or_set(f"limit-key:{day}", lambda: secrets.token_bytes(32), KEY_MAX_AGE)
    return hmac.new(settings.SECRET_KEY.encode() + key, text.encode(), hashlib.sha256).hexdigest()[:32]


def client_network(request: HttpRequest) -> str:
    """Return the visitor's IP address, or the /64 network of an IPv6 address (one household), as our proxies report it.

    `TRUSTED_PROXIES` proxies append to X-Forwarded-For; the address is the one that the outermost of them saw. What
    stands to the left of it was written by the visitor and is not trusted.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    hops.append(request.META.get("REMOTE_ADDR", ""))
    hop = hops[max(-len(hops), -1 - settings.TRUSTED_PROXIES)]
    try:
        address = ipaddress.ip_address(_without_port(hop))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def _without_port(hop: str) -> str:
    """Return the address of '192.0.2.1:443' or '[2001:db8::1]:443', as some proxies write it."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
