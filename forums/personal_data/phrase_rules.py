"""Rules for phrases that may identify a person: addresses, own pages, dates of birth, places where somebody will be.

Each rule takes a normalised text and yields spans of it. Every pattern is bounded, so that time is linear.
"""

import re
from collections.abc import Iterator

from forums.personal_data.name_rules import MADE_UP
from forums.personal_data.normalise import Span, spans_of
from forums.personal_data.vocabulary import (
    CHAINS,
    COMMON_WORDS,
    MONTHS,
    NO_PLACES,
    NO_STREETS,
    OWN_PAGES,
    PLACES,
    PLATFORMS,
    STREETS,
    WEEKDAYS,
)

# The start of a request or an offer to the reader: 'they used to meet me outside' is a story, 'meet me outside' is not.
TO_THE_READER = (
    r"(?:^|[.!?,;:(\n] ?|\b(?:please|just|you can|you could|you will|you'll|you may|can you|could you|let's|let us|come and"
    r"|come|then|or) )"
)

# Email ---------------------------------------------------------------------------------------------------------------

LOCAL = r"(?<![\w.+%-])[\w.+%'-]{1,64}+"
HOST = r"[\w-]{1,63}+"
OPEN, SHUT = r" ?[(\[{ ] ?", r" ?[)\]} ] ?"
EMAILS = (
    re.compile(rf"{LOCAL}(?:@| @ ){HOST}(?:(?:\.| \. ){HOST}){{1,6}}"),
    re.compile(rf"{LOCAL}(?: dot {HOST}){{0,3}}{OPEN}at{SHUT}{HOST}(?:{OPEN}dot{SHUT}{HOST}){{1,4}}", re.IGNORECASE),
    re.compile(rf"{LOCAL} ?[(\[{{] ?at ?[)\]}}] ?{HOST}(?:\.{HOST}){{1,4}}", re.IGNORECASE),
    re.compile(
        rf"{LOCAL} at (?:gmail|googlemail|hotmail|outlook|yahoo|icloud|protonmail|proton|live|aol|gmx)\.[a-z.]{{2,6}}",
        re.IGNORECASE,
    ),
)


def emails(text: str) -> Iterator[Span]:
    """Yield email addresses, also those spelt 'name at example dot org'."""
    yield from spans_of(EMAILS, text)


# Social media --------------------------------------------------------------------------------------------------------

LINK = re.compile(
    rf"(?<![\w.@-])(?:https?://)?(?:[\w-]{{1,30}}\.){{0,2}}(?:(?:{OWN_PAGES})[\w@.%~+-]{{1,64}}[^\s<>\"]{{0,300}}(?<![.,;:!?)\]'])"
    r"|[\w-]{1,63}\.[a-z]{2,12}/@\w[\w.@-]{0,60})",
    re.IGNORECASE,
)
AT_NAME = re.compile(r"(?<![\w@/.+-])@([A-Za-z_][\w.]{0,28}\w)")
# 'amara#1234', as Discord has them.
HASH_NAME = re.compile(
    r"(?<![\w.#/&@-])(?!(?:issue|case|ticket|page|number|form|bug|room)#)[A-Za-z][\w.]{1,31}#\d{4}\b", re.IGNORECASE
)
PLATFORM_NAME = re.compile(
    rf"\b(?:{PLATFORMS}|user ?name|screen ?name|gamer ?tag|handle)"
    rf"(?: (?:name|handle|user ?name|account|user|id|profile))?(?: is | as | under | ?[:=] ?| - |, | )@?(\w[\w.]{{0,38}}\w)(?P<end>[ .,;!?)]*$)?",
    re.IGNORECASE | re.MULTILINE,
)
ADD_ME = re.compile(
    rf"{TO_THE_READER}((?:add|find|follow|message|msg|dm|text|reach|contact|friend|look) (?:me|us)(?: up)? "
    rf"(?:on|at|via|through) (?:my )?(?:{PLATFORMS}))\b",
    re.IGNORECASE | re.MULTILINE,
)
NO_HANDLES = {"home", "work", "school", "college", "all", "everyone", "here", "media", "the", "you", "me", "my", "this"}


def handles(text: str) -> Iterator[Span]:
    """Yield names on social media, and offers to be found there."""
    for match in AT_NAME.finditer(text):
        if match.group(1).lower() not in NO_HANDLES | MADE_UP:
            yield match.span()
    for match in PLATFORM_NAME.finditer(text):
        name = match.group(1)
        plain_end = match.group("end") is not None and name.lower() not in COMMON_WORDS and ":" in match.group()
        if re.search(r"[\d_]|\w\.\w", name) or plain_end:
            yield match.span(1)
    yield from (match.span(1) for match in ADD_ME.finditer(text))
    yield from spans_of((HASH_NAME,), text)


