"""Where the web process listens: on loopback unless a proxy stands in front, and on a port that nothing else uses."""

import ipaddress
import socket
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from mscos.startup.error import StartError


@register
def check_address(**kwargs: Any) -> list[CheckMessage]:
    """Refuse an address that others reach directly: a proxy adds TLS, and reads slow requests before it passes them on."""
    if settings.TRUSTED_PROXIES or _is_loopback(settings.HOST):
        return []
    return [
        Error(
            f"HOST is '{settings.HOST}', which other machines can reach, and no proxy stands in front.",
            hint="Leave HOST unset (127.0.0.1), or put a proxy in front and set TRUSTED_PROXIES to how many there are.",
            id="mscos.E020",
        )
    ]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def require_free_port() -> None:
    """Raise StartError where HOST and PORT cannot be listened on."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(settings.HOST, settings.PORT, type=socket.SOCK_STREAM)[
            0
        ]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise StartError(
            f"It cannot listen on {settings.HOST}, port {settings.PORT}: {error.strerror}. Stop what uses that port, "
            "or choose another: make run PORT=8080"
        ) from error
