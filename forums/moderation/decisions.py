"""Decisions of moderators on posts. Each is taken once: of two moderators, the second is told who decided first.

Publishing a post unchanged and refusing one can be undone for ten minutes. The time of the decision is only in the
cache: stored, it would be close to the time of writing.
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

    Its second half covers reports and notes: nobody closes or refuses what they have not read.
    """
    shown = (post.state, post.thread.title, post.body, post.content_note, post.assigned_to_id, post.urgent)
    notes = ModeratorNote.objects.about(post)
    messages = [sorted(rows.values_list("pk", flat=True)) for rows in (post.reports.open(), notes)]
    return f"{version_of(*shown)}.{version_of(*messages)}"


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

    Reports and notes on the post wait meanwhile.
    """
    check_version(lock_post(post), version)
    return act()


@transaction.atomic
def publish(*, post: Post, by: User, version: str | None = None) -> None:
    """Publish a post as it was written.

    `version` (of `post_version`) is what the moderator saw; without it only a waiting post is published. Raises Refused
    where the post has changed since.
    """
    post = _lock_publishable(post, UNPUBLISHED, version)
    if post.state == Post.State.WAITING:
        _allow_undo(post)
    else:
        cache.delete(_undo_key(post))  # what could be undone was its refusal
    _publish(post, by=by, state=Post.State.PUBLISHED)


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
    """Publish a post with a changed text, erase the writer's, and send the writer the note `words`, if any.

    A published post keeps its number and its day. Reports and notes, which may quote the old text, are deleted. `title`
    is used only for the first post of a thread; `version` is as for `publish`. Raises Refused.
    """
    post = _lock_publishable(post, (*UNPUBLISHED, *Post.SHOWN), version)
    post.reports.all().delete()
    erase_notes(post)
    if post.starts_thread:
        Thread.objects.filter(pk=post.thread_id).update(title=title)
    post.body, post.content_note = body, content_note
    post.may_identify = may_identify(title if post.starts_thread else "", body, content_note)
    _publish(post, by=by, state=Post.State.CHANGED)
    _send_note(post, words)
    after_erasure()


@transaction.atomic
def refuse(*, post: Post, by: User, reason: str, words: str, version: str | None = None) -> None:
    """Refuse a waiting post; the writer reads the reason and the note `words` with the code or in the account.

    `version` is as for `publish`. Raises Refused.
    """
    post = _claim(post, Post.State.WAITING, version=version)
    _allow_undo(post, _send_note(post, words))
    _decide(post, by=by, state=Post.State.REFUSED, reason=reason)
    post.day = timezone.localdate()
    post.save(
        update_fields=["state", "reason", "day", "likely_spam", "urgent", "assigned_to", "decided_by", "decided_on"]
    )


@transaction.atomic
def remove(*, post: Post, by: User, reason: str, words: str, version: str | None = None) -> None:
    """Take a published post down and erase its text; the writer reads the reason and the note `words`.

    `version` is as for `publish`. Raises Refused.
    """
    post = _claim(post, *Post.SHOWN, version=version)
    _decide(post, by=by, state=Post.State.REMOVED, reason=reason)
    post.save(update_fields=["urgent", "assigned_to", "decided_by", "decided_on"])
    erase_text(post, Post.State.REMOVED)
    erase_notes(post)
    _send_note(post, words)


def publish_many(*, posts: Sequence[Post], by: User) -> int:
    """Publish posts as they were written and return how many: somebody else may have decided on the others.

    They are numbered in random order: in the order of arrival, the page would reveal it.
    """
    shuffled = list(posts)
    secrets.SystemRandom().shuffle(shuffled)
    shuffled.sort(key=lambda post: not post.starts_thread)  # or a thread could begin with a reply
    return _decide_on_each(shuffled, lambda post: publish(post=post, by=by))


def refuse_many_as_spam(*, posts: Sequence[Post], by: User) -> int:
    """Refuse posts as advertising and return how many: somebody else may have decided on the others."""
    return _decide_on_each(posts, lambda post: refuse(post=post, by=by, reason=Post.Reason.SPAM, words=SPAM_WORDS))


@transaction.atomic
def ask_writer(*, post: Post, words: str) -> None:
    """Send the writer of a post that is not gone a note, which they can answer; their earlier notes count as read."""
    post = _claim(post, *UNPUBLISHED, *Post.SHOWN)
    mark_read(post=post)
    note = _send_note(post, words)
    cache.set(_asked_key(post), note and note.pk, UNDO_LASTS)


def can_take_back(*, post: Post) -> bool:
    """Return whether the writer was sent a note in the last ten minutes."""
    return post.notes.filter(pk=cache.get(_asked_key(post))).exists()


@transaction.atomic
def take_back(*, post: Post) -> None:
    """Erase the last note to the writer. Raises Refused after ten minutes."""
    note = lock_post(post).notes.filter(pk=cache.get(_asked_key(post)), by_writer=False)
    if not note.delete()[0]:
        raise Refused("More than ten minutes are over. Write to them again instead.")
    cache.delete(_asked_key(post))
    after_erasure()


@transaction.atomic
def mark_read(*, post: Post) -> int:
    """Mark the writer's notes on a post as read and return how many there were."""
    return ModeratorNote.objects.about(post).open().update(unread=False)


