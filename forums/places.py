"""Where a reply is taken now: threads are merged, and posts are moved to others, while somebody writes."""

from django.db import transaction

from forums.models import Post, Thread


def place_of_reply(*, thread: int, answered: Post | None) -> int:
    """Return the key of the thread that takes a reply to a post, or (None) to all of `thread`, a key, as things are now."""
    if answered:
        return Post.objects.values_list("thread", flat=True).get(pk=answered.pk)
    return Thread.objects.values_list("merged_into", flat=True).get(pk=thread) or thread


def hold_place(*, thread: int, answered: Post | None) -> Thread:
    """Return the thread that takes a reply, with its row locked until the transaction ends.

    Whoever held it before may have moved what is answered: then it is looked for again, and the row is given back first.
    Who keeps one thread while they wait for another can wait for ever.
    """
    while True:
        key = place_of_reply(thread=thread, answered=answered)
        before = transaction.savepoint()
        held = Thread.objects.select_for_update(of=("self",)).select_related("forum").get(pk=key)
        if place_of_reply(thread=thread, answered=answered) == key:
            transaction.savepoint_commit(before)
            return held
        transaction.savepoint_rollback(before)
