"""Names of people, found by the words around them: no list of names is complete, and most names are words as well.

Each pattern says that a name follows; whether the words that follow are written as one, `_is_name` tells.
"""

import re
from collections.abc import Iterator

from forums.personal_data.normalise import Span
from forums.personal_data.vocabulary import (
    COMMON_CAPITALS,
    COMMON_WORDS,
    NAMES_LIKE_WORDS,
    NO_PERSON_HAS_IT,
    PEOPLE,
    WHAT_PEOPLE_ARE,
)
from forums.voice_names import NAMES

MADE_UP = {name.lower() for name in NAMES}
LETTERS = 5  # so many capitals in a row, such as 'MARAC', are taken for letters and for no name
WORD = r"[^\W\d_][\w'-]{0,30}"
WORDS = rf"({WORD}(?: {WORD}){{0,2}})"
SOME_WORDS = f"(?={WORDS})"  # looked at, not used up: another name may be said in them

SAYS_NAME = re.compile(
    rf"\b(?:my|his|her|their)(?: (?!(?:{NO_PERSON_HAS_IT})\b)\w+)? name(?:(?:'s| is| was)(?: ?: ?| )|: ?){SOME_WORDS}"
    rf"|\b(?:{PEOPLE})'s (?:\w+ )?name(?:'s| is| was)(?: ?: ?| ){SOME_WORDS}"
    rf"|\b(?:full |first |last |sur)name ?: ?{SOME_WORDS}",
    re.IGNORECASE,
)
CALLED = (
    re.compile(rf"\b(?:I am|I'm|I was|s?he is|s?he's) (?:called|named|known as) {SOME_WORDS}", re.IGNORECASE),
    re.compile(rf"\b(?:people|everyone|everybody|friends|they|you can|just) calls? me {SOME_WORDS}", re.IGNORECASE),
    re.compile(rf"\b(?:{PEOPLE})(?: is| was|,)? (?:called|named) {SOME_WORDS}", re.IGNORECASE),
    re.compile(rf"\bthis is {WORDS}(?= (?:speaking|calling)\b)", re.IGNORECASE),
    re.compile(rf"\b(?:hi|hello|hey)(?: all| everyone| everybody| there)?[,.!]? {WORDS}(?= here\b)", re.IGNORECASE),
    re.compile(rf"\b(?:my|his|her)(?: \w+)? (?:{PEOPLE}),? {SOME_WORDS}", re.IGNORECASE),
    re.compile(rf"\bmy name,? {SOME_WORDS}", re.IGNORECASE),
    re.compile(
        r"(?:^|\n|[.!?] )(?:(?:kind|best|warm) (?:regards|wishes)|regards|yours(?: \w+)?|(?:many )?thanks|thank you|love|cheers"
        rf"|best|sincerely|signed(?: by)?)[,:]?(?:\n{{1,2}}|(?<=[,:]) ){WORDS}[ .!\n]*\Z",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:^|[\n.,;(] ?)name ?[:=-] ?{SOME_WORDS}", re.IGNORECASE),
)
# 'Ask for Amharic interpreters' goes on after its capitals; a name stands alone, or before one of these words.
ASK_FOR = re.compile(rf"\bask for {SOME_WORDS}", re.IGNORECASE)
I_AM = re.compile(rf"\b[Ii](?: am|'m) {SOME_WORDS}")
STANDS_ALONE = re.compile(
    r" ?(?:[,.;!?)\n]|$)| (?:at|on|in|when|if|by|and|or|but|she|he|who|from|because|before)\b", re.IGNORECASE
)
TITLE = re.compile(rf"\b(?:(?:Mr|Mrs|Ms|Miss|Mx)\.? ({WORD})(?: [A-Z][\w'-]+)?)")
DOCTOR = re.compile(
    rf"\b(?:[Cc]ontact|[Cc]all|[Rr]ing|[Ss]ee|[Aa]sk(?: for)?|[Ss]peak to|[Mm]y \w+,?) (?:Dr|Prof|Professor)\.? ({WORD})"
)


def names(words: str) -> Iterator[Span]:
    """Yield names of people, where the words around them say that they are."""
    for match in SAYS_NAME.finditer(words):
        yield from _name(match, also_small=True)
    for pattern in CALLED:
        for match in pattern.finditer(words):
            yield from _name(match)
    for match in ASK_FOR.finditer(words):
        yield from (span for span in _name(match) if STANDS_ALONE.match(words, span[1]))
    for match in I_AM.finditer(words):
        if not WHAT_PEOPLE_ARE.match(match.group(1).split()[0]):
            yield from (span for span in _name(match) if STANDS_ALONE.match(words, span[1]))
    for pattern in (TITLE, DOCTOR):
        yield from (match.span() for match in pattern.finditer(words) if _is_name(match.group(1)))


def _name(match: re.Match[str], *, also_small: bool = False) -> Iterator[Span]:
    """Yield those of a match's words, from the first on, that are written as names are."""
    group = match.lastindex or 0
    found = list(re.finditer(WORD, match.group(group)))
    length = next((at for at, word in enumerate(found) if not _is_name(word.group())), len(found))
    if not length and also_small and _may_be_name(found[0].group().lower()):
        length = 1
    if length:
        yield match.start(group), match.start(group) + found[length - 1].end()


def _is_name(word: str) -> bool:
    """Tell whether a word has a capital, or is of a script without any, and is no common word, group or made-up name."""
    letters = word.isascii() and word.isupper() and 1 < len(word) <= LETTERS
    capital = word[0] == word[0].upper()
    return capital and not letters and word.lower() not in COMMON_CAPITALS | COMMON_WORDS | MADE_UP


def _may_be_name(word: str) -> bool:
    """Tell whether a word in small letters could be a name, after words that leave little else."""
    looks_like_none = word in COMMON_WORDS | MADE_UP or re.search(r"(?:ed|ing|ly|n't|ful|less)$", word)
    return word in NAMES_LIKE_WORDS or not looks_like_none