@transaction.atomic
def hand_over(*, post: Post, to: User | None) -> None:
    """Pass a waiting post to a colleague, or (None) to anybody."""
    post = _claim(post, Post.State.WAITING)
    Post.objects.filter(pk=post.pk).update(assigned_to=to)


@transaction.atomic
def mark_urgent(*, post: Post, urgent: bool) -> None:
    """Mark a waiting post as urgent, which puts it first in the queue, or not."""
    post = _claim(post, Post.State.WAITING)
    Post.objects.filter(pk=post.pk).update(urgent=urgent)


def can_undo(*, post: Post) -> bool:
    """Return whether a post was published unchanged or refused in the last ten minutes, and nothing happened since."""
    is_as_decided = post.state in (Post.State.PUBLISHED, Post.State.REFUSED) and bool(post.body)
    return is_as_decided and cache.get(_undo_key(post)) is not None


@transaction.atomic
def undo(*, post: Post) -> None:
    """Undo the publication or refusal of a post, which waits again, and erase the note that came with it.

    Raises Refused after ten minutes, where something else was decided, and where another post of its thread was
    published since.
    """
    post = _claim(post, Post.State.PUBLISHED, Post.State.REFUSED)
    if not post.body:
        raise Refused(ERASED)
    before: tuple[date, bool, int | None] | None = cache.get(_undo_key(post))
    if before is None:
        raise Refused("More than ten minutes are over. Decide anew instead.")
    if post.number and post.number != post.thread.highest_number():
        raise Refused("Another post was published after it. Take it down instead.")
    others = post.thread.posts.exclude(pk=post.pk).exclude(state=Post.State.REFUSED, body="")
    if post.number == 1 and others.exists():  # none of them may start the thread
        raise Refused("Somebody has answered it. Take it down instead.")
    post.day, post.likely_spam, note = before  # it waits as long as before, in the same part of the queue
    if note:
        post.notes.filter(pk=note).delete()
        after_erasure()
    if post.number == 1:
        Thread.objects.filter(pk=post.thread_id).update(state=Thread.State.WAITING, opened_on=None)
    post.number, post.state, post.body_html = None, Post.State.WAITING, ""
    post.decided_by, post.decided_on, post.reason = None, None, ""
    post.save()
    recount(post.thread)
    cache.delete(_undo_key(post))


def _decide_on_each(posts: Sequence[Post], act: Callable[[Post], None]) -> int:
    done = 0
    for post in posts:
        try:
            act(post)
        except Refused:
            continue
        done += 1
    return done


def _allow_undo(post: Post, note: ModeratorNote | None = None) -> None:
    """Remember how a post waited, and the note to its writer that comes with the decision, if any."""
    cache.set(_undo_key(post), (post.day, post.likely_spam, note and note.pk), UNDO_LASTS)


def _undo_key(post: Post) -> str:
    return f"undo:{post.pk}"


def _asked_key(post: Post) -> str:
    return f"asked:{post.pk}"


def _lock_publishable(post: Post, states: Sequence[Post.State], version: str | None) -> Post:
    """Return what `_claim` does of a post with a text; without a version it must be waiting."""
    post = _claim(post, *(states if version else [Post.State.WAITING]), version=version)
    if not post.body:
        raise Refused(ERASED)
    return post


def _claim(post: Post, *states: Post.State, version: str | None = None) -> Post:
    """Lock a post and return it as it is now; raise Refused if it is in none of `states` or of another version.

    The notes that the moderator has seen with that version count as read.
    """
    post = lock_post(post)
    if post.state not in states:
        raise Refused(what_happened(post))
    seen = list(ModeratorNote.objects.about(post).open().values_list("pk", flat=True)) if version else []
    check_version(post, version)
    ModeratorNote.objects.filter(pk__in=seen).update(unread=False)
    return post


def what_happened(post: Post) -> str:
    """Return the decision on a post as a sentence: 'Sam decided on 3 April 2023: Published.'."""
    if post.decided_by and post.decided_on and post.state != Post.State.WITHDRAWN:
        return f"{post.decided_by} decided on {post.decided_on:%-d %B %Y}: {post.get_state_display()}."
    return f"This is no longer waiting: {post.get_state_display()}."


def _publish(post: Post, *, by: User, state: Post.State) -> None:
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


def _send_note(post: Post, words: str) -> ModeratorNote | None:
    return ModeratorNote.objects.create(voice_id=post.voice_id, post=post, body=words) if words else None