def links(text: str) -> Iterator[Span]:
    """Yield links to somebody's own page."""
    yield from spans_of((LINK,), text)


# Dates of birth ------------------------------------------------------------------------------------------------------

ORDINALS = (
    "(?:twenty[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth"
    "|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth|thirty[ -]first"
)
MONTH_AND_DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{MONTHS})|(?:{ORDINALS}) of (?:{MONTHS})"
    rf"|(?:{MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?)\b(?:,? \d{{2,4}}\b)?"
)
DATE = rf"(?:(?:the )?{MONTH_AND_DAY}|\b\d{{1,2}}([/. -])\d{{1,2}}[/. -]\d{{2,4}}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
SOON = rf"(?:today|tomorrow|this week|next week|(?:on |next )?(?:{WEEKDAYS})|in (?:{MONTHS}))\b"
BIRTHS = (
    re.compile(rf"\bborn(?: on| in| around| about)? ?(?P<day>{DATE}|(?:{MONTHS}) \d{{4}}\b)", re.IGNORECASE),
    re.compile(
        rf"(?:\bdob\b|\bd\.o\.b\b|\bdate of birth\b|\bbirth ?dates?\b)[^\n!?]{{0,20}}?(?P<day>{DATE})", re.IGNORECASE
    ),
    re.compile(rf"\b(?:birthday|date of birth)(?: is| was|:| falls)?(?: on)? (?P<day>{DATE}|{SOON})", re.IGNORECASE),
    re.compile(rf"\bturn(?:s|ed|ing)? (?:\d{{1,2}}|[a-z]{{3,12}}) on (?P<day>{DATE})", re.IGNORECASE),
    re.compile(
        rf"(?P<day>{DATE}),? (?:is|was) (?:my|her|his|their) (?:\w+ )?(?:birthday|date of birth)", re.IGNORECASE
    ),
)


def births(text: str) -> Iterator[Span]:
    """Yield days on which somebody was born."""
    yield from (match.span("day") for pattern in BIRTHS for match in pattern.finditer(text))


# Where somebody will be ----------------------------------------------------------------------------------------------

HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
WHEN = re.compile(
    rf"\b(?:\d{{1,2}}(?:[:.]\d{{2}})? ?(?:am|pm|o'clock)|\d{{1,2}}[:.]\d{{2}}|noon|midday|midnight"
    rf"|(?:half|quarter|ten|five|twenty) (?:past|to) (?:{HOURS}|\d{{1,2}})"
    rf"|(?:at|from|by|around|about|till|until) (?:\d{{1,2}}|{HOURS})(?= ?(?:[,.;!?)\n]|$)| (?:on|in the|today|tomorrow|with|and|to|till|sharp|every|if)\b)"
    rf"|(?:{WEEKDAYS})|today|tomorrow|tonight|this (?:morning|afternoon|evening|weekend)|at the weekend"
    rf"|{MONTH_AND_DAY})\b",
    re.IGNORECASE,
)
PLACE_WORD = r"(?:at|outside|inside|near|by|opposite|behind|next to|in front of)"
# A place that can be looked for: 'at the library' and 'at Victoria Park', but not 'at college' nor 'at risk'.
CERTAIN = (
    rf"(?:(?:the|a|an|my|our|this|that) (?!(?:{NO_PLACES})\b)|(?-i:(?=(?!(?:{NO_PLACES})\b)[A-Z]))|(?=(?:{CHAINS})\b))"
)
# 'in the dark' is no place: after 'in', only words for places count.
IN_PLACE = rf"in(?= (?:the|our|this|that) (?:[\w'-]{{1,20}} ){{0,3}}?(?:{PLACES})\b|(?-i: [A-Z][a-z]))"
WILL_BE = re.compile(
    rf"\b(?:(?:I'll be|I will be|I shall be|I am going to be|I'm going to be|I'm|I am|s?he will be|s?he'll be|s?he is"
    rf"|s?he's going to be)(?: (?:always|usually|often|sat|sitting|waiting|standing)){{0,2}} (?:{PLACE_WORD}|{IN_PLACE})"
    rf"|(?:I|s?he)(?: always| usually)? (?:go(?:es)? to|(?:works?|prays?|eats?|sits?|volunteers?|stands?|waits?(?: for \w+)?) {PLACE_WORD})"
    rf"|(?:we can|we could|we will|shall we|let's|let us) meet(?: up)? {PLACE_WORD}) {CERTAIN}",
    re.IGNORECASE,
)
PLACE = r"(?!(?:my (?:level|pace|best|worst)|any time|short notice|half ?way|the middle|all)\b)[^.!?,;\n]{2,50}"
MEET = re.compile(
    rf"{TO_THE_READER}((?:meet(?: up)?(?: with)?(?: me| us)|(?:see|find|visit|catch) me|(?<=let's )meet(?: up)?|(?<=let us )meet(?: up)?)"
    rf" (?:at|outside|inside|near|by|opposite|behind|under|next to|in front of|in|on the corner of) {PLACE})",
    re.IGNORECASE | re.MULTILINE,
)
MEET_AT = re.compile(
    rf"{TO_THE_READER}(meet(?: up)? (?:{PLACE_WORD}|in) {CERTAIN}[^.!?,;\n]{{2,50}}? (?:{WHEN.pattern}))",
    re.IGNORECASE | re.MULTILINE,
)
MAX_GAP = 70  # characters between a place and its time
MAX_GAP_BEFORE_PLACE = 20  # characters between a time and the place after it: 'every Monday at 10 I am at the …'
WORDS_OF_PLACE = re.compile(r"[\w'-]{1,30}(?: [\w'-]{1,30}){0,3}")
CLAUSE_ENDS = re.compile(r"[!?\n]|\.(?=\s)| (?:and|but|because|so|if|until|who|that) ")


