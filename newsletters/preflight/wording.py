"""The rules of pre-flight about text: placeholders, unfinished links, link texts that say nothing, pictures."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.text import Truncator

from newsletters.content.blocks import Link

PLACEHOLDER = re.compile(
    r"(?<![\w/.-])(?:more (?:on \w{1,20} )?soon|coming soon|more to follow|lorem ipsum|tb[acd]|todo|x{3,}"
    r"|insert\b[^\n.]{1,60}?\bhere)(?!\w)",
    re.IGNORECASE,
)
# A Markdown link with a missing or misplaced bracket, which is left as it was typed.
UNFINISHED_LINK = re.compile(r"\]\(|\] \((?=https?:|www\.|mailto:)|\)\[(?=https?:|www\.)", re.IGNORECASE)
PICTURE = re.compile(r"!\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\(")
EMPTY_LINK_TEXTS = {"here", "click here", "this link", "read more", "more", "link"}
URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
SPACES = re.compile(r"[^\S\n]+")


class Complaint(NamedTuple):
    """A problem of an issue, its remedy, and whether it blocks the issue."""

    blocks: bool
    problem: str
    remedy: str


def blocking(problem: str, remedy: str) -> Complaint:
    """Return a complaint that blocks the issue."""
    return Complaint(blocks=True, problem=problem, remedy=remedy)


def warning(problem: str, remedy: str) -> Complaint:
    """Return a complaint that does not block the issue."""
    return Complaint(blocks=False, problem=problem, remedy=remedy)


def short(text: str, length: int = 60) -> str:
    """Return a text on one line, truncated to fit into a sentence."""
    return Truncator(" ".join(text.split())).chars(length)


def of_text(text: str) -> Iterator[Complaint]:
    """Yield complaints about placeholders and unfinished links."""
    text = SPACES.sub(" ", text)
    for match in PLACEHOLDER.finditer(text):
        yield blocking(
            f"'{short(match.group())}' stands where words are still to come.",
            "Write what there is to say, or take it out.",
        )
    for match in UNFINISHED_LINK.finditer(text):
        opening, closing = "[)" if match.group()[0] == "]" else "(]"
        before = text[max(match.start() - 60, 0) : match.start()]
        start = max(before.rfind(opening), 0)
        after, mark, _ = text[match.start() : match.end() + 40].partition("\n")[0].partition(closing)
        if before[start - 1 : start] != "!":
            yield blocking(
                f"This looks like a link that is not finished: '{short(before[start:] + after + mark)}'.",
                "Write it as [words](https://…), with no spaces between the brackets, or take it out.",
            )


def of_pictures(markdown: str) -> Iterator[Complaint]:
    """Yield complaints about pictures in Markdown."""
    for match in PICTURE.finditer(markdown):
        alt = short(match.group(1))
        problem = f"The picture '{alt}' is not sent." if alt else "A picture has no alternative text, and is not sent."
        yield blocking(problem, "Pictures are not sent. Say in words what it shows.")


def of_link(link: Link) -> Iterator[Complaint]:
    """Yield complaints about the text of a link that does not say where it leads."""
    text = link.words.casefold().strip(
        " .,:;!?<>()[]\N{RIGHTWARDS ARROW}\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
    )
    if text in EMPTY_LINK_TEXTS:
        yield blocking(
            f"A link is called '{short(link.words)}'.",
            "Say where it leads: links are also read by themselves, in a list.",
        )
    url = link.url.casefold().partition("://")[2] or link.url.casefold()
    if text and (URL.fullmatch(text) or text.rstrip("/") == url.rstrip("/")):
        yield warning(
            f"A link has its address for words: {short(link.words)}",
            "Say in words where it leads.",
        )
