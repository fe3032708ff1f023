"""The texts of calendar files: as plain text without links to meetings, and as escaped Markdown."""

import re
import unicodedata

import nh3

from events.meeting_links import without_meeting_links
from mscos.forms import HIDDEN_MARKS, IDLE_JOINERS
from mscos.html_to_text import plain
from mscos.text import BARE_ADDRESS

# Some programs write their descriptions in HTML, without saying so.
HTML = re.compile(r"</?(?:a|b|br|div|em|h[1-6]|html-blob|i|li|ol|p|span|strong|u|ul)\b[^<>]{0,2000}>", re.IGNORECASE)
ITEM = re.compile(r"<li\b[^<>]{0,2000}>", re.IGNORECASE)
BREAKS = re.compile(r"<br>(?:\s*<br>)+")
EMPTY_LINES = re.compile(r"\n[ \t]*\n\s*")
DIVIDER = re.compile(r"^[\W_]{8,}$", re.MULTILINE)  # by which programs set off the text that they add

URL = re.compile(rf"(?<![\w.+-])https?{BARE_ADDRESS.pattern}", re.IGNORECASE)
TRAILING_PUNCTUATION = ".,;:!?'*_~)"
MARKUP = re.compile(r"[\\`*_\[\]<>#|~^]")
LINE_START_MARKUP = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+:=]))", re.MULTILINE)  # of list items and tables


def one_line(text: str) -> str:
    """Return a text on one line, in NFC."""
    return " ".join(_visible(text).split())


def paragraphs_of(text: str) -> list[str]:
    """Return the paragraphs of a description, with their line breaks, and without links to meetings."""
    text = _visible(text)
    if HTML.search(text):
        text = _without_html(text)
    text = DIVIDER.sub("", without_meeting_links(text))
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return [paragraph for paragraph in EMPTY_LINES.split(lines.strip()) if paragraph]


def shortened(text: str, limit: int) -> str:
    """Return a text that is truncated after a word, with '…', if it is longer than `limit`."""
    if len(text) <= limit:
        return text
    whole = text[:limit].rpartition(" ")[0] or text[: limit - 1]
    return f"{whole.rstrip(' .,;:-')}…"


def as_markdown(text: str) -> str:
    """Return escaped Markdown of a text, with its URLs as links and its line breaks."""
    parts, end = [], 0
    for match in URL.finditer(text):
        url = match.group().rstrip(TRAILING_PUNCTUATION)
        parts += [_escaped(text[end : match.start()]), url]
        end = match.start() + len(url)
    return "".join([*parts, _escaped(text[end:])])


def _visible(text: str) -> str:
    """Return a text in NFC, without invisible characters."""
    return unicodedata.normalize("NFC", IDLE_JOINERS.sub("", HIDDEN_MARKS.sub("", text)))


def _without_html(text: str) -> str:
    html = nh3.clean(
        ITEM.sub("<br>- ", text.replace("\n", "<br>")),
        tags={"a", "br", "div", "p"},
        attributes={"a": {"href"}},
        link_rel=None,
    )
    return plain(BREAKS.sub("<p></p>", html), width=len(html) + 1)


def _escaped(text: str) -> str:
    return LINE_START_MARKUP.sub(r"\1\\", MARKUP.sub(r"\\\g<0>", text))
