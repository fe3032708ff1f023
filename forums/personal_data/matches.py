"""Could this point to someone? What a writer typed is read for it before anything is stored.

Nothing that it finds is kept, only whether it found anything (`Post.may_identify`).

A text is read in plain letters (`normalise.py`) by rules for numbers (`number_rules.py`), for words (`words.py`) and for names
(`names.py`). They see what is likely, not who is meant: the writer decides, and a moderator reads the post after that.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from forums.personal_data import number_rules, phrase_rules
from forums.personal_data.name_rules import names
from forums.personal_data.normalise import Span, joined_lines, normalise


class Kind(StrEnum):
    """What something may be that points to a person."""

    PHONE = "phone"
    EMAIL = "email"
    POSTCODE = "postcode"
    INSURANCE = "insurance"
    REFERENCE = "reference"
    BIRTH = "birth"
    HANDLE = "handle"
    LINK = "link"
    MEETING = "meeting"
    NAME = "name"
    ADDRESS = "address"
    VEHICLE = "vehicle"


EXPLANATIONS = {
    Kind.PHONE: "This looks like a phone number. Anybody could ring it and learn whose it is.",
    Kind.EMAIL: "This looks like an email address. Anybody could write to it and find out whose it is.",
    Kind.POSTCODE: "This looks like a full postcode. It stands for a few houses in one street.",
    Kind.INSURANCE: "This looks like a National Insurance number. Only one person has it.",
    Kind.REFERENCE: "This looks like the number of somebody's case, card or passport. It leads to their file.",
    Kind.BIRTH: "This looks like somebody's day of birth. With little else it tells who they are.",
    Kind.HANDLE: "This looks like a name on social media, or a way to be found there.",
    Kind.LINK: "This looks like a link to somebody's own page.",
    Kind.MEETING: "This says where somebody can be found. Anybody who looks for them could wait there.",
    Kind.NAME: "This looks like somebody's name.",
    Kind.ADDRESS: "This looks like the address of a house or a room. It tells where somebody can be found.",
    Kind.VEHICLE: "This looks like a number plate. It leads to whoever owns the vehicle.",
}

IN_A_WORD = {
    Kind.PHONE: "phone number",
    Kind.EMAIL: "email",
    Kind.POSTCODE: "postcode",
    Kind.INSURANCE: "insurance number",
    Kind.REFERENCE: "reference",
    Kind.BIRTH: "day of birth",
    Kind.HANDLE: "social media",
    Kind.LINK: "link",
    Kind.MEETING: "place",
    Kind.NAME: "name",
    Kind.ADDRESS: "address",
    Kind.VEHICLE: "number plate",
}


class Match(NamedTuple):
    """A part of a text that may point to somebody: from `start` up to before `end`, its kind, and why."""

    start: int
    end: int
    kind: Kind
    explanation: str


class Piece(NamedTuple):
    """Some words of a text, and what they may point with, if they do."""

    text: str
    match: Match | None


Rule = Callable[[str], Iterator[Span]]
RULES_FOR_NUMBERS: dict[Kind, Rule] = {
    Kind.PHONE: number_rules.phone_numbers,
    Kind.POSTCODE: number_rules.postcodes,
    Kind.INSURANCE: number_rules.insurance_numbers,
    Kind.REFERENCE: number_rules.references,
    Kind.VEHICLE: number_rules.vehicles,
    Kind.ADDRESS: phrase_rules.addresses,
}
RULES_FOR_WORDS: dict[Kind, Rule] = {
    Kind.EMAIL: phrase_rules.emails,
    Kind.BIRTH: phrase_rules.births,
    Kind.HANDLE: phrase_rules.handles,
    Kind.LINK: phrase_rules.links,
    Kind.MEETING: phrase_rules.meetings,
    Kind.NAME: names,
}


def find_personal_data(text: str) -> list[Match]:
    """Return what in a text may point to somebody, in reading order, no two of them overlapping; raises nothing.

    It is read line by line, and once more with a sentence going on from line to line: of two that begin at one place the
    first reading's counts. Takes time that grows with the length of the text, and keeps nothing of it.
    """
    normalised = normalise(text)
    readings = dict.fromkeys((normalised.text, joined_lines(normalised.text)))  # one, where no sentence goes on
    found = [(span, turn, kind) for turn, words in enumerate(readings) for span, kind in _found(words)]
    matches: list[Match] = []
    for (start, end), _, kind in sorted(found, key=lambda each: (each[0][0], each[1], -each[0][1])):
        first, last = normalised.place((start, end))
        if not matches or first >= matches[-1].end:
            matches.append(Match(first, last, kind, EXPLANATIONS[kind]))
    return matches


def _found(words: str) -> Iterator[tuple[Span, Kind]]:
    """Yield what each rule finds in a reading."""
    for kind, rule in RULES_FOR_WORDS.items():
        yield from ((span, kind) for span in rule(words))
    without_works = number_rules.without_works(words)
    for kind, rule in RULES_FOR_NUMBERS.items():
        yield from ((span, kind) for span in rule(without_works))


def pieces(text: str, matches: list[Match]) -> list[Piece]:
    """Return a text cut where its matches, as `find_personal_data` gave them, begin and end; joined again it is the text."""
    found, at = [], 0
    for match in matches:
        found += [Piece(text[at : match.start], None), Piece(text[match.start : match.end], match)]
        at = match.end
    return [piece for piece in (*found, Piece(text[at:], None)) if piece.text]


def reasons(found: list[Piece]) -> dict[str, list[str]]:
    """Return what is marked in a text, each once, by the sentence that says why, in reading order."""
    whys: dict[str, list[str]] = {}
    for piece in found:
        if piece.match and piece.text not in whys.setdefault(piece.match.explanation, []):
            whys[piece.match.explanation].append(piece.text)
    return whys


class Marked(NamedTuple):
    """A text in pieces, and what is marked in it, by why; no reasons where nothing is."""

    pieces: list[Piece]
    reasons: dict[str, list[str]]


def marked(text: str) -> Marked:
    """Return a text with what may point to somebody marked, as writers and moderators are shown it."""
    found = pieces(text, find_personal_data(text))
    return Marked(found, reasons(found))


def fingerprint_of(piece: Piece) -> str:
    """Return by what a marked piece is known when a form comes back: eight hex digits, wherever in the text it stands."""
    kind = piece.match.kind if piece.match else ""
    return sha256(f"{kind}:{' '.join(piece.text.split()).lower()}".encode()).hexdigest()[:8]
