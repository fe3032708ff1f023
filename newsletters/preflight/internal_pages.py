"""Pages of this site as visitors without an account get them, rendered by their views, not over the network."""

from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest
from django.template.response import SimpleTemplateResponse
from django.urls import Resolver404, ResolverMatch, resolve

from newsletters.models import Issue
from newsletters.preflight.html_content import read
from newsletters.preflight.link_check import is_own_site

MAX_PAGES = 50
MAX_REDIRECTS = 3
# The pages that an issue may link to: those of these apps, and those of mscos/views.py but for two.
APPS = {"outcomes", "events", "forums", "newsletters"}
NOT_TO_LINK = {"leave", "health"}


class Page(NamedTuple):
    """A page of this site, as a visitor gets it."""

    is_open: bool
    ids: set[str] | None = None  # None where it is no HTML page, or not one yet


class Pages:
    """The pages to which an issue links, each rendered once and at most MAX_PAGES of them."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        self.rendered: dict[str, Page] = {}
        self.is_incomplete = False

    def page(self, url: str) -> Page | None:
        """Return the page at a URL of this site; None once MAX_PAGES have been rendered."""
        path = unquote(urlsplit(url).path) or "/"
        if path not in self.rendered and len(self.rendered) == MAX_PAGES:
            self.is_incomplete = True
            return None
        if path not in self.rendered:
            self.rendered[path] = Page(is_open=True) if self._is_own(path) else _render(path)
        return self.rendered[path]

    def _is_own(self, path: str) -> bool:
        """Return whether it is the page of the issue itself, which will exist once it is published."""
        match = _match(path)
        target = (match.view_name, match.kwargs.get("slug")) if match else None
        return target == ("newsletters:issue_detail", self.issue.slug)


def is_inside(url: str) -> bool:
    """Return whether a URL is one of this site, relative or absolute."""
    return (url.startswith("/") and not url.startswith(("//", "/\\"))) or is_own_site(url)


def _render(path: str, redirects: int = MAX_REDIRECTS) -> Page:
    match = _match(path)
    if match is None or not _is_public(match):
        return Page(is_open=False)
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    request.META = {"SERVER_NAME": settings.SITE.hostname, "SERVER_PORT": str(settings.SITE.port or 80)}
    request.user = AnonymousUser()
    request.resolver_match = match
    try:
        with transaction.atomic():
            response = match.func(request, *match.args, **match.kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            transaction.set_rollback(True)  # rendering must change nothing
    except Exception:  # not found, forbidden, or any error: visitors do not get the page
        return Page(is_open=False)
    if response.headers.get("Location") and redirects:
        return _render(unquote(urlsplit(urljoin(path, response.headers["Location"])).path), redirects - 1)
    is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
    return Page(response.status_code == HTTPStatus.OK, read(response.content.decode()).ids if is_page else None)


def _match(path: str) -> ResolverMatch | None:
    """Return the match of a path, even of one without the final slash, which the site adds by a redirect."""
    for candidate in (path, f"{path}/"):
        try:
            return resolve(candidate)
        except Resolver404:
            continue
    return None


def _is_public(match: ResolverMatch) -> bool:
    """Return whether the page is for everybody: one with a token is a single person's."""
    in_app = match.app_names[:1] and match.app_names[0] in APPS
    in_core = match.func.__module__ == "mscos.views" and match.url_name not in NOT_TO_LINK
    return bool(in_app or in_core) and "token" not in match.kwargs
