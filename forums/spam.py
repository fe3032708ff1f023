"""Detection of posts that may be advertising: by links, speed, number and repetition, never by who writes.

Such a post is stored and waits in a part of the queue of its own. Its receipt is the usual one: another would teach
programs, and a person has lost nothing. In a flood honest posts wait there too, until the moderators set a question:
the queue says so.
"""

import re
from contextlib import ExitStack

from django.http import HttpRequest

from forums.forms.posts import PostForm
from mscos.limits import Limit, note_today

MAX_LINKS = 5  # honest posts seldom have more
MIN_REPEAT_LENGTH = 40  # characters: many people write 'Thank you' on one day
LINK = re.compile(r"https?://(?:www\.)?|www\.", re.IGNORECASE)
# As many as a visitor, a forum and the site get in a lively hour. All are lower than `POSTING`, which refuses.
PER_VISITOR = Limit("post-row", times=10, seconds=10 * 60)
PER_FORUM = Limit("post-forum", times=40, seconds=60 * 60)
PER_SITE = Limit("post-site", times=100, seconds=60 * 60)


def is_likely_spam(request: HttpRequest, form: PostForm, undo: ExitStack) -> bool:
    """Count a valid form and return whether its post may be advertising, one of a flood, or a repeat.

    Its text is remembered until midnight as an HMAC, in memory only. `undo` takes back all of it.
    """
    text = _text_of(form)
    is_new = note_today(text, undo)
    too_many_by_visitor = not PER_VISITOR.count(request, undo)
    is_flood = _is_flood(form, undo)
    return form.MAY_BE_SENT_BY_A_PROGRAM and (
        form.came_at_once
        or len(LINK.findall(text)) > MAX_LINKS
        or (len(text) >= MIN_REPEAT_LENGTH and not is_new)
        or too_many_by_visitor
        or (not form.forum.question and is_flood)  # whoever answered the question is a person
    )


def _is_flood(form: PostForm, undo: ExitStack) -> bool:
    within_forum = PER_FORUM.count_for(f"forum {form.forum.pk}", undo)
    within_site = PER_SITE.count_for("all", undo)
    return not (within_forum and within_site)


def _text_of(form: PostForm) -> str:
    words = f"{form.cleaned_data.get('title', '')} {form.cleaned_data['body']}"
    return " ".join(words.split()).casefold()
