"""Normalisation of a text for the rules: plain letters and digits, whatever marks and scripts spell them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forums.personal_data.vocabulary import BEGIN_SENTENCES
from mscos.forms import HIDDEN_MARKS

Span = tuple[int, int]

# '0 7 7 0 0' and 's a r a': five or more single characters with spaces between.
SPELT_OUT = re.compile(r"(?<!\S)\S(?!\S)(?: \S(?!\S)){4,}")
BLANKS = str.maketrans("\t\r\v\f", "    ")
RUN_OF_BLANKS = re.compile(r"[ \n]{2,}")
# A line break within a sentence. Not before a blank line, a list marker, the label of a field or a word that begins a
# sentence; nor between 'I am' and a capital, which in a poem only begins the line.
WITHIN_A_SENTENCE = re.compile(
    rf"(?<!\n)(?<!\bI am(?=\n[A-Z]))(?<!\bI'm(?=\n[A-Z]))(?<!:(?=\n[\w' ]{{1,30}}:))\n(?=[\w@+(\"'])"
    rf"(?!\d{{1,2}}[.)] |[A-Z][\w' ]{{0,30}}:|(?:{BEGIN_SENTENCES})\b)"
)
MARKDOWN = re.compile(r"[*`~\\]")  # formatting that readers do not see: '077**00**'
MAX_PARTS = 3  # 'ffi' is one character in some texts; a few characters of Arabic stand for a whole sentence
DASHES_AND_QUOTES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u2212": "-"}


@dataclass(frozen=True)
class NormalisedText:
    """A normalised text, and the index of each character in the original."""

    text: str
    origins: Sequence[int]

    def original_span(self, span: Span) -> Span:
        """Return the span in the original of a span of the normalised text."""
        start, end = span
        return self.origins[start], self.origins[end - 1] + 1


def normalise(text: str) -> NormalisedText:
    """Return a text with digits of all scripts as 0 to 9, letters without accents, no hidden marks and no Markdown.

    A run of blanks becomes one space, one line break or one blank line. Words spelt out letter by letter are closed up.
    Each character is replaced on its own, so time is linear.
    """
    plain, origins = (text, range(len(text))) if text.isascii() else _plain(text)
    normalised = _without(NormalisedText(plain, origins), {match.start() for match in MARKDOWN.finditer(plain)})
    normalised = NormalisedText(normalised.text.translate(BLANKS), normalised.origins)
    normalised = _without(
        normalised, {at for match in RUN_OF_BLANKS.finditer(normalised.text) for at in _surplus(match)}
    )
    return _without(normalised, {at for match in SPELT_OUT.finditer(normalised.text) for at in _spaces(match)})


def joined_lines(text: str) -> str:
    """Return a text of the same length with spaces for the line breaks within sentences."""
    return WITHIN_A_SENTENCE.sub(" ", text)


def spans_of(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[Span]:
    """Yield the spans of all matches: of the one group of a pattern, if it has one."""
    for pattern in patterns:
        yield from (match.span(pattern.groups) for match in pattern.finditer(text))


def _without(normalised: NormalisedText, gaps: set[int]) -> NormalisedText:
    if not gaps:
        return normalised
    kept = [at for at in range(len(normalised.text)) if at not in gaps]
    return NormalisedText("".join(normalised.text[at] for at in kept), [normalised.origins[at] for at in kept])


def _plain(text: str) -> tuple[str, list[int]]:
    letters = {letter: _letter(letter) for letter in set(text)}  # no cache across texts: it would outlive them
    pairs = [(plain, at) for at, letter in enumerate(text) for plain in letters[letter]]
    return "".join(plain for plain, _ in pairs), [at for _, at in pairs]


def _letter(letter: str) -> str:
    """Return a character as plain ones: one, a few or none."""
    category = unicodedata.category(letter)
    if letter.isascii():
        return letter
    if HIDDEN_MARKS.match(letter) or category in {"Cf", "Mn", "Me"}:
        return ""
    if category in {"Zs", "Zl", "Zp", "Pd"}:
        return {"Zs": " ", "Pd": "-"}.get(category, "\n")
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    if letter in DASHES_AND_QUOTES:
        return DASHES_AND_QUOTES[letter]
    parts = [part for part in unicodedata.normalize("NFKD", letter) if unicodedata.category(part) != "Mn"]
    return "".join(parts) if len(parts) <= MAX_PARTS else letter


def _surplus(match: re.Match[str]) -> set[int]:
    """Return the indexes to drop from a run of blanks: all but two line breaks, or one, or a space."""
    indexes = range(match.start(), match.end())
    breaks = [at for at in indexes if match.string[at] == "\n"]
    return set(indexes).difference(breaks[:2] or indexes[:1])


def _spaces(match: re.Match[str]) -> Iterator[int]:
    return (match.start() + at for at, letter in enumerate(match.group()) if letter == " ")
