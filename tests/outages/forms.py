"""Every public page, found by walking the addresses of the site, so that none can be forgotten."""

from django.urls import get_resolver

from mscos.codes import public_code

STAFF = ("admin/", "accounts/", "mail-events/")
WORDS = "The landlord – “Mr” K. – keeps\r\nmy passport & my <b>phone</b>"


def public_addresses():
    """Return pairs: the name of a view, an address that leads to it. Those of staff are left out."""
    return sorted(_walk(get_resolver(), ""))


def _walk(resolver, prefix):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(STAFF):
            continue
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern, route)
        else:
            yield pattern.lookup_str.rsplit(".", 1)[-1], f"/{_filled(pattern.pattern, prefix)}"


def _filled(pattern, prefix):
    """Return a route with an example in each of its places."""
    address = prefix + str(pattern)
    for name, converter in pattern.converters.items():
        example = "2" if type(converter).__name__ == "IntConverter" else public_code()
        for place in (name, f"slug:{name}", f"str:{name}", f"int:{name}"):
            address = address.replace(f"<{place}>", example)
    return address
