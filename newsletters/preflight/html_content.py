"""What a part of an issue holds when it is read: its words, where it leads, and the places in it."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

from newsletters.content.blocks import Block, Link

BLOCKS = {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "section", "td", "th", "tr"}
SPACES = re.compile(r"[^\S\n]+")


class Reading(NamedTuple):
    """HTML made here: its words, a line for each block; its links; the names of its places (ids)."""

    words: str
    links: list[Link]
    places: set[str]


def read(html: str) -> Reading:
    """Return what stands in HTML made here."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Reading(SPACES.sub(" ", "".join(reader.words)).strip(), reader.links, reader.places)


def links_in(block: Block) -> list[Link]:
    """Return all that a part leads to: from its words, its list of links and its button."""
    return [*read(block.html).links, *block.links, *filter(None, [block.button])]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[Link] = []
        self.places: set[str] = set()
        self.link = ("", 0)  # the address of the open link, and where in `words` its own begin

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places |= {given.get("id") or ""} - {""}
        if tag == "a":
            self.link = (given.get("href") or "", len(self.words))
        elif tag == "br":
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            url, start = self.link
            self.links.append(Link(SPACES.sub(" ", "".join(self.words[start:])).strip(), url))
        elif tag in BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        self.words.append(data.replace("\n", " "))
