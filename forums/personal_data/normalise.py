"""How a text is read when it is looked through: in plain letters and digits, whatever marks and scripts spell them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forums.personal_data.vocabulary import BEGIN_SENTENCES
from mscos.forms import HIDDEN_MARKS

Span = tuple[int, int]

# '0 7 7 0 0' and 's a r a': five or more single characters, a space apart.
SPELT_OUT = re.compile(r"(?<!\S)\S(?!\S)(?: \S(?!\S)){4,}")
BLANKS = str.maketrans("\t\r\v\f", "    ")
RUN_OF_BLANKS = re.compile(r"[ \n]{2,}")
# Where a sentence may go on in the next line. It does not before a blank line, a mark of a list or the label of a field,
# nor before a word that begins another sentence; and what follows 'I am' in a poem has its capital from the line.
WITHIN_A_SENTENCE = re.compile(
    rf"(?<!\n)(?<!\bI am(?=\n[A-Z]))(?<!\bI'm(?=\n[A-Z]))(?<!:(?=\n[\w' ]{{1,30}}:))\n(?=[\w@+(\"'])"
    rf"(?!\d{{1,2}}[.)] |[A-Z][\w' ]{{0,30}}:|(?:{BEGIN_SENTENCES})\b)"
)
MARKDOWN = re.compile(r"[*`~\\]")  # readers see none of these where they set words apart: '077**00**'
MAX_PARTS = 3  # 'ffi' is one character in some texts; a few characters of Arabic stand for a whole sentence
DASHES_AND_QUOTES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u2212": "-"}


@dataclass(frozen=True)
class NormalisedText:
    """A text as it is read, and for each character of it the place in the text where it stood."""

    text: str
    origins: Sequence[int]

    def place(self, span: Span) -> Span:
        """Return where in the text a part of the reading stands."""
        start, end = span
        return self.origins[start], self.origins[end - 1] + 1


def normalise(text: str) -> NormalisedText:
    """Return a text with digits of all scripts as 0 to 9, letters without accents, without hidden marks and Markdown's.

    Blanks in a row are one space, one line break or one blank line. Words spelt out letter by letter are closed up. Each
    character is looked at alone, so time grows with the length.
    """
    words, origins = (text, range(len(text))) if text.isascii() else _plain(text)
    normalised = _without(NormalisedText(words, origins), {match.start() for match in MARKDOWN.finditer(words)})
    normalised = NormalisedText(normalised.text.translate(BLANKS), normalised.origins)
    normalised = _without(normalised, {at for match in RUN_OF_BLANKS.finditer(normalised.text) for at in _spare(match)})
    return _without(normalised, {at for match in SPELT_OUT.finditer(normalised.text) for at in _spaces(match)})


def joined_lines(words: str) -> str:
    """Return a reading of the same length in which a sentence goes on where a line of it ends."""
    return WITHIN_A_SENTENCE.sub(" ", words)


def spans_of(patterns: tuple[re.Pattern[str], ...], words: str) -> Iterator[Span]:
    """Yield where patterns match in a reading: their one group, where they have one, else the whole."""
    for pattern in patterns:
        yield from (match.span(pattern.groups) for match in pattern.finditer(words))


def _without(normalised: NormalisedText, gaps: set[int]) -> NormalisedText:
    if not gaps:
        return normalised
    kept = [at for at in range(len(normalised.text)) if at not in gaps]
    return NormalisedText("".join(normalised.text[at] for at in kept), [normalised.origins[at] for at in kept])


def _plain(text: str) -> tuple[str, list[int]]:
    letters = {letter: _letter(letter) for letter in set(text)}  # not kept: a store of letters would outlive the text
    pairs = [(plain, at) for at, letter in enumerate(text) for plain in letters[letter]]
    return "".join(plain for plain, _ in pairs), [at for _, at in pairs]


def _letter(letter: str) -> str:
    """Return how one character is read: one plain character, a few, or none."""
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


def _spare(match: re.Match[str]) -> set[int]:
    """Return the places in a run of blanks that say nothing: all but two line breaks, or one, or a space."""
    places = range(match.start(), match.end())
    breaks = [at for at in places if match.string[at] == "\n"]
    return set(places).difference(breaks[:2] or places[:1])


def _spaces(match: re.Match[str]) -> Iterator[int]:
    return (match.start() + at for at, letter in enumerate(match.group()) if letter == " ")
