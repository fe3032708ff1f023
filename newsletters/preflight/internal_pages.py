"""Pages of this site as a reader without an account gets them: found out by asking their views, not the network."""

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
REDIRECTS = 3
# What readers may open by a link: the pages of the rooms, and those of the core that do nothing but show.
ROOMS = {"outcomes", "events", "forums", "newsletters"}
NOT_FOR_READERS = {"leave", "health"}


class Page(NamedTuple):
    """What came of asking for a page."""

    is_open: bool
    places: set[str] | None = None  # the ids in it; None where it is no web page, or not yet one


class Pages:
    """The pages that an issue leads to, each asked for once and at most MAX_PAGES of them."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        self.known: dict[str, Page] = {}
        self.left_out = False

    def page(self, url: str) -> Page | None:
        """Return what an address of this site opens; None where too many were asked for already."""
        path = unquote(urlsplit(url).path) or "/"
        if path not in self.known and len(self.known) == MAX_PAGES:
            self.left_out = True
            return None
        if path not in self.known:
            self.known[path] = Page(is_open=True) if self._is_own(path) else _ask(path)
        return self.known[path]

    def _is_own(self, path: str) -> bool:
        """Tell whether it is the page of the issue itself, which there will be."""
        match = _match(path)
        named = (match.view_name, match.kwargs.get("slug")) if match else None
        return named == ("newsletters:issue_detail", self.issue.slug)


def is_inside(url: str) -> bool:
    """Tell whether an address is on this site, written short or in full."""
    return (url.startswith("/") and not url.startswith(("//", "/\\"))) or is_own_site(url)


def _ask(path: str, redirects: int = REDIRECTS) -> Page:
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
            transaction.set_rollback(True)  # whatever a page does when it is read, it does not do now
    except Exception:  # a page that is not found or not allowed, and any other fault: readers do not get it
        return Page(is_open=False)
    if response.headers.get("Location") and redirects:
        return _ask(unquote(urlsplit(urljoin(path, response.headers["Location"])).path), redirects - 1)
    is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
    return Page(response.status_code == HTTPStatus.OK, read(response.content.decode()).places if is_page else None)


def _match(path: str) -> ResolverMatch | None:
    """Return the view of a path, also of one that lacks its last slash, which the site adds by a redirect."""
    for each in (path, f"{path}/"):
        try:
            return resolve(each)
        except Resolver404:
            continue
    return None


def _is_public(match: ResolverMatch) -> bool:
    """Tell whether the page is for all readers: one with a token is one reader's own."""
    in_room = match.app_names[:1] and match.app_names[0] in ROOMS
    in_core = match.func.__module__ == "mscos.views" and match.url_name not in NOT_FOR_READERS
    return bool(in_room or in_core) and "token" not in match.kwargs
