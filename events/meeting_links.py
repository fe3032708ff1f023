"""Detection and removal of links that open an online meeting, and of the numbers and passwords beside them.

Anybody with such a link can join, and meetings about modern slavery attract people who should not. Readers get the page
for booking; the organiser sends the link to those who booked. Pages for registration are not such links.
"""

import re
from urllib.parse import unquote

MEETING_LINK = "This link opens the meeting itself. Give the page where people book; the organiser sends them the link."

# Hosts, and the paths that open a meeting there. Most services give each organisation a subdomain.
SERVICES = (
    (r"zoom(?:gov)?\.(?:us|com|com\.cn)", r"(?:j|w|s|my|wc|ej|start|launch)/\w|join\?\w"),
    (r"teams\.(?:microsoft\.(?:com|us)|live\.com|cloud\.microsoft)", r"meet/\w|\S{0,200}?meetup-join"),
    (r"meet\.google\.com", r"\w"),
    (r"hangouts\.google\.com", r"(?:call|hangouts)/"),
    (r"g\.co", r"meet/\w"),
    (r"tel\.meet", r"\w"),
    (r"webex\.com", r"(?:meet|join|m)/\w|\S{0,200}?(?:\bj\.php|joinservice)|webappng/sites/[\w-]+/meeting/"),
    (r"(?:gotomeeting|gotowebinar|gototraining)\.com", r"(?:\S{0,100}/)?join/\w|\?meetingid="),
    (r"meet\.goto\.com|gotomeet\.me", r"\w"),
    (r"app\.goto\.com", r"meeting/\w"),
    (r"whereby\.com", r"(?!(?:information|blog|org|user|about|pricing)\b)\w"),
    (r"meet\.jit\.si|8x8\.vc", r"\w"),
    (r"jitsi(?!\.org|\.github)[\w-]{0,40}(?:\.[\w-]{1,40}){1,5}", r"\w"),
    (r"bbb[\w-]{0,40}(?:\.[\w-]{1,40}){1,5}", r"(?:b|rooms|bigbluebutton)/\w"),
    (r"bluejeans\.com", r"\d|(?:meet|join|live-event)/\w|a2m/live-event/"),
    (r"chime\.aws", r"\d|(?:meetings|portal)/\w"),
    (r"join\.skype\.com|meet\.lync\.com", r"\w"),
    (r"lync\.com", r"meet/\w"),
    (r"join\.me|meet\.starleaf\.com|call\.lifesizecloud\.com|meetings\.dialpad\.com", r"\w"),
    (r"ringcentral\.com", r"(?:j|join)/\w"),
    (r"zoho\.(?:com|eu|in)", r"(?:meet|meeting)/\w|join\?\w"),
    (r"facetime\.apple\.com", r"join"),
)
MEETING_URL = re.compile(
    r"(?<![\w.-])(?:"
    + "|".join(rf"(?:[\w-]{{1,63}}\.){{0,5}}(?:{hosts})(?::\d{{1,5}})?/(?:{paths})" for hosts, paths in SERVICES)
    + r"|(?:zoommtg|zoomus|msteams|lync|sfb):/{0,2}\w)",
    re.IGNORECASE,
)
SCHEME = re.compile(r"(?:https?|zoommtg|zoomus|msteams|lync|sfb):", re.IGNORECASE)
URL_CHARACTER = re.compile(r"[/:%]")  # every link has one: most words need no further search
WORD = re.compile(r"[^\s<>\"]+")
MAX_WRAPPERS = 3  # mail programs wrap links in links of their own, even several times
TRAILING_PUNCTUATION = ".,;:!?'*_~)]}"
EMPTY_BRACKETS = re.compile(r" ?(?:\( ?\)|< ?>|\[ ?\])| (?=[.,;:!?])")

NUMBER = r"\d[\d \u00a0-]{3,30}\d\b#?"
ACCESS = r"(?:pass\s?code|pass\s?word|pin|access\s+code|host\s+key)(?:\s*\([^()\n]{0,40}\))?"
SECRETS = re.compile(
    # as in 'Meeting ID: 123 456 789', 'Meeting number (access code): 2345 678 9012', 'Meeting code: abc-defg-hij'
    r"\b(?:meeting|webinar|conference|zoom|teams|webex)\s+(?:id|number|no\.?|code)\b"
    rf"(?:\s*\([^()\n]{{0,40}}\))?\s*[:=#]?\s*(?:{NUMBER}|[a-z]{{3,4}}-[a-z]{{4}}-[a-z]{{3,4}}\b)"
    # 'Passcode: 4Xy!2'; a word without a digit is one only where nothing follows
    rf"|\b(?:(?:meeting|webinar|zoom|numeric|phone|host|sip)\s+)?{ACCESS}\s*[:=]\s*(?:(?=\D{{0,40}}\d)\S{{1,64}}|\S{{1,64}}\W*$)"
    # '+44 20 3481 5240,,89012345678#,,,,*1234# United Kingdom', '123456789@zoomcrc.com'
    r"|\+?\d[\d ()-]{5,20},{1,3}\d[\d,*#]{4,60}[^\n]*"
    r"|\b[\d.]{6,30}@[\w.-]{0,60}(?:zoomcrc|webex|bluejeans|lifesizecloud|pexip)[\w.-]{1,60}",
    re.IGNORECASE,
)


def meeting_links(text: str) -> list[str]:
    """Return the links in a text that open a meeting, in order, including those that a mail program wrapped."""
    return [link for word in WORD.findall(text) if (link := _meeting_link_in(word))]


def without_meeting_links(text: str) -> str:
    """Return a text without links, numbers and passwords of meetings; unchanged where it has none."""
    lines = [(line, _without(line)) for line in text.split("\n")]
    return "\n".join(after for before, after in lines if after == before or re.search(r"\w", after))


def _without(line: str) -> str:
    cleaned = SECRETS.sub("", WORD.sub(lambda word: _without_links(word.group()), line))
    if cleaned == line:
        return line
    return EMPTY_BRACKETS.sub("", " ".join(cleaned.split())).strip()


def _without_links(word: str) -> str:
    while link := _meeting_link_in(word):
        word = word.replace(link, "")
    return word


def _meeting_link_in(word: str) -> str:
    """Return the link to a meeting that a word is or ends with; '' where it has none."""
    if not URL_CHARACTER.search(word) or not MEETING_URL.search(_unwrapped(word)):
        return ""
    starts = [match.start() for match in (SCHEME.search(word), MEETING_URL.search(word)) if match]
    return word[min(starts, default=0) :].rstrip(TRAILING_PUNCTUATION)


def _unwrapped(word: str) -> str:
    """Return a link with the links that it wraps decoded."""
    if "urldefense" in word.lower():  # whose older links have '-' for '%' and '_' for '/'
        word = f"{word} {word.replace('-', '%').replace('_', '/')}"
    for _ in range(MAX_WRAPPERS):
        word = unquote(word)
    return word
