"""Rules for numbers that may identify a person: of phones, postcodes, papers and vehicles.

Each rule takes a normalised text after `blot_out_references` and yields spans of it. Every pattern is bounded, so that
time is linear (tests/forums/personal_data/test_speed.py).
"""

import re
from collections.abc import Iterator

from django.conf import settings
from phonenumbers import Leniency, PhoneNumberMatch, PhoneNumberMatcher, PhoneNumberType, number_type

from forums.personal_data.normalise import Span, spans_of

# Many digits, but no person: publications, web addresses, dates.
REFERENCES_AND_DATES = re.compile(
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


def blot_out_references(text: str) -> str:
    """Return a text of the same length without numbers of publications and pages, and without dates."""
    return REFERENCES_AND_DATES.sub(lambda match: "¦" * len(match.group()), text)


# Phones --------------------------------------------------------------------------------------------------------------

# Seven digits or more, with up to three characters between two of them.
DIGITS = re.compile(r"(?<![\d.,£$€#])(?:\+ ?)?\(?\d(?:[ ()./\-\n]{0,3}\d){6,30}(?!\d)")
# British numbers that can be a person's: geographic (01, 02), mobile (07), internet (055, 056). 03 and 08 belong to
# organisations, 09 to services. Not left to the library, which knows only numbers in use at its release: neither those
# reserved for drama nor newer ones.
BRITISH = re.compile(r"(?:(?:\+|00)?440?|0)(?:[12]\d|7\d|5[56])\d{8}")
ORGANISATIONS = re.compile(r"(?:(?:\+|00)?440?|0)[389]")
SEVERAL = re.compile(r"(?<!\d)(?:\+44|0)(?:[ ()./-]{0,3}\d){10}(?!\d)")
FREE_OR_SERVICE = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.UAN,
}
# The library takes fifty times as long as a pattern. In a text with more numbers, each further one is a match.
MAX_LOOKUPS = 30
WITH_LETTERS = re.compile(r"\b[oO]?\d[\doO]*\b")  # 'o7700 9OO 123'
WORDS_FOR_DIGITS = "zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine|double|treble|triple|hundred"
IN_WORDS = re.compile(
    rf"\b(?:plus|zero|oh|o|nought|double)(?:[ ,.\n-]{{1,3}}(?:{WORDS_FOR_DIGITS})\b){{6,20}}", re.IGNORECASE
)
CALLED_A_NUMBER = re.compile(
    r"\b(?:(?:call|ring|text|phone|whats ?app|message) (?:me|us|her|him|them)(?: on| at)?"
    r"|(?:my|our|her|his|their) (?:new |old |phone |mobile |work |home )?(?:number|mobile|phone|whats ?app)(?: number)?(?: is| was)?"
    r"|whats ?app|tel|mob|phone|mobile)[ .:]{1,2}(\(?\+?\d(?:[ ()-]{0,2}\d){6,14})(?!\d)",
    re.IGNORECASE,
)


def phone_numbers(text: str) -> Iterator[Span]:
    """Yield phone numbers, without those of helplines and those that only organisations have."""
    text = WITH_LETTERS.sub(lambda match: match.group().lower().replace("o", "0"), text)
    public = {_digits(number) for _, number, _ in settings.HELPLINES}
    lookups = 0
    for match in DIGITS.finditer(text):
        typed = _digits(match.group())
        if typed in public or ORGANISATIONS.match(typed):
            continue
        if BRITISH.fullmatch(typed):
            yield match.span()
        elif typed[0] in "+0" or typed.startswith("44"):
            lookups += 1
            yield from _looked_up(match) if lookups <= MAX_LOOKUPS else [match.span()]
    yield from (match.span() for match in IN_WORDS.finditer(text))
    for match in CALLED_A_NUMBER.finditer(text):
        typed = _digits(match.group(1))
        if typed not in public and not ORGANISATIONS.match(typed):
            yield match.span(1)


def _looked_up(digits: re.Match[str]) -> list[Span]:
    """Return the spans of foreign numbers, as the library finds them, and of British ones in a run of digits."""
    several = [each for each in SEVERAL.finditer(digits.group()) if BRITISH.fullmatch(_digits(each.group()))]
    matcher = PhoneNumberMatcher(digits.group(), "GB", leniency=Leniency.POSSIBLE, max_tries=5)
    foreign = [match for match in matcher if _is_foreign(match)]
    spans = [each.span() for each in several] + [(match.start, match.end) for match in foreign]
    return [(digits.start() + start, digits.start() + end) for start, end in spans]


def _is_foreign(match: PhoneNumberMatch) -> bool:
    has_prefix = _digits(match.raw_string).startswith(("+", "00"))
    return has_prefix and match.number.country_code != 44 and number_type(match.number) not in FREE_OR_SERVICE  # noqa: PLR2004  Britain's


def _digits(number: str) -> str:
    """Return the digits of a number, with its plus if it has one."""
    return re.sub(r"[^\d+]", "", number)


# Postcodes -----------------------------------------------------------------------------------------------------------

# https://www.gov.uk/government/publications/bulk-data-transfer-for-sponsors-xml-schema: the format of a postcode
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


def postcodes(text: str) -> Iterator[Span]:
    """Yield full postcodes; 'A1 1st' and 'B12 4pm' are none."""
    for match in POSTCODE.finditer(text):
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


def insurance_numbers(text: str) -> Iterator[Span]:
    """Yield National Insurance numbers."""
    yield from spans_of(INSURANCE, text)


# References of the Home Office, the tribunals and the police; others only where the text says what they are.
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


def references(text: str) -> Iterator[Span]:
    """Yield numbers of a case, an application, a card or a passport."""
    yield from spans_of(REFERENCES, text)


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


def vehicles(text: str) -> Iterator[Span]:
    """Yield number plates."""
    yield from spans_of(VEHICLES, text)
