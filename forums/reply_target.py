"""Where a reply is taken now: threads are merged, and posts are moved to others, while somebody writes."""

from django.db import transaction

from forums.models import Post, Thread


def reply_target_id(*, thread: int, answered: Post | None) -> int:
    """Return the key of the thread that takes a reply to a post, or (None) to all of `thread`, a key, as things are now."""
    if answered:
        return Post.objects.values_list("thread", flat=True).get(pk=answered.pk)
    return Thread.objects.values_list("merged_into", flat=True).get(pk=thread) or thread


def lock_reply_target(*, thread: int, answered: Post | None) -> Thread:
    """Return the thread that takes a reply, with its row locked until the transaction ends.

    Whoever held it before may have moved what is answered: then it is looked for again, and the row is given back first.
    Who keeps one thread while they wait for another can wait for ever.
    """
    while True:
        key = reply_target_id(thread=thread, answered=answered)
        before = transaction.savepoint()
        locked = Thread.objects.select_for_update(of=("self",)).select_related("forum").get(pk=key)
        if reply_target_id(thread=thread, answered=answered) == key:
            transaction.savepoint_commit(before)
            return locked
        transaction.savepoint_rollback(before)