def meetings(text: str) -> Iterator[Span]:
    """Yield places and times where somebody will be, and invitations to meet at a place."""
    yield from (match.span(1) for pattern in (MEET, MEET_AT) for match in pattern.finditer(text))
    starts = list(WILL_BE.finditer(text))
    times = iter(WHEN.finditer(text) if starts else [])
    before, time = None, next(times, None)
    for place in starts:  # both in reading order: each is looked at once
        while time and time.start() < place.end():
            before, time = time, next(times, None)
        if time and _belong_together(text, place.end(), time.start(), MAX_GAP):
            yield place.start(), time.end()
        elif before and _belong_together(text, before.end(), place.start(), MAX_GAP_BEFORE_PLACE):
            where = WORDS_OF_PLACE.match(text, place.end())
            yield before.start(), where.end() if where else place.end()


def _belong_together(text: str, start: int, end: int, max_gap: int) -> bool:
    return 0 <= end - start <= max_gap and not CLAUSE_ENDS.search(text, start, end)


# Addresses -----------------------------------------------------------------------------------------------------------

CAPITALS = r"(?:[A-Z][\w'.-]{1,20} ){1,3}"
ADDRESSES = (
    re.compile(
        rf"\b(?!(?:19|20)\d\d )\d{{1,4}}[A-Za-z]?,? (?!(?:{NO_STREETS}) )(?:[A-Z][\w'.-]{{1,20}} (?!(?:{NO_STREETS})\b)){{1,3}}(?i:{STREETS})\b"
    ),
    re.compile(
        rf"\b\d{{1,3}}[a-z]? (?!(?:{NO_STREETS}) )[a-z]{{3,15}} (?:street|road|lane|avenue|crescent|terrace|rd|ave)\b(?! \w+ (?:team|outreach))"
    ),
    re.compile(
        r"\b(?i:flat|apartment|apt)\.? (?i:no\.? |number )?\d{1,4}[A-Za-z]?(?:, ?(?:\d{1,4}[A-Za-z]? )?(?:[A-Z][\w'-]+ ?){1,4}"
        r"| (?:[A-Z][\w'-]+ ?){1,4}|, ?\d{1,4}[a-z]? \w+ \w+)"
    ),
    re.compile(
        r"(?i:\b(?:liv(?:e|es|ed|ing)|stay(?:s|ed|ing)?|sleep(?:s|ing)?|placed|I am|I'm|s?he is|we are) (?:in|at) )"
        r"((?i:flat|room|apartment|number|house number|no\.) \d{1,4}[A-Za-z]?)\b"
    ),
    re.compile(r"\b((?i:room|flat) \d{1,4}[A-Za-z]?) (?:of|at|in) (?:the )?[A-Z]"),
    re.compile(
        r"(?i:\b(?:liv(?:e|es|ed|ing)|stay(?:s|ed|ing)?|house|home|flat|hostel|hotel|room|placed|housed|moved|accommodation)\b)"
        rf"(?: \w+){{0,3}}? (?:in|on|at|to|into|from|near|off) ({CAPITALS}(?:Street|Road|Lane|Avenue|Close|Crescent|Terrace|Grove|Gardens|Mews))\b"
    ),
)


def addresses(text: str) -> Iterator[Span]:
    """Yield addresses of houses, and rooms and streets that somebody is said to live in."""
    yield from spans_of(ADDRESSES, text)
