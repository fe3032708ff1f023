"""Words that must not stand where somebody else may see them: in titles, addresses, subjects, names of files.

On a shared or watched device a lock screen, a tab or a list of visited pages shows these places unasked.
"""

import re
import unicodedata

STEMS = (
    r"slav(?:e|ing)|traffick|exploit|survivor|victim|abus(?:e|ing|ive)|escape|refuge|safe[ _‐-]?house(?!hold)|trauma"
)
SENSITIVE_WORDS = re.compile(STEMS, re.IGNORECASE)
WHOLE_WORDS = re.compile(rf"\b\w*?(?:{STEMS})\w*", re.IGNORECASE)


def sensitive_words_in(text: str) -> list[str]:
    """Return the words of `text` that tell what it is about, whole, each once, in lower case, in order.

    Marks that take no room, such as a soft hyphen, hide no word.
    """
    letters = (letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return list(dict.fromkeys(match.group().lower() for match in WHOLE_WORDS.finditer("".join(letters))))
