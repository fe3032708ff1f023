"""How a moderator sees what a change takes out of a post and puts in."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

WORD = r"\S+\s*|\s+"  # with the space behind it, so that words struck in a row are one piece


class Piece(NamedTuple):
    """Some words that are kept, struck or added."""

    kind: str  # 'kept', 'struck' or 'added'
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Return `before` turned into `after`, word by word, as pieces in reading order."""
    old, new = re.findall(WORD, before), re.findall(WORD, after)
    pieces = []
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("kept", "".join(old[old_start:old_end])))
            continue
        pieces.append(Piece("struck", "".join(old[old_start:old_end])))
        pieces.append(Piece("added", "".join(new[new_start:new_end])))
    return [piece for piece in pieces if piece.text]
