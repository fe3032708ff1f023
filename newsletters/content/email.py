"""The mail of an issue, as HTML and as plain text, from the same blocks as its page."""

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

# In the place of each subscriber's own token; as long as one, so that sizes do not change.
SUBSCRIBER_PLACEHOLDER = "READERS-OWN-TOKEN-HERE"
# Follows the preheader, so that mail programs show nothing of the body beside the subject: figure space, combining
# grapheme joiner and space, since no mail program takes a run of these for empty.
PADDING = "\u2007\u034f " * 60
# The two places in the head of the mail that follow the device's colour scheme.
DARK_RULES = "@media (prefers-color-scheme: dark)"
COLOUR_SCHEMES = 'content="light dark"'


@dataclass(frozen=True)
class Mail:
    """The two parts of an issue's mail, with placeholders for the subscriber's token."""

    html: str
    text: str

    @property
    def size(self) -> int:
        """Bytes of the HTML part in quoted-printable, the encoding that makes it longest."""
        return len(b2a_qp(self.html.encode()))

    @property
    def fingerprint(self) -> str:
        """A digest that tells whether anything has changed since somebody looked."""
        return sha256(f"{self.html}\0{self.text}".encode()).hexdigest()

    def for_subscriber(self, token: str) -> "Mail":
        """Return the mail with a subscriber's own links."""
        return replace(
            self,
            html=self.html.replace(SUBSCRIBER_PLACEHOLDER, token),
            text=self.text.replace(SUBSCRIBER_PLACEHOLDER, token),
        )


def mail_of(issue: Issue) -> Mail:
    """Return the mail of an issue as it would be sent now."""
    context = {
        "issue": issue,
        "blocks": blocks_of(issue),
        "token": SUBSCRIBER_PLACEHOLDER,
        "padding": PADDING,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    html = with_whole_addresses(render_to_string("newsletters/emails/issue.html", context), settings.SITE_URL)
    return Mail(html=_inliner().inline(html), text=plain(html))


def light(html: str) -> str:
    """Return the HTML of a mail in the light scheme, on any device."""
    return html.replace(DARK_RULES, "@media not all").replace(COLOUR_SCHEMES, 'content="light"')


def dark(html: str) -> str:
    """Return the HTML of a mail in the dark scheme, on any device."""
    return html.replace(DARK_RULES, "@media all").replace(COLOUR_SCHEMES, 'content="dark"')


@cache
def _inliner() -> CSSInliner:
    """Return the inliner of the stylesheet: many mail programs read only the style attributes of elements."""
    return CSSInliner(extra_css=render_to_string("newsletters/emails/issue.css"), load_remote_stylesheets=False)
