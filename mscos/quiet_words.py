"""Words that must not stand where somebody else may see them: in titles, addresses, subjects, names of files.

On a shared or watched device a lock screen, a tab or a list of visited pages shows these places unasked.
"""

import re

QUIET_WORDS = re.compile(
    r"slave|traffick|exploit|survivor|victim|abuse|escape|refuge|safe[ -]?house|trauma",
    re.IGNORECASE,
)


def telling_words(text: str) -> list[str]:
    """Return the words of `text` that tell what it is about, each once, in lower case, in order."""
    return list(dict.fromkeys(match.group().lower() for match in QUIET_WORDS.finditer(text)))
