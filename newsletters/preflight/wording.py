"""What must not stand in an issue: words that hold a place, links that are not finished or say nothing, pictures."""

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
# Markdown of which some mark is missing or misplaced stays as it was typed.
UNFINISHED = re.compile(r"\]\(|\] \((?=https?:|www\.|mailto:)|\)\[(?=https?:|www\.)", re.IGNORECASE)
PICTURE = re.compile(r"!\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\(")
SAYS_NOTHING = {"here", "click here", "this link", "read more", "more", "link"}
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
SPACES = re.compile(r"[^\S\n]+")


class Complaint(NamedTuple):
    """What is wrong or doubtful, and how to mend it."""

    blocks: bool
    problem: str
    mend: str


def blocking(problem: str, mend: str) -> Complaint:
    """Return a complaint that keeps an issue from going out."""
    return Complaint(blocks=True, problem=problem, mend=mend)


def warning(problem: str, mend: str) -> Complaint:
    """Return a complaint with which an issue may go out all the same."""
    return Complaint(blocks=False, problem=problem, mend=mend)


def short(text: str, length: int = 60) -> str:
    """Return a text so short that a sentence may hold it."""
    return Truncator(" ".join(text.split())).chars(length)


def of_text(text: str) -> Iterator[Complaint]:
    """Complain of words that stand in for what is still to be written, and of links that stayed as typed."""
    text = SPACES.sub(" ", text)
    for match in PLACEHOLDER.finditer(text):
        yield blocking(
            f"'{short(match.group())}' stands where words are still to come.",
            "Write what there is to say, or take it out.",
        )
    for match in UNFINISHED.finditer(text):
        opening, closing = "[)" if match.group()[0] == "]" else "(]"
        before = text[max(match.start() - 60, 0) : match.start()]
        start = max(before.rfind(opening), 0)
        after, mark, _ = text[match.start() : match.end() + 40].partition("\n")[0].partition(closing)
        if before[start - 1 : start] != "!":
            yield blocking(
                f"This looks like a link that is not finished: '{short(before[start:] + after + mark)}'.",
                "Write it as [words](https://…), with no spaces between the brackets, or take it out.",
            )


def of_pictures(typed: str) -> Iterator[Complaint]:
    """Complain of pictures in Markdown, as it was typed."""
    for match in PICTURE.finditer(typed):
        words = short(match.group(1))
        name = f"The picture '{words}' is not sent." if words else "A picture has no alternative text, and is not sent."
        yield blocking(name, "Pictures are not sent. Say in words what it shows.")


def of_link(link: Link) -> Iterator[Complaint]:
    """Complain of words that do not say where a link leads."""
    words = link.words.casefold().strip(
        " .,:;!?<>()[]\N{RIGHTWARDS ARROW}\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
    )
    if words in SAYS_NOTHING:
        yield blocking(
            f"A link is called '{short(link.words)}'.",
            "Say where it leads: links are also read by themselves, in a list.",
        )
    bare = link.url.casefold().partition("://")[2] or link.url.casefold()
    if words and (ADDRESS.fullmatch(words) or words.rstrip("/") == bare.rstrip("/")):
        yield warning(
            f"A link has its address for words: {short(link.words)}",
            "Say in words where it leads.",
        )
