"""Plain text from our own HTML, for the text part of a mail: the same words in the same order.

The HTML must close every element. Layout tables (role="presentation") leave no trace; each row of a data table becomes
a line. Elements marked `data-screen-only` (a mail's hidden first line, a skip link) are left out.
"""

import re
from html.parser import HTMLParser
from textwrap import wrap
from typing import NamedTuple

UNDERLINES = {"h1": "=", "h2": "-"}
LISTS = {"ol", "ul"}
CELLS = {"td", "th"}
BREAKS = {"br": "\n", "td": "\t", "th": "\t"}  # inside a block: between lines, before each cell of a row
BLOCKS = {
    "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p",
    "section", "table", "td", "th", "tr", "ul",
}  # fmt: skip
LEFT_OUT = {"head", "script", "style"}
VOID = {"br", "col", "hr", "img", "link", "meta", "wbr"}


class Link(NamedTuple):
    """A link: its words and its URL."""

    words: str
    url: str


def plain(html: str, width: int = 72) -> str:
    """Return the words of our own HTML, in lines of at most `width` characters unless one word is longer."""
    writer = _Writer(width)
    writer.feed(html)
    writer.close()
    writer.end_block()
    return "\n".join(writer.lines) + "\n"


class _Writer(HTMLParser):
    """Collects the words of a block, and writes them when the block ends."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.lines: list[str] = []
        self.pieces: list[str | Link] = []
        self.indents: list[str] = []
        self.numbers: list[int] = []  # for each open list the number of its next item, 0 where items have none
        self.mark = ""  # the bullet or number of a list item, until its first line is written
        self.is_close = False  # whether the next block follows without an empty line
        self.is_data: list[bool] = []  # for each open table
        self.link = ("", 0)  # the URL of the open link, and the index in `pieces` at which its words begin
        self.left_out = 0  # the number of open elements whose content is left out

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.left_out or tag in LEFT_OUT or "data-screen-only" in given:
            self.left_out += tag not in VOID
        else:
            self._begin(tag, given)

    def _begin(self, tag: str, given: dict[str, str | None]) -> None:
        if self._is_block(tag):
            self.end_block()
        elif tag in BREAKS:
            self.pieces.append(BREAKS[tag])
        if tag == "table":
            self.is_data.append(given.get("role") != "presentation")
        elif tag in LISTS:
            self.numbers.append(int(given.get("start") or 1) if tag == "ol" else 0)
        elif tag == "a":
            self.link = (given.get("href") or "", len(self.pieces))
        elif tag == "li":
            self._begin_item()
        elif tag == "blockquote":
            self.indents.append("    ")

    def handle_endtag(self, tag: str) -> None:
        if self.left_out:
            self.left_out -= 1
            return
        if tag == "a":
            self._end_link(*self.link)
        elif self._is_block(tag):
            self.end_block(UNDERLINES.get(tag, ""))
            self.is_close = tag == "li" or (tag == "tr" and self.is_data[-1])
        if tag == "table":
            self.is_data.pop()
        elif tag in LISTS:
            self.numbers.pop()
        elif tag in {"li", "blockquote"}:
            self.indents.pop()
            self.mark = ""

    def handle_data(self, data: str) -> None:
        if not self.left_out:
            self.pieces.append(re.sub(r"\s+", " ", data, flags=re.ASCII))

    def end_block(self, underline: str = "") -> None:
        """Write the words read so far, where there are any."""
        written = self._wrapped(_lines_of(self.pieces))
        self.pieces = []
        if not written:
            return
        if self.lines and not self.is_close:
            self.lines.append("")
        self.is_close = False
        self.lines += written
        if underline:
            self.lines.append(underline * min(self.width, max(map(len, written))))

    def _wrapped(self, lines: list[str]) -> list[str]:
        """Return the lines wrapped, the first with the mark of its list item."""
        indent = "".join(self.indents)
        wrapped: list[str] = []
        for line in lines:
            first = indent[: len(indent) - len(self.mark)] + self.mark
            wrapped += wrap(
                line,
                self.width,
                initial_indent=first,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
            self.mark = ""
        return wrapped

    def _begin_item(self) -> None:
        number = self.numbers[-1]
        self.mark = f"{number}. " if number else "- "
        self.indents.append(" " * len(self.mark))
        self.numbers[-1] += bool(number)
        self.is_close = self.is_close or len(self.numbers) > 1

    def _end_link(self, url: str, start: int) -> None:
        """Replace the words of a link by a Link; of a link within the page only the words remain."""
        words = "".join(piece for piece in self.pieces[start:] if isinstance(piece, str)).replace("\n", " ")
        del self.pieces[start:]
        if url and not url.startswith("#"):
            self.pieces += [" " * words.startswith(" "), Link(words.strip(), url), " " * words.endswith(" ")]
        elif any(letter.isalnum() for letter in words):
            self.pieces.append(words)

    def _is_block(self, tag: str) -> bool:
        """Return whether the element begins and ends a line: in a data table only rows do."""
        return tag in BLOCKS and not (tag in CELLS and self.is_data and self.is_data[-1])


def _lines_of(pieces: list[str | Link]) -> list[str]:
    """Return the lines of a block. The URL of a link alone in its line follows a colon, others stand in brackets."""
    lines: list[list[str | Link]] = [[]]
    for piece in pieces:
        if piece == "\n":
            lines.append([])
        elif piece:
            lines[-1].append(piece)
    words = [_words_of(line) for line in lines]
    return [each for each in words if each]


def _words_of(line: list[str | Link]) -> str:
    is_alone = sum(piece != " " for piece in line) == 1
    words = "".join(piece if isinstance(piece, str) else _written(piece, is_alone=is_alone) for piece in line)
    return re.sub(" +", " ", words.strip(" ").removeprefix("\t").replace("\t", " | ")).strip(" ")


def _written(link: Link, *, is_alone: bool) -> str:
    words, url = link.words, link.url.removeprefix("mailto:")
    if words in {"", url}:
        return url
    return f"{words}: {url}" if is_alone else f"{words} ({url})"
