"""The text, links and ids of HTML that this site rendered."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

from newsletters.content.blocks import Block, Link

BLOCK_TAGS = {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "section", "td", "th", "tr"}
SPACES = re.compile(r"[^\S\n]+")


class HtmlContent(NamedTuple):
    """The text, with a line for each block element, the links and the ids."""

    text: str
    links: list[Link]
    ids: set[str]


def read(html: str) -> HtmlContent:
    """Return the content of HTML that this site rendered."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return HtmlContent(SPACES.sub(" ", "".join(reader.texts)).strip(), reader.links, reader.ids)


def links_in(block: Block) -> list[Link]:
    """Return all links of a block: those of its text, its list of links and its button."""
    return [*read(block.html).links, *block.links, *filter(None, [block.button])]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[Link] = []
        self.ids: set[str] = set()
        self.link = ("", 0)  # the URL of the open link, and where in `texts` its own begin

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.ids |= {attributes.get("id") or ""} - {""}
        if tag == "a":
            self.link = (attributes.get("href") or "", len(self.texts))
        elif tag == "br":
            self.texts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            url, start = self.link
            self.links.append(Link(SPACES.sub(" ", "".join(self.texts[start:])).strip(), url))
        elif tag in BLOCK_TAGS:
            self.texts.append("\n")

    def handle_data(self, data: str) -> None:
        self.texts.append(data.replace("\n", " "))
