"""Matches of personal data in a post, as moderators see them. They are found for each page; stored is only `may_identify`."""

from forums.models import Post
from forums.personal_data.matches import IN_A_WORD, Marked, find_personal_data, marked

# Characters: a queue of 50 posts made to slow the rules down takes 2 s.
MAX_RUN = 3_000


def marked_texts(post: Post) -> dict[str, Marked]:
    """Return the texts of a post, by the names of their fields, with what may identify somebody marked."""
    return {name: marked(text) for name, text in _texts(post).items()}


def kinds_in(post: Post) -> str:
    """Return the kinds of a post's matches in short words, none of them the writer's; '' where it has none."""
    texts = _texts(post).values()
    if sum(map(len, texts)) > MAX_RUN:
        return "long: open to see"
    kinds = dict.fromkeys(IN_A_WORD[match.kind] for text in texts for match in find_personal_data(text))
    return f"possible {', '.join(kinds)}" if kinds else ""


def _texts(post: Post) -> dict[str, str]:
    """Return what is left of what the writer typed; a reply has no title of its own."""
    title = post.thread.title if post.starts_thread else ""
    return {"title": title, "body": post.body, "content_note": post.content_note}
