"""What may be advertising: told by its links and by how fast, how often and how much alike posts come, never by who writes.

Such a post is stored like every other and waits in a part of the queue of its own. The receipt is the same: a program
would learn from another one, and a person has lost nothing. In a flood honest posts wait there too, until the moderators
set a question: the queue says so.
"""

import re
from contextlib import ExitStack

from django.http import HttpRequest

from forums.forms.posts import PostForm
from mscos.limits import Limit, note_today

MAX_LINKS = 5  # who recommends more can; advertising seldom has fewer
MIN_REPEAT_LENGTH = 40  # characters: many people write 'Thank you' on one day
LINK = re.compile(r"https?://(?:www\.)?|www\.", re.IGNORECASE)
# What one visitor, one forum and the whole site see in a lively hour and less. Ahead of `POSTING`, which refuses.
IN_A_ROW = Limit("post-row", times=10, seconds=10 * 60)
IN_A_FORUM = Limit("post-forum", times=40, seconds=60 * 60)
ON_THE_SITE = Limit("post-site", times=100, seconds=60 * 60)


def is_likely_spam(request: HttpRequest, form: PostForm, undo: ExitStack) -> bool:
    """Count what a valid form is about to store, and return whether it may be advertising, or one of a flood, or a repeat.

    Its text is remembered until midnight by a keyed digest, in memory only. `undo` takes all of it back.
    """
    text = _text_of(form)
    is_new = note_today(text, undo)
    in_a_row = not IN_A_ROW.count(request, undo)
    in_a_flood = _in_a_flood(form, undo)
    return form.MAY_BE_A_PROGRAM and (
        form.came_at_once
        or len(LINK.findall(text)) > MAX_LINKS
        or (len(text) >= MIN_REPEAT_LENGTH and not is_new)
        or in_a_row
        or (not form.forum.question and in_a_flood)  # whoever answered the question is a person
    )


def _in_a_flood(form: PostForm, undo: ExitStack) -> bool:
    in_the_forum = IN_A_FORUM.count_for(f"forum {form.forum.pk}", undo)
    on_the_site = ON_THE_SITE.count_for("all", undo)
    return not (in_the_forum and on_the_site)


def _text_of(form: PostForm) -> str:
    words = f"{form.cleaned_data.get('title', '')} {form.cleaned_data['body']}"
    return " ".join(words.split()).casefold()
