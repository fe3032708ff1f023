"""Numbers that may point to somebody: of phones, papers, houses and vehicles.

Each rule takes the words of a reading, from which `without_works` took other numbers, and yields spans of it. Every pattern is bounded, so that time grows with the length of a text (tests/forums/personal_data/test_speed.py).
"""

import re
from collections.abc import Iterator

from django.conf import settings
from phonenumbers import Leniency, PhoneNumberMatch, PhoneNumberMatcher, PhoneNumberType, number_type

from forums.personal_data.normalise import Span, spans_of

# What holds many digits and points to no person: works, their numbers, addresses of pages, dates.
POINTS_TO_NOBODY = re.compile(
    r"""
    \bhttps?://\S+ | \bwww\.\S+
    | \bdoi\b[ :]{0,2}\S+ | \b10\.\d{4,9}/\S+
    | \bISBN(?:-1[03])?[ :]{0,2}[\dX -]{10,17} | \bISSN[ :]{0,2}[\dX-]{9} | \bISRCTN\d+
    | \bORCID\b[ :]{0,2}[\dX-]{19}
    | \bapplications?\ (?:number|nos?)\.?\ \d{3,5}/\d{2}\b   # of the court in Strasbourg
    | \b\d{1,2}([./-])\d{1,2}\1\d{4}\b | \b\d{4}-\d{2}-\d{2}\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def without_works(words: str) -> str:
    """Return a reading of the same length in which numbers of works, pages and days are blotted out."""
    return POINTS_TO_NOBODY.sub(lambda match: "¦" * len(match.group()), words)


# Phones --------------------------------------------------------------------------------------------------------------

# Seven digits and more, with up to three marks between two of them.
DIGITS = re.compile(r"(?<![\d.,£$€#])(?:\+ ?)?\(?\d(?:[ ()./\-\n]{0,3}\d){6,30}(?!\d)")
# Numbers of Britain that can be a person's: of places (01, 02), mobiles (07), internet phones (055, 056).
# 03 and 08 belong to organisations, 09 to services. Not asked of the library, which knows numbers that are in use:
# those kept for drama are none, nor those that were given out after it was made.
BRITISH = re.compile(r"(?:(?:\+|00)?440?|0)(?:[12]\d|7\d|5[56])\d{8}")
ORGANISATIONS = re.compile(r"(?:(?:\+|00)?440?|0)[389]")
SEVERAL = re.compile(r"(?<!\d)(?:\+44|0)(?:[ ()./-]{0,3}\d){10}(?!\d)")
FREE_OR_SERVICE = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.UAN,
}
# Asking the library costs fifty times what a pattern does. Whoever writes more numbers than this is asked about each.
MAX_LOOKED_UP = 30
WITH_LETTERS = re.compile(r"\b[oO]?\d[\doO]*\b")  # 'o7700 9OO 123'
WORDS_FOR_DIGITS = "zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine|double|treble|triple|hundred"
IN_WORDS = re.compile(
    rf"\b(?:plus|zero|oh|o|nought|double)(?:[ ,.\n-]{{1,3}}(?:{WORDS_FOR_DIGITS})\b){{6,20}}", re.IGNORECASE
)
SAID_TO_BE_ONE = re.compile(
    r"\b(?:(?:call|ring|text|phone|whats ?app|message) (?:me|us|her|him|them)(?: on| at)?"
    r"|(?:my|our|her|his|their) (?:new |old |phone |mobile |work |home )?(?:number|mobile|phone|whats ?app)(?: number)?(?: is| was)?"
    r"|whats ?app|tel|mob|phone|mobile)[ .:]{1,2}(\(?\+?\d(?:[ ()-]{0,2}\d){6,14})(?!\d)",
    re.IGNORECASE,
)


def phone_numbers(words: str) -> Iterator[Span]:
    """Yield numbers of phones, apart from the helplines' and those that only organisations have."""
    words = WITH_LETTERS.sub(lambda match: match.group().lower().replace("o", "0"), words)
    public = {_digits(number) for _, number, _ in settings.HELPLINES}
    lookups = 0
    for match in DIGITS.finditer(words):
        typed = _digits(match.group())
        if typed in public or ORGANISATIONS.match(typed):
            continue
        if BRITISH.fullmatch(typed):
            yield match.span()
        elif typed[0] in "+0" or typed.startswith("44"):
            lookups += 1
            found = _looked_up(match) if lookups <= MAX_LOOKED_UP else [match.span()]
            yield from found
    yield from (match.span() for match in IN_WORDS.finditer(words))
    for match in SAID_TO_BE_ONE.finditer(words):
        typed = _digits(match.group(1))
        if typed not in public and not ORGANISATIONS.match(typed):
            yield match.span(1)


def _looked_up(digits: re.Match[str]) -> list[Span]:
    """Return what the library takes for numbers of persons abroad, and numbers of Britain in a row."""
    several = [each for each in SEVERAL.finditer(digits.group()) if BRITISH.fullmatch(_digits(each.group()))]
    matcher = PhoneNumberMatcher(digits.group(), "GB", leniency=Leniency.POSSIBLE, max_tries=5)
    abroad = [match for match in matcher if _is_abroad(match)]
    spans = [each.span() for each in several] + [(match.start, match.end) for match in abroad]
    return [(digits.start() + start, digits.start() + end) for start, end in spans]


def _is_abroad(match: PhoneNumberMatch) -> bool:
    begins = _digits(match.raw_string).startswith(("+", "00"))
    return begins and match.number.country_code != 44 and number_type(match.number) not in FREE_OR_SERVICE  # noqa: PLR2004  Britain's


def _digits(number: str) -> str:
    """Return the digits of a number, and a plus where it begins with one."""
    return re.sub(r"[^\d+]", "", number)


# Houses --------------------------------------------------------------------------------------------------------------

# https://www.gov.uk/government/publications/bulk-data-transfer-for-sponsors-xml-schema: what a whole postcode looks like
AREAS = (
    "AB|AL|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|EC|EH|EN|EX|FK|FY|GL|GU"
    "|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|LA|LD|LE|LL|LN|LS|LU|ME|MK|ML|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE"
    "|PH|PL|PO|PR|RG|RH|RM|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|WA|WC|WD|WF|WN|WR|WS|WV"
    "|YO|ZE|B|E|G|L|M|N|S|W"
)
POSTCODE = re.compile(
    rf"(?<![^\W_])((?:{AREAS})\d[\dA-Z]?)[ -]{{0,2}}(\d[ABD-HJLNP-UW-Z]{{2}})(?![^\W_]| (?:laptop|memory|phone|computer))",
    re.IGNORECASE,
)
ORDINAL = re.compile(r"\d(?:st|nd|rd|th)")


def postcodes(words: str) -> Iterator[Span]:
    """Yield whole postcodes; 'A1 1st' and 'B12 4pm' are none."""
    for match in POSTCODE.finditer(words):
        outward, inward = match.groups()
        small = outward.isupper() and inward.islower()
        if not small and not (len(outward) == len("e1") and ORDINAL.fullmatch(inward)):
            yield match.span()


# Papers and vehicles -------------------------------------------------------------------------------------------------

# https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110. The specimen begins with QQ: it counts.
PAIRS = r"[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?"
INSURANCE = (
    re.compile(rf"\b[A-Z]{{2}}{PAIRS}[A-D]\b"),
    re.compile(r"\b[a-z]{2}\d{6}[a-d]\b"),
    re.compile(rf"(?i:\b(?:NI|nino|(?:national )?insurance)\b[^\n]{{0,30}}?\b)([A-Za-z]{{2}}{PAIRS}[A-Da-d]?)\b"),
)


def insurance_numbers(words: str) -> Iterator[Span]:
    """Yield National Insurance numbers."""
    yield from spans_of(INSURANCE, words)


# What papers of the Home Office, the tribunals and the police are known by; the rest only where the text says what it is.
KIND_OF_PAPER = (
    r"(?:passport|home office|ho|arc|uan|nrm|sca|cid|nass|brp|evisa|nhs|port|visa|case|crime|cad|claim|client|custody|police"
    r"|prison|asylum support|asylum|immigration|migrant help|bail|tribunal|appeal|hearing)"
)
NUMBER_OF_PAPER = r"(?:\d{3} \d{3} \d{4}|(?:[A-Z]{1,4}[ /-]?)?\d[\d/-]{4,18}[A-Z]?)"
REFERENCES = (
    re.compile(r"\b[A-Z]\d{7}(?:/\d{1,3})?\b"),
    re.compile(r"\b(?:1212|3434)[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?:/\d{2})?\b"),
    re.compile(r"\b[Gg][Ww][Ff] ?\d{8,10}\b"),
    re.compile(r"\b(?!(?:ISO|IEC|BS|EN|SI|HC|CP|EU|EC|DOI|PDF|BMJ)/)[A-Z]{2,4}/\d{5,8}(?:/\d{1,4})?\b"),
    re.compile(r"\b(?:UI|PA|HU|EA|DC|DA|IA|AA|VA|OA|RP|DR)[/-]\d{4,6}[/-]\d{4,6}\b"),
    re.compile(r"\b[RZ][A-Z]\d{7}\b"),
    re.compile(r"\bNRM[/-]?\d{5,8}\b"),
    # A code by which somebody shows an e-visa: https://www.gov.uk/prove-right-to-work/get-a-share-code-online
    re.compile(r"\b[RSW]\d[A-Z\d] (?:\d[A-Z\d]{2}|[A-Z]\d[A-Z\d]) (?:\d[A-Z\d]{2}|[A-Z]\d[A-Z\d])\b"),
    re.compile(
        r"\b(?:share|e-?visa) code(?: is| was|:|,)? (?=[\w -]{0,10}\d)([RSW][A-Z\d]{2}[ -]?[A-Z\d]{3}[ -]?[A-Z\d]{3})\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:passport|home office|ho|arc|uan|nrm|sca|cid|nass|brp|evisa)(?: ?[:=#,])?(?: is| was)? ([A-Z]{0,3}\d{7,12})\b",
        re.IGNORECASE,
    ),
    re.compile(r"\bCAD\b[^\n\d]{0,12}(\d{1,5}/?\d{1,2}[A-Za-z]{3}\d{2,4})\b"),
    re.compile(
        rf"\b{KIND_OF_PAPER}[ -]{{1,2}}(?:(?:number|no|reference|ref|id|urn)\b[ .:]{{0,3}}){{1,2}}"
        rf"(?:(?:is|was|:|=) ?)?({NUMBER_OF_PAPER})(?!\d)",
        re.IGNORECASE,
    ),
)


def references(words: str) -> Iterator[Span]:
    """Yield numbers of somebody's case, application, card or passport."""
    yield from spans_of(REFERENCES, words)


# https://www.gov.uk/displaying-number-plates: two letters, the half-year of its making, three letters; older ones only
# where the text says that it is a plate.
VEHICLES = (
    re.compile(r"\b[A-HJ-PR-Y]{2}(?:0[1-9]|[1-2]\d|[5-7]\d) ?[A-HJ-PR-Z]{3}\b"),
    re.compile(
        r"\b(?:reg|registration|(?:number |licen[cs]e )?plate|vrm)(?: number| no\.?| plate)?[ ,:]{1,2}(?:(?:is|was|says) )?"
        r"([A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z])\b",
        re.IGNORECASE,
    ),
)


def vehicles(words: str) -> Iterator[Span]:
    """Yield number plates."""
    yield from spans_of(VEHICLES, words)
