"""Checks of the settings of the site as a whole."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error


def site_problems() -> Iterator[CheckMessage]:
    """Yield what is wrong with them."""
    if settings.BEHIND_TLS:
        yield from _https_problems()
    leave = urlsplit(settings.LEAVE_URL)
    if leave.scheme != "https" or not leave.hostname:
        yield Error(
            f"LEAVE_URL is '{settings.LEAVE_URL}'.",
            hint="Set it to the https address of a quick, neutral site, such as a national weather page.",
            id="mscos.E001",
        )
    if settings.WEB_PROCESSES > 1 and "locmem" in settings.CACHES["default"]["BACKEND"]:
        yield Error(
            "WEB_CONCURRENCY asks for several web processes, but limits are counted in the memory of one.",
            hint="Set CACHE_URL to a Redis or Valkey server that all share, or leave WEB_CONCURRENCY unset.",
            id="mscos.E002",
        )
    if settings.TRUSTED_PROXIES < 0:
        yield Error(
            f"TRUSTED_PROXIES is {settings.TRUSTED_PROXIES}.",
            hint="Set it to how many proxies of your own stand in front, 0 if none.",
            id="mscos.E003",
        )
    if not settings.REQUIRE_SECOND_FACTOR and not settings.SAMPLE_SITE:
        yield Error(
            "REQUIRE_SECOND_FACTOR is off on a site that is no sample site.",
            hint="Leave it on: staff see what people wrote in confidence.",
            id="mscos.E004",
        )
    if settings.CONTACT_DAYS < 1 or settings.REQUEST_DAYS < 1:
        yield Error(
            f"CONTACT_DAYS is {settings.CONTACT_DAYS} and REQUEST_DAYS is {settings.REQUEST_DAYS}.",
            hint="Both are days, 1 at least.",
            id="mscos.E012",
        )
    if settings.BACKUP_DAYS < 1:
        yield Error(f"BACKUP_DAYS is {settings.BACKUP_DAYS}.", hint="It is days, 1 at least.", id="mscos.E022")


def _https_problems() -> Iterator[CheckMessage]:
    """Yield what must not be set on a site with real readers."""
    if settings.DEBUG:
        yield Error(
            "DEBUG is on, and SITE_URL begins with https.",
            hint="Take DEBUG out of the settings: its error pages show what people typed.",
            id="mscos.E014",
        )
    if settings.TRUSTED_PROXIES == 0:
        yield Error(
            "TRUSTED_PROXIES is 0, and SITE_URL begins with https.",
            hint="The portal speaks no TLS, so a proxy stands in front. Set TRUSTED_PROXIES to how many do, 1 as a rule: "
            "else all readers share one limit, and each page redirects to itself.",
            id="mscos.E015",
        )
