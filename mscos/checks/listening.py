"""Checks of the address on which the web process listens."""

import ipaddress
from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error


def listening_problems() -> Iterator[CheckMessage]:
    """Refuse an address that others reach directly: TLS and slow requests need a proxy."""
    if not settings.TRUSTED_PROXIES and not _is_loopback(settings.HOST):
        yield Error(
            f"HOST is '{settings.HOST}', which other machines can reach, and no proxy stands in front.",
            hint="Leave HOST unset (127.0.0.1), or put a proxy in front and set TRUSTED_PROXIES to how many there are.",
            id="mscos.E020",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
