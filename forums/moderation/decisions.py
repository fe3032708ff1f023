"""What moderators decide. Every decision is taken once: of two moderators at once the second is told who was first.

Publishing a post as it is and refusing one can be undone for ten minutes. That they were decided so lately is known to
memory alone: a stored time of publication would be close to that of writing.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import date

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from forums.models import ModeratorNote, Post, Thread
from forums.post_lifecycle import erase_notes, erase_text, lock_post, may_identify, recount
from mscos.erasure import after_erasure
from mscos.models import User
from mscos.refusals import Refused
from mscos.stale import Stale, version_of
from mscos.text import render_post

UNDO_LASTS = 10 * 60  # seconds
ERASED = "The words of this post have been erased."
MOVED_ON = "This post or its thread changed while you looked at it. Look at it again, then decide."
SAID_SINCE = "Something was reported or said about this post while you looked at it. Read it, then decide."
SPAM_WORDS = "Our forums are not the place for advertising."
UNPUBLISHED = (Post.State.WAITING, Post.State.REFUSED)


def post_version(post: Post) -> str:
    """Return the version of all that a moderator's page shows of a post.

    What was reported and said about it is the second half: nobody closes or refuses what they have not read.
    """
    words = (post.state, post.thread.title, post.body, post.content_note, post.assigned_to_id, post.urgent)
    notes = ModeratorNote.objects.about(post)
    said = [sorted(rows.values_list("pk", flat=True)) for rows in (post.reports.open(), notes)]
    return f"{version_of(*words)}.{version_of(*said)}"


def check_version(post: Post, version: str | None) -> None:
    """Raise Stale where a page showed another version of a post, if it showed one."""
    if not version or version == (now := post_version(post)):
        return
    if version.partition(".")[0] == now.partition(".")[0]:
        raise Stale(SAID_SINCE)
    raise Stale(what_happened(post) if post.decided_by else MOVED_ON)


@transaction.atomic
def act_on_version(*, post: Post, version: str | None, act: Callable[[], str]) -> str:
    """Carry out `act` on a post that is still as the page showed it, and return what it returns. Raises Stale.

    Whoever reports or says something about the post meanwhile waits.
    """
    check_version(lock_post(post), version)
    return act()


@transaction.atomic
def publish(*, post: Post, by: User, version: str | None = None) -> None:
    """Show a post as it was written.

    `version` (of `post_version`) is what the moderator saw; without it only what waits is published. Raises Refused where
    the post has become another one meanwhile, such as a refused one.
    """
    fresh = _claim_to_show(post, UNPUBLISHED, version)
    if fresh.state == Post.State.WAITING:
        _let_undo(fresh)
    else:
        cache.delete(_undo_key(fresh))  # what could be undone was its refusal
    _release(fresh, by=by, state=Post.State.PUBLISHED)


@transaction.atomic
def publish_with_changes(
    *,
    post: Post,
    by: User,
    body: str,
    content_note: str = "",
    title: str = "",
    words: str = "",
    version: str | None = None,
) -> None:
    """Show a post with other words than were sent, which are destroyed, and tell the writer so by `words`, if any.

    What is published already keeps its number and its day; reports and notes about it, which may quote what goes, are
    deleted.
    `title` is used for the first post of a thread only; `version` is as for `publish`. Raises Refused.
    """
    fresh = _claim_to_show(post, (*UNPUBLISHED, *Post.SHOWN), version)
    fresh.reports.all().delete()
    erase_notes(fresh)
    if fresh.starts_thread:
        Thread.objects.filter(pk=fresh.thread_id).update(title=title)
    fresh.body, fresh.content_note = body, content_note
    fresh.may_identify = may_identify(title if fresh.starts_thread else "", body, content_note)
    _release(fresh, by=by, state=Post.State.CHANGED)
    _tell(fresh, words)
    after_erasure()


@transaction.atomic
def refuse(*, post: Post, by: User, reason: str, words: str, version: str | None = None) -> None:
    """Do not publish a post that waits; the writer can read why by the code.

    `version` is as for `publish`. Raises Refused.
    """
    fresh = _claim(post, Post.State.WAITING, version=version)
    _let_undo(fresh, _tell(fresh, words))
    _decide(fresh, by=by, state=Post.State.REFUSED, reason=reason)
    fresh.day = timezone.localdate()
    fresh.save(
        update_fields=["state", "reason", "day", "likely_spam", "urgent", "assigned_to", "decided_by", "decided_on"]
    )


@transaction.atomic
def remove(*, post: Post, by: User, reason: str, words: str, version: str | None = None) -> None:
    """Take a published post down and destroy its words; the writer can read why by the code.

    `version` is as for `publish`. Raises Refused.
    """
    fresh = _claim(post, *Post.SHOWN, version=version)
    _decide(fresh, by=by, state=Post.State.REMOVED, reason=reason)
    fresh.save(update_fields=["urgent", "assigned_to", "decided_by", "decided_on"])
    erase_text(fresh, Post.State.REMOVED)
    erase_notes(fresh)
    _tell(fresh, words)


def publish_many(*, posts: Sequence[Post], by: User) -> int:
    """Publish posts as they are, and return how many were: somebody else may have decided on others meanwhile.

    They appear in the order of their release, which is drawn by lot: in the order of arrival the page would tell it.
    """
    drawn = list(posts)
    secrets.SystemRandom().shuffle(drawn)
    # The first post of a thread comes before what answers in it, or the thread would begin with an answer.
    drawn.sort(key=lambda post: not post.starts_thread)
    return _each(drawn, lambda post: publish(post=post, by=by))


def refuse_many_as_spam(*, posts: Sequence[Post], by: User) -> int:
    """Refuse posts that advertise something, and return how many were: on others somebody may have decided."""
    return _each(posts, lambda post: refuse(post=post, by=by, reason=Post.Reason.SPAM, words=SPAM_WORDS))


@transaction.atomic
def ask_writer(*, post: Post, words: str) -> None:
    """Say or ask the writer something about a post that is not gone; only they can read it, and can answer there.

    What they wrote before counts as read.
    """
    fresh = _claim(post, *UNPUBLISHED, *Post.SHOWN)
    mark_read(post=fresh)
    note = _tell(fresh, words)
    cache.set(_asked_key(post), note and note.pk, UNDO_LASTS)


def can_take_back(*, post: Post) -> bool:
    """Return whether the writer was asked something in the last ten minutes."""
    return post.notes.filter(pk=cache.get(_asked_key(post))).exists()


@transaction.atomic
def take_back(*, post: Post) -> None:
    """Destroy what the writer was asked last. Raises Refused where ten minutes are over."""
    asked = lock_post(post).notes.filter(pk=cache.get(_asked_key(post)), by_writer=False)
    if not asked.delete()[0]:
        raise Refused("More than ten minutes are over. Write to them again instead.")
    cache.delete(_asked_key(post))
    after_erasure()


@transaction.atomic
def mark_read(*, post: Post) -> int:
    """Note that a moderator read what the writer of a post wrote; return how many messages that were."""
    return ModeratorNote.objects.about(post).open().update(unread=False)


@transaction.atomic
def hand_over(*, post: Post, to: User | None) -> None:
    """Ask a colleague to look at a post that waits, or (None) let it wait for anybody."""
    fresh = _claim(post, Post.State.WAITING)
    Post.objects.filter(pk=fresh.pk).update(assigned_to=to)


@transaction.atomic
def mark_urgent(*, post: Post, urgent: bool) -> None:
    """Put a post that waits first in everybody's queue, or back in its place."""
    fresh = _claim(post, Post.State.WAITING)
    Post.objects.filter(pk=fresh.pk).update(urgent=urgent)


