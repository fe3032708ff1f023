"""How often one visitor may do a thing, counted without knowing who the visitor is.

A visitor is a keyed digest of the address. One half of the key is random, lives in the cache (in memory only) and is
another one each day, so that yesterday's counts join with nothing; the other half is SECRET_KEY, which is in no cache,
so that a copy of the cache alone cannot be turned back into addresses.
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

KEY_LASTS = 25 * 60 * 60  # seconds: a day with an hour more, for the day on which the clocks go back


@dataclass(frozen=True)
class Limit:
    """At most `times` in a window that the first use opens, counted apart for each `name`.

    A use is counted first and compared then, so that of many at once no more than `times` are allowed.

    The window lasts between half of `seconds` and all of them, by chance: whoever shares an address with somebody and tries
    until they are let in again must not learn the moment at which the other did the same thing.
    """

    name: str
    times: int
    seconds: int

    @property
    def wait(self) -> str:
        """How long to wait at the most, in words: '10 minutes'."""
        return f"{self.seconds // 60} minutes"

    def reached(self, request: HttpRequest) -> bool:
        """Return whether this visitor has used up the limit, without counting: a use may still be refused."""
        return self.reached_for(client_network(request))

    def count(self, request: HttpRequest, undo: ExitStack | None = None) -> bool:
        """Count one use by this visitor, and return whether the limit allows it. `undo` takes it back when it is closed."""
        return self.count_for(client_network(request), undo)

    @contextmanager
    def counted(self, request: HttpRequest) -> Iterator[bool]:
        """Count one use and yield whether the limit allows it; where the block fails, it is taken back."""
        with self.counted_for(client_network(request)) as is_allowed:
            yield is_allowed

    def reached_for(self, whom: str) -> bool:
        """Tell whether the limit is used up for `whom`: anything that stands for a person, such as an email address."""
        used: int = cache.get(self._key(whom), 0)
        return used >= self.times

    def count_for(self, whom: str, undo: ExitStack | None = None) -> bool:
        """Do what `count` does for `whom`."""
        key = self._key(whom)
        cache.add(key, 0, secrets.choice(range(self.seconds // 2, self.seconds + 1)))
        try:
            used: int = cache.incr(key)
        except ValueError:  # the window closed between the two lines
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
        return f"limit:{self.name}:{_digest_of_the_day(whom)}"


def _take_back(key: str) -> None:
    with suppress(ValueError):  # its window has closed
        cache.decr(key)


def visitor_digest(request: HttpRequest) -> str:
    """Return today's keyed digest of the visitor's address, as 32 hex digits."""
    return _digest_of_the_day(client_network(request))


def note_today(text: str, undo: ExitStack) -> bool:
    """Remember a text until midnight by its digest of the day; return whether it is new. `undo` forgets a new one.

    Not for a day from now: the moment at which that ends would tell when it began.
    """
    now = timezone.localtime()
    midnight = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), time.min))
    key = f"today:{_digest_of_the_day(text)}"
    is_new = cache.add(key, "yes", (midnight - now).total_seconds())
    if is_new:
        undo.callback(cache.delete, key)
    return is_new


def _digest_of_the_day(text: str) -> str:
    day = timezone.localdate().isoformat()
    key: Any = cache.get_or_set(f"limit-key:{day}", lambda: secrets.token_bytes(32), KEY_LASTS)
    return hmac.new(settings.SECRET_KEY.encode() + key, text.encode(), hashlib.sha256).hexdigest()[:32]


def client_network(request: HttpRequest) -> str:
    """Return the visitor's address, or of an IPv6 address its /64 (one household), as the proxies of ours report it.

    `TRUSTED_PROXIES` proxies stand in front and append to X-Forwarded-For: the address is the one that the outermost
    of them saw. Anything further left was written by the visitor and is not believed.
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
