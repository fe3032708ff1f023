"""How a moderator sees what a change takes out of a post and puts in."""

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import takewhile
from typing import NamedTuple

WORD = r"\S+\s*|\s+"  # with the space behind it, so that words struck in a row are one piece
# Each word is held against each like it in the other version. A long post in ordinary words has 30,000 such pairs.
MAX_PAIRS = 60_000


class Piece(NamedTuple):
    """Some words that are kept, struck or added."""

    kind: str  # 'kept', 'struck' or 'added'
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Return `before` turned into `after`, word by word, as pieces in reading order."""
    old, new = re.findall(WORD, before), re.findall(WORD, after)
    pieces = []
    for kind, old_start, old_end, new_start, new_end in _opcodes(old, new):
        if kind == "equal":
            pieces.append(Piece("kept", "".join(old[old_start:old_end])))
            continue
        pieces.append(Piece("struck", "".join(old[old_start:old_end])))
        pieces.append(Piece("added", "".join(new[new_start:new_end])))
    return [piece for piece in pieces if piece.text]


def _opcodes(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Return what `SequenceMatcher` does; where it would take long, one change between what begins and ends alike."""
    counted = Counter(new)
    if sum(times * counted[word] for word, times in Counter(old).items()) <= MAX_PAIRS:
        return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    old_end, new_end = len(old) - end, len(new) - end
    return [
        ("equal", 0, start, 0, start),
        ("replace", start, old_end, start, new_end),
        ("equal", old_end, len(old), new_end, len(new)),
    ]


def _alike(old: list[str], new: list[str]) -> int:
    """Return how many words two lists begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
