"""Checks of the address of the onion service."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error


def onion_problems() -> Iterator[CheckMessage]:
    """Yield what is wrong with ONION_URL."""
    address = settings.ONION_URL
    if address and not (settings.BEHIND_TLS and re.fullmatch(r"http://[a-z2-7]{56}\.onion", address)):
        yield Error(
            f"ONION_URL is '{address}'.",
            hint="Set it to http:// and the name in tor's file 'hostname', which has 56 letters and digits before .onion; "
            "SITE_URL must begin with https.",
            id="mscos.E030",
        )