def can_undo(*, post: Post) -> bool:
    """Return whether a post is as a decision left it that was taken in the last ten minutes and destroyed nothing."""
    is_as_decided = post.state in (Post.State.PUBLISHED, Post.State.REFUSED) and bool(post.body)
    return is_as_decided and cache.get(_undo_key(post)) is not None


@transaction.atomic
def undo(*, post: Post) -> None:
    """Let a post wait again that was published or refused a moment ago.

    Words to the writer about it are taken back too. Raises Refused where ten minutes are over, where something
    else became of the post, and where another post of its thread was published after it.
    """
    fresh = _claim(post, Post.State.PUBLISHED, Post.State.REFUSED)
    if not fresh.body:
        raise Refused(ERASED)
    known: tuple[date, bool, int | None] | None = cache.get(_undo_key(post))
    if known is None:
        raise Refused("More than ten minutes are over. Decide anew instead.")
    if fresh.number and fresh.number != fresh.thread.highest_number():
        raise Refused("Another post was published after it. Take it down instead.")
    others = fresh.thread.posts.exclude(pk=fresh.pk).exclude(state=Post.State.REFUSED, body="")
    if fresh.number == 1 and others.exists():  # none of them may start the thread
        raise Refused("Somebody has answered it. Take it down instead.")
    fresh.day, fresh.likely_spam, note = known  # it has waited since then, and where it did
    if note:
        fresh.notes.filter(pk=note).delete()
        after_erasure()
    if fresh.number == 1:
        Thread.objects.filter(pk=fresh.thread_id).update(state=Thread.State.WAITING, opened_on=None)
    fresh.number, fresh.state, fresh.body_html = None, Post.State.WAITING, ""
    fresh.decided_by, fresh.decided_on, fresh.reason = None, None, ""
    fresh.save()
    recount(fresh.thread)
    cache.delete(_undo_key(post))


