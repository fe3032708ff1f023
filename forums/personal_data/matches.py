"""Matches: the parts of a text that may identify a person, each with its kind and its explanation.

A text is searched before it is stored. No match is stored, only whether there is one (`Post.may_identify`).

A text is normalised (`normalise.py`), then searched by the rules for numbers, phrases and names. They find what is
likely to identify somebody, not who is meant: the writer decides, and then a moderator.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from forums.personal_data import number_rules, phrase_rules
from forums.personal_data.name_rules import names
from forums.personal_data.normalise import Span, joined_lines, normalise


class Kind(StrEnum):
    """The kinds of personal data."""

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
    """A part of a text that may identify a person, from `start` to before `end`."""

    start: int
    end: int
    kind: Kind
    explanation: str


class Piece(NamedTuple):
    """A part of a text, with its match if it is one."""

    text: str
    match: Match | None


Rule = Callable[[str], Iterator[Span]]
NUMBER_RULES: dict[Kind, Rule] = {
    Kind.PHONE: number_rules.phone_numbers,
    Kind.POSTCODE: number_rules.postcodes,
    Kind.INSURANCE: number_rules.insurance_numbers,
    Kind.REFERENCE: number_rules.references,
    Kind.VEHICLE: number_rules.vehicles,
    Kind.ADDRESS: phrase_rules.addresses,
}
PHRASE_RULES: dict[Kind, Rule] = {
    Kind.EMAIL: phrase_rules.emails,
    Kind.BIRTH: phrase_rules.births,
    Kind.HANDLE: phrase_rules.handles,
    Kind.LINK: phrase_rules.links,
    Kind.MEETING: phrase_rules.meetings,
    Kind.NAME: names,
}


def find_personal_data(text: str) -> list[Match]:
    """Return the matches in a text in reading order, without overlaps. Takes time linear in its length; raises nothing.

    The text is searched line by line, then with lines joined where a sentence goes on. Of matches with the same start,
    the first search's counts.
    """
    normalised = normalise(text)
    readings = dict.fromkeys((normalised.text, joined_lines(normalised.text)))  # one, where no line is joined
    found = [(span, order, kind) for order, text in enumerate(readings) for span, kind in _apply_rules(text)]
    matches: list[Match] = []
    for (start, end), _, kind in sorted(found, key=lambda each: (each[0][0], each[1], -each[0][1])):
        first, last = normalised.original_span((start, end))
        if not matches or first >= matches[-1].end:
            matches.append(Match(first, last, kind, EXPLANATIONS[kind]))
    return matches


def _apply_rules(text: str) -> Iterator[tuple[Span, Kind]]:
    """Yield what each rule finds in a normalised text."""
    for kind, rule in PHRASE_RULES.items():
        yield from ((span, kind) for span in rule(text))
    blotted = number_rules.blot_out_references(text)
    for kind, rule in NUMBER_RULES.items():
        yield from ((span, kind) for span in rule(blotted))


def pieces(text: str, matches: list[Match]) -> list[Piece]:
    """Return a text cut at the starts and ends of its matches (of `find_personal_data`)."""
    found, at = [], 0
    for match in matches:
        found += [Piece(text[at : match.start], None), Piece(text[match.start : match.end], match)]
        at = match.end
    return [piece for piece in (*found, Piece(text[at:], None)) if piece.text]


def texts_by_explanation(found: list[Piece]) -> dict[str, list[str]]:
    """Return the matching texts, each once, by explanation, in reading order."""
    texts_by_explanation: dict[str, list[str]] = {}
    for piece in found:
        if piece.match and piece.text not in texts_by_explanation.setdefault(piece.match.explanation, []):
            texts_by_explanation[piece.match.explanation].append(piece.text)
    return texts_by_explanation


class Marked(NamedTuple):
    """A text in pieces, and its matching texts by explanation."""

    pieces: list[Piece]
    texts_by_explanation: dict[str, list[str]]


def marked(text: str) -> Marked:
    """Return a text with its matches marked, as writers and moderators see it."""
    found = pieces(text, find_personal_data(text))
    return Marked(found, texts_by_explanation(found))


def fingerprint_of(piece: Piece) -> str:
    """Return eight hex digits by which a form that comes back knows a match, wherever it stands in the text."""
    kind = piece.match.kind if piece.match else ""
    return sha256(f"{kind}:{' '.join(piece.text.split()).lower()}".encode()).hexdigest()[:8]
