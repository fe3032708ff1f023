"""Differences between two texts, word by word, for the page on which a moderator confirms a change."""

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import takewhile
from typing import NamedTuple

WORD = r"\S+\s*|\s+"  # with the space behind it, so that a run of struck words is one piece
# SequenceMatcher compares each word with each equal one. A long post in ordinary words has 30,000 such pairs.
MAX_PAIRS = 60_000


class Piece(NamedTuple):
    """A part of a text that is kept, struck or added."""

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
    """Return the opcodes of `SequenceMatcher`; where it is slow, one change between the common start and end."""
    counted = Counter(new)
    if sum(times * counted[word] for word, times in Counter(old).items()) <= MAX_PAIRS:
        return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    start = _common_start(old, new)
    end = _common_start(old[start:][::-1], new[start:][::-1])
    old_end, new_end = len(old) - end, len(new) - end
    return [
        ("equal", 0, start, 0, start),
        ("replace", start, old_end, start, new_end),
        ("equal", old_end, len(old), new_end, len(new)),
    ]


def _common_start(old: list[str], new: list[str]) -> int:
    """Return how many words two lists have in common at their start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
