"""The rules of pre-flight about links."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from newsletters.content.blocks import Block, Link
from newsletters.models import CheckedLink, Issue
from newsletters.preflight.html_content import links_in, read
from newsletters.preflight.internal_pages import Pages, is_inside
from newsletters.preflight.link_check import MAX_URL_LENGTH
from newsletters.preflight.wording import Complaint, blocking, short, warning

State = CheckedLink.State
MAX_CHECK_AGE = timedelta(days=7)  # after which a link that worked counts as not checked
OR_REMOVE = "or take the link out."


class LinkRules:
    """The rules, with the state of outside links and the pages of this site rendered so far."""

    def __init__(self, issue: Issue) -> None:
        self.pages = Pages(issue)
        self.checked = {link.url: link for link in CheckedLink.objects.all()}

    def of_block(self, block: Block) -> Iterator[Complaint]:
        """Yield the complaints about the links of a block."""
        ids = read(block.html).ids
        for link in dict.fromkeys(links_in(block)):
            if link.url in {"", "#"}:
                yield blocking(f"The link '{short(link.words)}' leads nowhere.", f"Give its address, {OR_REMOVE}")
            elif link.url.startswith("#"):
                yield from self._of_fragment(link, ids)
            elif is_inside(link.url):
                yield from self._of_inside(link)
            elif link.is_outside:
                yield from self._of_outside(link.url)
            elif not link.url.startswith("mailto:"):
                problem = f"The link '{short(link.words)}' has an address that opens nothing: {short(link.url)}"
                yield blocking(problem, "Start it with https:// or, on this site, with /")

    def _of_fragment(self, link: Link, ids: set[str]) -> Iterator[Complaint]:
        if unquote(link.url[1:]) not in ids:
            problem = f"The link '{short(link.words)}' leads to a place that is not in this section: {short(link.url)}"
            yield blocking(problem, f"Give the address of a page, {OR_REMOVE}")

    def _of_inside(self, link: Link) -> Iterator[Complaint]:
        page = self.pages.page(link.url)
        fragment = unquote(urlsplit(link.url).fragment)
        if settings.BEHIND_TLS and link.url.startswith("http://"):
            yield _not_encrypted(link.url)
        if page and not page.is_open:
            remedy = f"Link to a page that everybody can open, {OR_REMOVE}"
            yield blocking(f"Readers cannot open this page: {short(link.url)}", remedy)
        elif page and fragment and page.ids is not None and fragment not in page.ids:
            problem = f"This page has no place of that name: {short(link.url)}"
            yield warning(problem, f"Take '#{short(fragment)}' off its end, or correct it.")

    def _of_outside(self, url: str) -> Iterator[Complaint]:
        if url.startswith("http://"):
            yield _not_encrypted(url)
        link = self.checked.get(url)
        state, at = (State(link.state), link.checked_at) if link else (State.NOT_CHECKED, None)
        day = date_format(timezone.localtime(at), "j F Y") if at else "an unknown day"
        is_old = at is None or at < timezone.now() - MAX_CHECK_AGE
        if len(url) > MAX_URL_LENGTH:
            yield warning(f"Too long to be checked: {short(url)}", f"Open it yourself, {OR_REMOVE}")
        elif state == State.GONE:
            problem = f"{short(url)} answered that the page is gone on {day}."
            yield blocking(problem, f"Give the address where it is now, {OR_REMOVE}")
        elif state == State.NO_ANSWER:
            problem = f"{short(url)} gave no answer on {day}."
            yield warning(problem, f"Open it yourself. If it does not open, give another address, {OR_REMOVE}")
        elif state == State.NOT_CHECKED or is_old:
            minutes = settings.JOBS["newsletters.preflight.link_check.check_links"] // 60
            problem = (
                f"{short(url)} is not checked yet. The work loop does it within {minutes} minutes, if it has a network."
            )
            yield warning(problem, "Wait, and look again. Or open it yourself.")


def _not_encrypted(url: str) -> Complaint:
    return warning(
        f"This address is not encrypted: {short(url)}",
        "Start it with https:// if that opens the page too.",
    )
