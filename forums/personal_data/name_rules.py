"""Rules for names of people.

They look at the words around: no list of names is complete, and most names are also words.
Each pattern finds where a name is announced; `_is_name` decides whether the next words are written as a name.
"""

import re
from collections.abc import Iterator

from forums.personal_data.normalise import Span
from forums.personal_data.vocabulary import (
    COMMON_CAPITALS,
    COMMON_WORDS,
    DESCRIPTIONS,
    NAMES_THAT_ARE_WORDS,
    NOT_OF_A_PERSON,
    PEOPLE,
)
from forums.voice_names import NAMES

MADE_UP = {name.lower() for name in NAMES}
MAX_ACRONYM_LENGTH = 5  # capitals in a row, such as 'MARAC', are no name
WORD = r"[^\W\d_][\w'-]{0,30}"
WORDS = rf"({WORD}(?: {WORD}){{0,2}})"
NEXT_WORDS = f"(?={WORDS})"  # a lookahead: they may announce another name

NAME_IS = re.compile(
    rf"\b(?:my|his|her|their)(?: (?!(?:{NOT_OF_A_PERSON})\b)\w+)? name(?:(?:'s| is| was)(?: ?: ?| )|: ?){NEXT_WORDS}"
    rf"|\b(?:{PEOPLE})'s (?:\w+ )?name(?:'s| is| was)(?: ?: ?| ){NEXT_WORDS}"
    rf"|\b(?:full |first |last |sur)name ?: ?{NEXT_WORDS}",
    re.IGNORECASE,
)
CALLED = (
    re.compile(rf"\b(?:I am|I'm|I was|s?he is|s?he's) (?:called|named|known as) {NEXT_WORDS}", re.IGNORECASE),
    re.compile(rf"\b(?:people|everyone|everybody|friends|they|you can|just) calls? me {NEXT_WORDS}", re.IGNORECASE),
    re.compile(rf"\b(?:{PEOPLE})(?: is| was|,)? (?:called|named) {NEXT_WORDS}", re.IGNORECASE),
    re.compile(rf"\bthis is {WORDS}(?= (?:speaking|calling)\b)", re.IGNORECASE),
    re.compile(rf"\b(?:hi|hello|hey)(?: all| everyone| everybody| there)?[,.!]? {WORDS}(?= here\b)", re.IGNORECASE),
    re.compile(rf"\b(?:my|his|her)(?: \w+)? (?:{PEOPLE}),? {NEXT_WORDS}", re.IGNORECASE),
    re.compile(rf"\bmy name,? {NEXT_WORDS}", re.IGNORECASE),
    re.compile(
        r"(?:^|\n|[.!?] )(?:(?:kind|best|warm) (?:regards|wishes)|regards|yours(?: \w+)?|(?:many )?thanks|thank you|love|cheers"
        rf"|best|sincerely|signed(?: by)?)[,:]?(?:\n{{1,2}}|(?<=[,:]) ){WORDS}[ .!\n]*\Z",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:^|[\n.,;(] ?)name ?[:=-] ?{NEXT_WORDS}", re.IGNORECASE),
)
# 'Ask for Amharic interpreters' goes on after its capitals; a name stands alone, or before one of these words.
ASK_FOR = re.compile(rf"\bask for {NEXT_WORDS}", re.IGNORECASE)
I_AM = re.compile(rf"\b[Ii](?: am|'m) {NEXT_WORDS}")
STANDS_ALONE = re.compile(
    r" ?(?:[,.;!?)\n]|$)| (?:at|on|in|when|if|by|and|or|but|she|he|who|from|because|before)\b", re.IGNORECASE
)
TITLE = re.compile(rf"\b(?:(?:Mr|Mrs|Ms|Miss|Mx)\.? ({WORD})(?: [A-Z][\w'-]+)?)")
DOCTOR = re.compile(
    rf"\b(?:[Cc]ontact|[Cc]all|[Rr]ing|[Ss]ee|[Aa]sk(?: for)?|[Ss]peak to|[Mm]y \w+,?) (?:Dr|Prof|Professor)\.? ({WORD})"
)


def names(text: str) -> Iterator[Span]:
    """Yield names of people that the words around announce."""
    for match in NAME_IS.finditer(text):
        yield from _name(match, or_lower_case=True)
    for pattern in CALLED:
        for match in pattern.finditer(text):
            yield from _name(match)
    for match in ASK_FOR.finditer(text):
        yield from (span for span in _name(match) if STANDS_ALONE.match(text, span[1]))
    for match in I_AM.finditer(text):
        if not DESCRIPTIONS.match(match.group(1).split()[0]):
            yield from (span for span in _name(match) if STANDS_ALONE.match(text, span[1]))
    for pattern in (TITLE, DOCTOR):
        yield from (match.span() for match in pattern.finditer(text) if _is_name(match.group(1)))


def _name(match: re.Match[str], *, or_lower_case: bool = False) -> Iterator[Span]:
    """Yield the span of a match's first words that are written as a name."""
    group = match.lastindex or 0
    found = list(re.finditer(WORD, match.group(group)))
    length = next((at for at, word in enumerate(found) if not _is_name(word.group())), len(found))
    if not length and or_lower_case and _may_be_name(found[0].group().lower()):
        length = 1
    if length:
        yield match.start(group), match.start(group) + found[length - 1].end()


def _is_name(word: str) -> bool:
    """Return whether a word has a capital or a script without any, and is no acronym, common word or made-up name."""
    is_acronym = word.isascii() and word.isupper() and 1 < len(word) <= MAX_ACRONYM_LENGTH
    capital = word[0] == word[0].upper()
    return capital and not is_acronym and word.lower() not in COMMON_CAPITALS | COMMON_WORDS | MADE_UP


def _may_be_name(word: str) -> bool:
    """Return whether a word in small letters can be a name, where the words before expect one."""
    looks_like_none = word in COMMON_WORDS | MADE_UP or re.search(r"(?:ed|ing|ly|n't|ful|less)$", word)
    return word in NAMES_THAT_ARE_WORDS or not looks_like_none
