"""Words that must not appear in titles, URLs, subjects and file names, where somebody else may see them.

On a shared or watched device a lock screen, a tab or the history shows these.
"""

import re
import unicodedata

STEMS = (
    r"slav(?:e|ing)|traffick|exploit|survivor|victim|abus(?:e|ing|ive)|escape|refuge|safe[ _‐-]?house(?!hold)|trauma"
)
SENSITIVE_WORDS = re.compile(STEMS, re.IGNORECASE)
WHOLE_WORDS = re.compile(rf"\b\w*?(?:{STEMS})\w*", re.IGNORECASE)


def sensitive_words_in(text: str) -> list[str]:
    """Return the sensitive words of `text`: whole words, in lower case, each once, in order.

    Invisible characters, such as a soft hyphen, hide no word.
    """
    letters = (letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return list(dict.fromkeys(match.group().lower() for match in WHOLE_WORDS.finditer("".join(letters))))
