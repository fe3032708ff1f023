"""What moderators do with whole threads: move one to another forum, merge two, split posts off.

A number of a thread means one post for ever: where that post stands in another thread, a `MovedPost` says so. A voice goes
along with its posts; one that has some on both sides stays at home, and merely speaks in the other thread.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef

from forums.models import Forum, MovedPost, Post, Thread, Voice
from forums.post_lifecycle import may_identify, recount
from forums.voice_names import pick_name
from mscos.erasure import after_erasure
from mscos.refusals import Refused

BATCH = 500  # rows a statement
COLUMNS = ("thread", "number", "voice", "in_reply_to")  # no words: a thread may have tens of thousands of posts


@transaction.atomic
def move(*, thread: Thread, to: Forum) -> None:
    """Put a thread into another forum. It keeps its code and numbers, and loses its type: that is of the old forum's call.

    Raises Refused where it is there already, and for a thread that nobody can read.
    """
    (locked,) = _lock_threads(thread)
    if locked.forum_id == to.pk:
        raise Refused("The thread is in this forum already. Choose another.")
    Thread.objects.filter(pk=locked.pk).update(forum=to, topic=None)


@transaction.atomic
def merge(*, thread: Thread, into: Thread) -> None:
    """Put all posts of a thread after those of another, what waits included. Its title is destroyed; its address leads on.

    Raises Refused for one and the same thread, and where nobody can read one of them.
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
    """Make a new thread of some posts, in the same forum, of the same type and with the same tags, and return it.

    What waits, or was refused, and answers one of them goes along. Raises Refused where nobody can read the thread,
    for a post that is not shown in it, for its first post, and for no posts or all of them.
    """
    (source,) = _lock_threads(thread)
    chosen = _chosen(source, {post.pk for post in posts})
    target = Thread.objects.create(
        forum_id=source.forum_id, title=title, topic_id=source.topic_id, state=Thread.State.OPEN
    )
    target.tags.add(*source.tags.all())
    _transfer_posts([*chosen, *_unread_answers(source, chosen)], source=source, target=target)
    recount(target)
    recount(source)
    _update_may_identify(target.posts.get(number=1), title=title)
    return target


def _update_may_identify(post: Post, *, title: str) -> None:
    """Tell anew whether a post may point to someone, with the title that it bears now, if any."""
    Post.objects.filter(pk=post.pk).update(may_identify=may_identify(title, post.body, post.content_note))


def _lock_threads(*threads: Thread) -> list[Thread]:
    """Return the threads as they are now, their rows locked in one order for everybody; raise where one cannot be read."""
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


def _unread_answers(source: Thread, chosen: Iterable[Post]) -> list[Post]:
    answered = {post.pk for post in chosen}
    unread = source.posts.filter(number=None, in_reply_to__isnull=False).only(*COLUMNS)
    return [post for post in unread if post.in_reply_to_id in answered]


def _transfer_posts(posts: list[Post], *, source: Thread, target: Thread) -> None:
    """Put posts into another thread with their voices; the numbered ones go on after its highest, in their old order."""
    _rename_alike({post.voice_id for post in posts}, source=source, target=target)
    numbered = {post.number: post for post in posts if post.number}
    left = [MovedPost(thread=source, number=number, post=post) for number, post in numbered.items()]
    MovedPost.objects.bulk_create(left, batch_size=BATCH)
    for new, old in enumerate(sorted(numbered), target.highest_number() + 1):
        numbered[old].number = new
    for post in posts:
        post.thread = target
    Post.objects.bulk_update(posts, ["thread", "number"], batch_size=BATCH)
    _rehome_voices(source=source, target=target)


def _rename_alike(coming: set[int | None], *, source: Thread, target: Thread) -> None:
    """Give those of the voices `coming` a new name whose name somebody who speaks in `target` already has."""
    taken = Voice.objects.names_in([target.pk])
    known = set(Voice.objects.speaking_in(target).values_list("pk", flat=True))
    for voice in Voice.objects.speaking_in(source):
        if voice.pk in coming - known and voice.name in taken:
            places = {target.pk, voice.thread_id, *voice.posts.values_list("thread", flat=True)}
            voice.name = pick_name(Voice.objects.names_in(places))
            voice.save(update_fields=["name"])


def _rehome_voices(*, source: Thread, target: Thread) -> None:
    """Let the voices of `source` whose posts have all left it be at home in `target`."""
    theirs = Post.objects.filter(voice=OuterRef("pk"))
    gone = Voice.objects.exclude(Exists(theirs.filter(thread=source))).filter(Exists(theirs.filter(thread=target)))
    gone.filter(thread=source).update(thread=target)