def _each(posts: Sequence[Post], act: Callable[[Post], None]) -> int:
    done = 0
    for post in posts:
        try:
            act(post)
        except Refused:
            continue
        done += 1
    return done


def _let_undo(post: Post, note: ModeratorNote | None = None) -> None:
    """Remember how a post waited, and the words to its writer that come with the decision, if any."""
    cache.set(_undo_key(post), (post.day, post.likely_spam, note and note.pk), UNDO_LASTS)


def _undo_key(post: Post) -> str:
    return f"undo:{post.pk}"


def _asked_key(post: Post) -> str:
    return f"asked:{post.pk}"


def _claim_to_show(post: Post, states: Sequence[Post.State], version: str | None) -> Post:
    """Return the post, locked, in the version that was seen, with words to be shown; raise Refused if it is another."""
    fresh = _claim(post, *(states if version else [Post.State.WAITING]), version=version)
    if not fresh.body:
        raise Refused(ERASED)
    return fresh


def _claim(post: Post, *states: Post.State, version: str | None = None) -> Post:
    """Return the post as it is now, locked, if it is still in one of `states` and of that version; else raise Refused.

    Whoever has seen it has read what its writer wrote.
    """
    fresh = lock_post(post)
    if fresh.state not in states:
        raise Refused(what_happened(fresh))
    read = list(ModeratorNote.objects.about(fresh).open().values_list("pk", flat=True)) if version else []
    check_version(fresh, version)
    ModeratorNote.objects.filter(pk__in=read).update(unread=False)
    return fresh


def what_happened(post: Post) -> str:
    """Return who decided what about a post and when, as a sentence: 'Sam decided on 3 April 2023: Published.'."""
    if post.decided_by and post.decided_on and post.state != Post.State.WITHDRAWN:
        return f"{post.decided_by} decided on {post.decided_on:%-d %B %Y}: {post.get_state_display()}."
    return f"This is no longer waiting: {post.get_state_display()}."


def _release(post: Post, *, by: User, state: Post.State) -> None:
    _decide(post, by=by, state=state, reason="")
    if post.number is None:
        post.number, post.day = post.thread.highest_number() + 1, timezone.localdate()
    post.body_html = render_post(post.body)
    post.save(
        update_fields=[
            "number",
            "body",
            "body_html",
            "content_note",
            "may_identify",
            "state",
            "reason",
            "day",
            "likely_spam",
            "urgent",
            "assigned_to",
            "decided_by",
            "decided_on",
        ]
    )
    recount(post.thread)


def _decide(post: Post, *, by: User, state: Post.State, reason: str) -> None:
    post.state, post.reason, post.likely_spam = state, reason, False
    post.decided_by, post.decided_on = by, timezone.localdate()
    post.assigned_to, post.urgent = None, False


def _tell(post: Post, words: str) -> ModeratorNote | None:
    return ModeratorNote.objects.create(voice_id=post.voice_id, post=post, body=words) if words else None
