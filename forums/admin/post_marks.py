"""What moderators are shown of what a post may point with. It is worked out for a page: stored is only whether there is any (`may_identify`)."""

from forums.models import Post
from forums.personal_data.matches import IN_A_WORD, Marked, find_personal_data, marked

# Characters: the rows of a queue of 50 posts, each made to slow the rules down, are shown in 2 s.
MAX_RUN = 3_000


def marked_texts(post: Post) -> dict[str, Marked]:
    """Return the texts of a post, by the names of their fields, with what may point to somebody marked."""
    return {name: marked(text) for name, text in _texts(post).items()}


def kinds_in(post: Post) -> str:
    """Return the kinds of what a post may point with, in short words, none of which is the writer's; '' for none."""
    texts = _texts(post).values()
    if sum(map(len, texts)) > MAX_RUN:
        return "long: open to see"
    kinds = dict.fromkeys(IN_A_WORD[match.kind] for text in texts for match in find_personal_data(text))
    return f"possible {', '.join(kinds)}" if kinds else ""


def _texts(post: Post) -> dict[str, str]:
    """Return what the writer typed, as far as there are words left; a reply has no title of its own."""
    title = post.thread.title if post.starts_thread else ""
    return {"title": title, "body": post.body, "content_note": post.content_note}
