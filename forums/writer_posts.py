"""A writer's own posts: found by their position, and listed with all that is stored of each."""

from forums.models import Post
from forums.models.threads import PostQuerySet
from forums.validators import is_post_number
from mscos.row_description import describe_row, in_words

# A row's own number would tell how many others wrote in between; so would our guess about advertising, which depends on
# how much others send, and from the same address. The page says so.
HIDDEN_COLUMNS = ("id", "likely_spam")


def post_at(posts: PostQuerySet, position: str) -> Post | None:
    """Return the post at a position (1, 2, …) among a writer's own, in the order of writing, if there is one."""
    index = int(position) - 1 if is_post_number(position) else -1
    return posts.select_related("thread__forum").order_by("pk")[index : index + 1].first() if index >= 0 else None


def stored_data_of(post: Post) -> list[tuple[str, str]]:
    """Return the columns of a post with their values in words; with a first post, its thread's title and topic.

    Hidden columns are left out, as is the author: the page mentions both.
    """
    facts = describe_row(post, leave_out=(*HIDDEN_COLUMNS, "author") if post.author_id else HIDDEN_COLUMNS)
    if post.starts_thread:
        facts += [("title of the thread", post.thread.title), ("type of provision", post.thread.topic)]
    return [(name, in_words(value)) for name, value in facts]
