"""Markdown to HTML: the only module that renders Markdown and the only one that marks HTML as safe.

Two profiles, for posts and for editors, share one parser, markdown-it, whose time is linear in the length of a text. It
escapes HTML in a text, and nh3 then keeps only what the profile allows. A text that exceeds a limit below is shown as
typed, in paragraphs, rather than refused.
"""

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import unescape
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

# The words in a published post in place of what a moderator removed.
REDACTED = "[detail removed to protect privacy]"

POST_LENGTH = 10_000
EDITORIAL_LENGTH = 100_000
# The parser drops what is nested deeper than its limit, and each level costs stack; a list takes two levels.
PARSER_NESTING = 20
NESTING = 16
# Missing cells of a table are filled in: a wide heading over many short rows gives far more HTML than was typed.
# The parser scans from each quotation to the next empty line. Both numbers are estimates.
TABLE_CELLS = 5_000
QUOTATION_LINES = 100_000
# The parser tries a link at each bracket. No real text has as many links and notes.
BRACKETS = 5_000
# The footnote rule searches for the end of each '[^', up to a space.
NOTES_IN_A_WORD = 20

LINE_END = re.compile(r"\r\n?")
EMPTY_LINE = re.compile(r"\n(?:[ \t]*\n)+")
POST_RULES = [
    "normalize", "block", "inline", "text_join",
    "blockquote", "hr", "list", "paragraph",
    "autolink", "emphasis", "escape", "link", "linkify", "newline", "text",
    "balance_pairs", "fragments_join",
]  # fmt: skip
EDITORIAL_RULES = [
    *POST_RULES, "heading", "table", "footnote_def", "footnote_ref", "footnote_tail",
]  # fmt: skip
POST_TAGS = {"a", "blockquote", "br", "em", "li", "ol", "p", "strong", "ul"}
EDITORIAL_TAGS = POST_TAGS | {
    "h3", "h4", "h5", "h6", "hr", "section", "sup", "table", "tbody", "td", "th", "thead", "tr",
}  # fmt: skip
# Host and port only: a URL with a user name before an @ shows one site and opens another.
WEB_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?(?:[/?#].*)?", re.IGNORECASE)
# A bare URL in a text, as long as it can be; then the punctuation of the sentence around it. The host is as in
# WEB_ADDRESS, so that few matches are rejected later; a URL with a user name before an @ does not match.
SCHEME = re.compile(r"(?<![\w.+-])https?$", re.IGNORECASE)
BARE_ADDRESS = re.compile(
    r"://(?:[^\W_]|[.-]){1,253}+(?::\d{1,5}+)?+(?![^\W_]|[.@-]|:\S)(?:[/?#][^\s<>\"\[\]`|\\^{}\x00-\x1f]{0,2000})?"
)
SENTENCE_END = ".,;:!?'*_~"
EDITORIAL_ADDRESS = re.compile(rf"{WEB_ADDRESS.pattern}|mailto:[^\s/?]+@[^\s/?]+|/(?![/\\]).*|#.*", re.IGNORECASE)


class Parser(MarkdownIt):
    """markdown-it with a pattern of the URLs that may become links."""

    address: re.Pattern[str] = WEB_ADDRESS

    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Return whether a URL may become a link; otherwise it stays as typed."""
        return self.address.fullmatch(url) is not None

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """Return a URL as typed: decoding could bring back characters that change the reading direction."""
        return link


@dataclass(frozen=True)
class Profile:
    """The rules for one kind of text: its parser, the allowed HTML, the maximum length."""

    parser: Parser
    cleaner: nh3.Cleaner
    length: int

    def render(self, text: str) -> SafeString:
        """Return the text as safe HTML. Raises nothing."""
        text = LINE_END.sub("\n", text.encode(errors="replace").decode())
        html = self.parsed(text) if len(text) <= self.length and not _is_slow(text) else None
        return mark_safe(self.cleaner.clean(as_typed(text) if html is None else html))

    def parsed(self, text: str) -> str | None:
        """Return the parser's HTML, or None where the text is nested so deeply that some of it may be missing."""
        # Footnotes of two texts on one page must not share their ids.
        env = {"docId": sha256(text.encode()).hexdigest()[:6]}
        tokens = self.parser.parse(text, env)
        if any(token.level > NESTING for token in tokens):
            return None
        _nest_headings(tokens)
        return str(self.parser.renderer.render(tokens, self.parser.options, env))


def render_post(markdown: str) -> SafeString:
    """Return a public post as HTML: paragraphs, line breaks, emphasis, lists, quotations and plain web links."""
    return _post().render(markdown)


def render_editorial(markdown: str) -> SafeString:
    """Return an editor's text as HTML: as a post, with headings (from h3), tables, footnotes and rules."""
    return _editorial().render(markdown)


def render_plain(text: str) -> SafeString:
    """Return a text without Markdown as HTML paragraphs, all characters shown as they are."""
    return mark_safe(as_typed(text))


def with_whole_addresses(html: SafeString, site: str) -> SafeString:
    """Return our HTML with absolute links, as a mail needs them; `site` is SITE_URL."""
    return mark_safe(str(html).replace('href="/', f'href="{escape(site)}/'))


def stored(html: str) -> SafeString:
    """Mark HTML as safe that was stored as `render_post` or `render_editorial` returned it."""
    return mark_safe(html)  # only mscos/fields.py calls this, for columns that it alone writes


def plain_text(text: str, limit: int = 160) -> str:
    """Return the words of Markdown, or of our HTML (a SafeString), on one line, shortened after a word with '…'.

    The result is text, not HTML: a template must escape it.
    """
    html = text if isinstance(text, SafeString) else render_post(text[: limit * 10])
    words = " ".join(unescape(nh3.clean(html, tags=set())).split())
    if len(words) <= limit:
        return words
    whole = words[:limit].rpartition(" ")[0] or words[: limit - 1]
    return f"{whole.rstrip(' .,;:-')}…"


def as_typed(text: str) -> str:
    """Return a text as HTML paragraphs with its line breaks, everything escaped."""
    paragraphs = (each.strip() for each in EMPTY_LINE.split(text))
    return "".join("<p>{}</p>\n".format(escape(each).replace("\n", "<br>\n")) for each in paragraphs if each)


@cache
def _post() -> Profile:
    parser = _parser(POST_RULES)
    parser.add_render_rule("hr", _mark_as_text)
    parser.add_render_rule("link_open", _link)
    cleaner = nh3.Cleaner(
        tags=POST_TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https"},
        link_rel="nofollow ugc noreferrer noopener",
    )
    return Profile(parser, cleaner, POST_LENGTH)


@cache
def _editorial() -> Profile:
    parser = _parser(EDITORIAL_RULES)
    parser.address = EDITORIAL_ADDRESS
    for name, rule in RENDER_RULES.items():
        parser.add_render_rule(name, rule)
    cleaner = nh3.Cleaner(
        tags=EDITORIAL_TAGS,
        attributes={
            "*": set(),
            "a": {"href", "id", "rel", "aria-label"},
            "li": {"id"},
            "ol": {"start"},
            "section": {"aria-label"},
            "th": {"scope"},
        },
        allowed_classes={"section": {"footnotes"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return Profile(parser, cleaner, EDITORIAL_LENGTH)


def _parser(rules: list[str]) -> Parser:
    parser = Parser("zero", {"maxNesting": PARSER_NESTING, "breaks": True, "html": False})
    parser.use(footnote_plugin, inline=False).disable(["footnote_def", "footnote_ref", "footnote_tail"])
    # The parser's own rule of this name takes quadratic time.
    parser.inline.ruler.at("linkify", _bare_address)
    return parser.enable(rules)  # type: ignore[return-value]


def _bare_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Make a link of a bare URL: a rule of the parser, called at each ':'."""
    scheme = SCHEME.search(state.pending[-6:])
    rest = BARE_ADDRESS.match(state.src, state.pos, state.posMax)
    if state.linkLevel or not scheme or not rest:
        return False
    address = _without_sentence_end(scheme.group() + rest.group())
    if not state.md.validateLink(state.md.normalizeLink(address)):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme.group())]
        state.push("link_open", "a", 1).attrSet("href", state.md.normalizeLink(address))
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos += len(address) - len(scheme.group())
    return True


def _without_sentence_end(address: str) -> str:
    """Return a URL without punctuation that ends the sentence, or a bracket that was opened before it."""
    surplus = address.count(")") - address.count("(")
    while address[-1] in SENTENCE_END or (address[-1] == ")" and surplus > 0):
        surplus -= address[-1] == ")"
        address = address[:-1]
    return address


def _is_slow(text: str) -> bool:
    """Return whether parsing would take far longer than for other texts of this length."""
    if text.count("[") > BRACKETS or any(word.count("[^") > NOTES_IN_A_WORD for word in re.split(r"[ \n\]]", text)):
        return True
    blocks = [block.split("\n") for block in EMPTY_LINE.split(text)]
    cells = sum(len(lines) * max(line.count("|") for line in lines) for lines in blocks)
    quotation_lines = sum(len(lines) * sum(">" in line for line in lines) for lines in blocks)
    return cells > TABLE_CELLS or quotation_lines > QUOTATION_LINES


def _nest_headings(tokens: list[Token]) -> None:
    """Renumber headings: they start at h3, below a page's h2, and skip no level, whatever was typed."""
    above: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            above = [*(tag for tag in above if tag < token.tag), token.tag]
        if token.type.startswith("heading_"):
            token.tag = f"h{min(2 + len(above), 6)}"


# The signature of render rules: https://markdown-it-py.readthedocs.io/en/latest/using.html#renderers
Env = MutableMapping[str, Any]


def _mark_as_text(html: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Env) -> str:
    """Show a line of hyphens or asterisks as text: posts have no horizontal rules."""
    return f"<p>{tokens[at].markup[:3]}</p>\n"


def _link(html: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Env) -> str:
    """Show the URL of a link without words; send no referrer to other sites."""
    address, words = str(tokens[at].attrGet("href")), tokens[at + 1]
    if WEB_ADDRESS.fullmatch(address):
        tokens[at].attrSet("rel", "noreferrer noopener")
    shown = "" if words.content.strip() or words.type not in {"text", "link_close"} else escape(address)
    return html.renderToken(tokens, at, options, env) + shown


def _column_heading(html: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Env) -> str:
    return '<th scope="col">'


def _footnotes(html: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Env) -> str:
    return '<section class="footnotes" aria-label="Footnotes">\n<ol>\n'


def _footnote_number(html: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Env) -> str:
    return f"[{tokens[at].meta['id'] + 1}]"


def _back_link(html: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Env) -> str:
    meta = tokens[at].meta
    name = f"-{env['docId']}-{meta['id'] + 1}" + (f":{meta['subId']}" if meta["subId"] else "")
    return f' <a href="#fnref{name}" aria-label="Back to the text">\u21a9\ufe0e</a>'


RENDER_RULES = {
    "link_open": _link,
    "th_open": _column_heading,
    "footnote_block_open": _footnotes,
    "footnote_caption": _footnote_number,
    "footnote_anchor": _back_link,
}
