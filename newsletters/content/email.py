"""The mail of an issue: as HTML and as plain text, from the same parts as its page."""

from binascii import b2a_qp
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

from css_inline import CSSInliner
from django.conf import settings
from django.template.loader import render_to_string

from mscos.html_to_text import plain
from mscos.text import with_whole_addresses
from newsletters.content.blocks import blocks_of
from newsletters.models import Issue

# Stands in the mail wherever a reader's own token belongs; as long as one, so that sizes do not change.
READERS_OWN = "READERS-OWN-TOKEN-HERE"
# Follows the preheader, so that mail programs find nothing of the body to show beside the subject. A space as wide as
# a digit, a mark without width and a space: none of the programs takes a run of these for empty.
PADDING = "\u2007\u034f " * 60
# How the mail asks for the device's scheme: twice in its head.
DARK_RULES = "@media (prefers-color-scheme: dark)"
SCHEMES = 'content="light dark"'


@dataclass(frozen=True)
class Mail:
    """The two parts of an issue's mail, alike for all readers but for their own token."""

    html: str
    text: str

    @property
    def size(self) -> int:
        """Bytes of the HTML part as it is sent, in the encoding that makes it longest."""
        return len(b2a_qp(self.html.encode()))

    @property
    def fingerprint(self) -> str:
        """A digest by which it is known that nothing was changed since somebody looked."""
        return sha256(f"{self.html}\0{self.text}".encode()).hexdigest()

    def for_reader(self, token: str) -> "Mail":
        """Return the mail with a reader's own links."""
        return replace(self, html=self.html.replace(READERS_OWN, token), text=self.text.replace(READERS_OWN, token))


def mail_of(issue: Issue) -> Mail:
    """Return the mail of an issue as it would go out now."""
    context = {
        "issue": issue,
        "blocks": blocks_of(issue),
        "token": READERS_OWN,
        "padding": PADDING,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    html = with_whole_addresses(render_to_string("newsletters/emails/issue.html", context), settings.SITE_URL)
    return Mail(html=_inliner().inline(html), text=plain(html))


def light(html: str) -> str:
    """Return the HTML of a mail as a device that asks for light shows it, whatever this device asks for."""
    return html.replace(DARK_RULES, "@media not all").replace(SCHEMES, 'content="light"')


def dark(html: str) -> str:
    """Return the HTML of a mail as a device that asks for dark shows it, whatever this device asks for."""
    return html.replace(DARK_RULES, "@media all").replace(SCHEMES, 'content="dark"')


@cache
def _inliner() -> CSSInliner:
    """Return what writes the stylesheet into the elements: many mail programs read no other styles."""
    return CSSInliner(extra_css=render_to_string("newsletters/emails/issue.css"), load_remote_stylesheets=False)
