"""The thread that gets a reply: while somebody writes, threads are merged and posts are moved to others."""

from django.db import transaction

from forums.models import Post, Thread


def reply_target_id(*, thread: int, answered: Post | None) -> int:
    """Return the key of the thread that gets a reply to a post, or (None) to the whole of `thread`, a key."""
    if answered:
        return Post.objects.values_list("thread", flat=True).get(pk=answered.pk)
    return Thread.objects.values_list("merged_into", flat=True).get(pk=thread) or thread


def lock_reply_target(*, thread: int, answered: Post | None) -> Thread:
    """Return the thread that gets a reply, its row locked to the end of the transaction.

    While we waited for the lock, the answered post may have been moved: then the lock is released before the next try.
    Waiting for one thread with another locked could deadlock.
    """
    while True:
        key = reply_target_id(thread=thread, answered=answered)
        unlocked = transaction.savepoint()
        locked = Thread.objects.select_for_update(of=("self",)).select_related("forum").get(pk=key)
        if reply_target_id(thread=thread, answered=answered) == key:
            transaction.savepoint_commit(unlocked)
            return locked
        transaction.savepoint_rollback(unlocked)
