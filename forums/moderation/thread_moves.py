"""Moves of threads: to another forum, into another thread (merge), or of some posts to a new thread (split).

A number of a thread always means the same post: once that is in another thread, a `MovedPost` leads to it. A voice
moves with its posts; one with posts in both threads keeps its own thread, and speaks in the other as well.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef

from forums.models import Forum, MovedPost, Post, Thread, Voice
from forums.post_lifecycle import may_identify, recount
from forums.voice_names import pick_name
from mscos.erasure import after_erasure
from mscos.refusals import Refused

BATCH = 500  # rows per statement
COLUMNS = ("thread", "number", "voice", "in_reply_to")  # no texts: a thread may have tens of thousands of posts


@transaction.atomic
def move(*, thread: Thread, to: Forum) -> None:
    """Move a thread to another forum. It keeps its code and numbers; it loses its topic, which is the old forum's.

    Raises Refused where it is there already, and for a thread that is not visible.
    """
    (locked,) = _lock_threads(thread)
    if locked.forum_id == to.pk:
        raise Refused("The thread is in this forum already. Choose another.")
    Thread.objects.filter(pk=locked.pk).update(forum=to, topic=None)


@transaction.atomic
def merge(*, thread: Thread, into: Thread) -> None:
    """Append all posts of a thread to another, waiting ones included. Its title is erased; its address redirects.

    Raises Refused for one and the same thread, and where one is not visible.
    """
    if thread.pk == into.pk:
        raise Refused("This is the thread itself. Give the code of another.")
    source, target = _lock_threads(thread, into)
    first = source.posts.filter(number=1).first()
    _transfer_posts(list(source.posts.only(*COLUMNS)), source=source, target=target)
    Thread.objects.filter(merged_into=source).update(merged_into=target)
    Thread.objects.filter(pk=source.pk).update(state=Thread.State.GONE, title="", merged_into=target)
    recount(target)
    recount(source)
    if first:
        _update_may_identify(first, title="")
    after_erasure()


@transaction.atomic
def split(*, thread: Thread, posts: Sequence[Post], title: str) -> Thread:
    """Move posts to a new thread in the same forum, with the same topic and tags, and return it.

    Waiting and refused replies to them move along. Raises Refused where the thread is not visible, for a post that is
    not shown in it, for its first post, and for no posts or all of them.
    """
    (source,) = _lock_threads(thread)
    chosen = _chosen(source, {post.pk for post in posts})
    target = Thread.objects.create(
        forum_id=source.forum_id, title=title, topic_id=source.topic_id, state=Thread.State.OPEN
    )
    target.tags.add(*source.tags.all())
    _transfer_posts([*chosen, *_unpublished_replies(source, chosen)], source=source, target=target)
    recount(target)
    recount(source)
    _update_may_identify(target.posts.get(number=1), title=title)
    return target


def _update_may_identify(post: Post, *, title: str) -> None:
    """Search a post again for personal data, with its present title, if any."""
    Post.objects.filter(pk=post.pk).update(may_identify=may_identify(title, post.body, post.content_note))


def _lock_threads(*threads: Thread) -> list[Thread]:
    """Return the threads as they are now, locked in the order of their keys; raise Refused if one is not visible."""
    keys = [thread.pk for thread in threads]
    rows = {row.pk: row for row in Thread.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    for row in rows.values():
        if not row.is_visible:
            raise Refused(f"Nobody can read thread {row.code} now. Choose one that is open or closed.")
    return [rows[key] for key in keys]


def _chosen(source: Thread, keys: set[int]) -> list[Post]:
    shown = list(source.posts.shown().only(*COLUMNS))
    chosen = [post for post in shown if post.pk in keys]
    if not keys:
        raise Refused("Choose at least one post.")
    if len(chosen) < len(keys):
        raise Refused("Not all of these posts can still be read in this thread. Look again, then choose.")
    if any(post.number == 1 for post in chosen):
        raise Refused("The first post stays: the thread begins with it. To take all along, move or merge.")
    if len(chosen) == len(shown):
        raise Refused("No post would be left to read. Leave one, or move or merge the whole thread.")
    return chosen


def _unpublished_replies(source: Thread, chosen: Iterable[Post]) -> list[Post]:
    answered = {post.pk for post in chosen}
    unpublished = source.posts.filter(number=None, in_reply_to__isnull=False).only(*COLUMNS)
    return [post for post in unpublished if post.in_reply_to_id in answered]


def _transfer_posts(posts: list[Post], *, source: Thread, target: Thread) -> None:
    """Move posts with their voices to another thread; number them after its highest number, in their old order."""
    _rename_duplicates({post.voice_id for post in posts}, source=source, target=target)
    numbered = {post.number: post for post in posts if post.number}
    redirects = [MovedPost(thread=source, number=number, post=post) for number, post in numbered.items()]
    MovedPost.objects.bulk_create(redirects, batch_size=BATCH)
    for new, old in enumerate(sorted(numbered), target.highest_number() + 1):
        numbered[old].number = new
    for post in posts:
        post.thread = target
    Post.objects.bulk_update(posts, ["thread", "number"], batch_size=BATCH)
    _rehome_voices(source=source, target=target)


def _rename_duplicates(coming: set[int | None], *, source: Thread, target: Thread) -> None:
    """Rename those of the voices `coming` whose name is taken in `target`."""
    taken = Voice.objects.names_in([target.pk])
    known = set(Voice.objects.speaking_in(target).values_list("pk", flat=True))
    for voice in Voice.objects.speaking_in(source):
        if voice.pk in coming - known and voice.name in taken:
            threads = {target.pk, voice.thread_id, *voice.posts.values_list("thread", flat=True)}
            voice.name = pick_name(Voice.objects.names_in(threads))
            voice.save(update_fields=["name"])


def _rehome_voices(*, source: Thread, target: Thread) -> None:
    """Move the voices of `source` that have no posts left in it to `target`."""
    theirs = Post.objects.filter(voice=OuterRef("pk"))
    moved = Voice.objects.exclude(Exists(theirs.filter(thread=source))).filter(Exists(theirs.filter(thread=target)))
    moved.filter(thread=source).update(thread=target)
