"""A writer's own posts: found by their position, and described with all that is stored of each."""

from forums.models import Post
from forums.models.threads import PostQuerySet
from forums.validators import is_post_number
from mscos.subject_access import describe_row, in_words

# A row's own number would tell how many others wrote in between; so would our guess about advertising, which rests on how
# much others send, and from the same address. The page says so.
COUNTED = ("id", "likely_spam")


def held_of(post: Post) -> list[tuple[str, str]]:
    """Return the stored columns of a post, and what each holds, in words; of those left out the page itself speaks.

    What the writer of a first post gave their thread stands in the thread's row, and comes with them.
    """
    facts = describe_row(post, leave_out=(*COUNTED, "author") if post.author_id else COUNTED)
    if post.starts_thread:
        facts += [("title of the thread", post.thread.title), ("type of provision", post.thread.topic)]
    return [(name, in_words(value)) for name, value in facts]


def in_place(posts: PostQuerySet, place: str) -> Post | None:
    """Return the post at a place (1, 2, …) among a writer's own, in the order of writing; None where there is none."""
    index = int(place) - 1 if is_post_number(place) else -1
    return posts.select_related("thread__forum").order_by("pk")[index : index + 1].first() if index >= 0 else None
