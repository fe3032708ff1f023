"""What may be advertising: told by its links and by how fast, how often and how much alike posts come, never by who writes.

Such a post is stored like every other and waits in a part of the queue of its own. The receipt is the same: a program
would learn from another one, and a person has lost nothing. In a flood honest posts wait there too, until the moderators
set a question: the queue says so.
"""

import re

from django.http import HttpRequest

from forums.forms import PostForm
from forums.models import Forum
from mscos.limits import Limit, came_today, note_today

MOST_LINKS = 5  # who recommends more can; advertising seldom has fewer
SHORTEST_REPEAT = 40  # characters: many people write 'Thank you' on one day
LINK = re.compile(r"https?://(?:www\.)?|www\.", re.IGNORECASE)
# What one visitor, one forum and the whole site see in a lively hour and less. Ahead of `POSTING`, which refuses.
IN_A_ROW = Limit("post-row", times=10, seconds=10 * 60)
IN_A_FORUM = Limit("post-forum", times=40, seconds=60 * 60)
ON_THE_SITE = Limit("post-site", times=100, seconds=60 * 60)


def is_likely_spam(request: HttpRequest, form: PostForm) -> bool:
    """Tell whether what a valid form holds may be advertising, or one of a flood, or was sent already today."""
    text = _text_of(form)
    return form.MAY_BE_A_PROGRAM and (
        form.came_at_once
        or len(LINK.findall(text)) > MOST_LINKS
        or (len(text) >= SHORTEST_REPEAT and came_today(text))
        or IN_A_ROW.reached(request)
        or (not form.forum.question and _is_flooded(form.forum))  # whoever answered the question is a person
    )


def note(request: HttpRequest, form: PostForm) -> None:
    """Count what was stored, and remember its text until midnight by a keyed digest, in memory only."""
    note_today(_text_of(form))
    IN_A_ROW.count(request)
    IN_A_FORUM.count_for(_name(form.forum))
    ON_THE_SITE.count_for("all")


def _is_flooded(forum: Forum) -> bool:
    return IN_A_FORUM.reached_for(_name(forum)) or ON_THE_SITE.reached_for("all")


def _text_of(form: PostForm) -> str:
    words = f"{form.cleaned_data.get('title', '')} {form.cleaned_data['body']}"
    return " ".join(words.split()).casefold()


def _name(forum: Forum) -> str:
    return f"forum {forum.pk}"
