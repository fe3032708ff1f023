"""What moderators decide. Every decision is taken once: of two moderators at once the second is told who was first."""

from django.db import transaction
from django.utils import timezone

from forums.actions import destroy_words, hold, recount
from forums.models import ModeratorNote, Post, Thread
from mscos.erasure import after_erasure
from mscos.models import User
from mscos.text import render_post


class AlreadyHandled(Exception):
    """Somebody else decided first; the message says who, what and when."""


UNPUBLISHED = (Post.State.WAITING, Post.State.REFUSED)


@transaction.atomic
def publish(*, post: Post, by: User, seen: str = Post.State.WAITING) -> None:
    """Show a post as it was written.

    `seen` is the state in which the moderator saw it, waiting or refused: what was refused meanwhile is not published by
    a page that was opened before. Raises AlreadyHandled.
    """
    _release(_claim_to_publish(post, seen), by=by, state=Post.State.PUBLISHED)


@transaction.atomic
def publish_with_changes(
    *,
    post: Post,
    by: User,
    body: str,
    content_note: str = "",
    title: str = "",
    words: str = "",
    seen: str = Post.State.WAITING,
) -> None:
    """Show a post with other words than were sent, which are destroyed, and tell the writer so by `words`, if any.

    `title` is used for the first post of a thread only; `seen` is as for `publish`. Raises AlreadyHandled.
    """
    fresh = _claim_to_publish(post, seen)
    if fresh.starts_thread:
        Thread.objects.filter(pk=fresh.thread_id).update(title=title)
    fresh.body, fresh.content_note = body, content_note
    _release(fresh, by=by, state=Post.State.CHANGED)
    _tell(fresh, words)
    after_erasure()


@transaction.atomic
def refuse(*, post: Post, by: User, reason: str, words: str) -> None:
    """Do not publish a post that waits; the writer can read why by the code. Raises AlreadyHandled."""
    fresh = _claim(post, Post.State.WAITING)
    _decide(fresh, by=by, state=Post.State.REFUSED, reason=reason)
    fresh.day = timezone.localdate()
    fresh.save(update_fields=["state", "reason", "day", "decided_by", "decided_on"])
    _tell(fresh, words)


@transaction.atomic
def remove(*, post: Post, by: User, reason: str, words: str) -> None:
    """Take a published post down and destroy its words; the writer can read why by the code. Raises AlreadyHandled."""
    fresh = _claim(post, *Post.SHOWN)
    _decide(fresh, by=by, state=Post.State.REMOVED, reason=reason)
    fresh.save(update_fields=["decided_by", "decided_on"])
    destroy_words(fresh, Post.State.REMOVED)
    _tell(fresh, words)


def _claim_to_publish(post: Post, seen: str) -> Post:
    fresh = _claim(post, *(state for state in UNPUBLISHED if state == seen))
    if not fresh.body:
        raise AlreadyHandled("The words of this post have been erased.")
    return fresh


def _claim(post: Post, *states: Post.State) -> Post:
    """Return the post as it is now, locked, if it is still in one of `states`; raise AlreadyHandled if not."""
    fresh = hold(post)
    if fresh.state not in states:
        raise AlreadyHandled(what_happened(fresh))
    return fresh


def what_happened(post: Post) -> str:
    """Return who decided what about a post and when, as a sentence: 'Sam decided on 3 April 2023: Published.'."""
    if post.decided_by and post.decided_on and post.state != Post.State.WITHDRAWN:
        return f"{post.decided_by} decided on {post.decided_on:%-d %B %Y}: {post.get_state_display()}."
    return f"This is no longer waiting: {post.get_state_display()}."


def _release(post: Post, *, by: User, state: Post.State) -> None:
    _decide(post, by=by, state=state, reason="")
    post.number = post.thread.posts.highest_number() + 1
    post.body_html = render_post(post.body)
    post.day = timezone.localdate()
    post.save(
        update_fields=[
            "number",
            "body",
            "body_html",
            "content_note",
            "state",
            "reason",
            "day",
            "decided_by",
            "decided_on",
        ]
    )
    recount(post.thread)


def _decide(post: Post, *, by: User, state: Post.State, reason: str) -> None:
    post.state, post.reason = state, reason
    post.decided_by, post.decided_on = by, timezone.localdate()


def _tell(post: Post, words: str) -> None:
    if words and post.voice_id:
        ModeratorNote.objects.create(voice_id=post.voice_id, post=post, body=words)
