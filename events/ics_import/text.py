"""What calendar files say in words, made ours: plain, without links into meetings, and as Markdown that shows it as it is."""

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
RULE_OF_SIGNS = re.compile(r"^[\W_]{8,}$", re.MULTILINE)  # by which programs set their own words apart

ADDRESS = re.compile(rf"(?<![\w.+-])https?{BARE_ADDRESS.pattern}", re.IGNORECASE)
AFTER_AN_ADDRESS = ".,;:!?'*_~)"
MARKS = re.compile(r"[\\`*_\[\]<>#|~^]")
FIRST_MARK = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+:=]))", re.MULTILINE)  # that makes a line an item, or a table


def one_line(text: str) -> str:
    """Return a text as one line of plain words, in one Unicode form."""
    return " ".join(_visible(text).split())


def paragraphs_of(text: str) -> list[str]:
    """Return the paragraphs of a description, with its lines, and without what opens a meeting."""
    text = _visible(text)
    if HTML.search(text):
        text = _without_html(text)
    text = RULE_OF_SIGNS.sub("", without_meeting_links(text))
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return [paragraph for paragraph in EMPTY_LINES.split(lines.strip()) if paragraph]


def shortened(text: str, limit: int) -> str:
    """Return a text cut at the end of a word, with '…', where it is longer than `limit`."""
    if len(text) <= limit:
        return text
    whole = text[:limit].rpartition(" ")[0] or text[: limit - 1]
    return f"{whole.rstrip(' .,;:-')}…"


def as_markdown(text: str) -> str:
    """Return Markdown that shows a text as it is, with its web addresses as links and its line breaks."""
    pieces, end = [], 0
    for found in ADDRESS.finditer(text):
        address = found.group().rstrip(AFTER_AN_ADDRESS)
        pieces += [_escaped(text[end : found.start()]), address]
        end = found.start() + len(address)
    return "".join([*pieces, _escaped(text[end:])])


def _visible(text: str) -> str:
    """Return a text in one Unicode form (NFC), without marks that nobody sees."""
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
    return FIRST_MARK.sub(r"\1\\", MARKS.sub(r"\\\g<0>", text))
