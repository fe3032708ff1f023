"""Primitives of a post's life that writers, moderators and moves of threads share.

All but `may_identify` run inside a transaction.
"""

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from forums.models import ModeratorNote, Post, Thread
from forums.personal_data.matches import find_personal_data
from forums.receipts import note_erased
from forums.reply_target import lock_reply_target
from mscos.erasure import after_erasure


def lock_post(post: Post) -> Post:
    """Return the post as it is now; lock its thread's row, then its own, to the end of the transaction.

    It may stand in another thread than when it was read.
    """
    lock_reply_target(thread=post.thread_id, answered=post)
    return Post.objects.select_for_update(of=("self",)).select_related("thread", "decided_by").get(pk=post.pk)


def may_identify(*texts: str) -> bool:
    """Return whether a post's texts have a personal-data match: moderators filter their queue by it."""
    return any(find_personal_data(text) for text in texts)


def erase_text(post: Post, state: Post.State) -> None:
    """Erase the text of a post and set its state; a first post takes its thread's title with it.

    Its reports are deleted too: they may quote it. Reads `post.thread`.
    """
    if post.starts_thread and post.body:  # without a body it may have a new version, whose title the thread has now
        Thread.objects.filter(pk=post.thread_id).update(title="")
    post.body = post.body_html = post.content_note = ""
    post.state, post.likely_spam, post.urgent, post.may_identify = state, False, False, False
    post.save(
        update_fields=["body", "body_html", "content_note", "state", "reason", "likely_spam", "urgent", "may_identify"]
    )
    post.reports.all().delete()
    recount(post.thread)
    after_erasure()


def erase_notes(post: Post) -> None:
    """Delete the notes on a post and on its refused versions: they may quote it.

    The caller calls `after_erasure`.
    """
    notes = ModeratorNote.objects.about(post)
    for form_digest in notes.values_list("form_digest", flat=True):
        if form_digest:
            note_erased(form_digest)
    notes.delete()


def recount(thread: Thread) -> None:
    """Set a thread's reply count, last day and state by its posts; its row must be locked.

    A thread with nothing left to read is gone; one in which something can be read again is open again.
    """
    facts = thread.posts.aggregate(
        shown=Count("pk", filter=Q(state__in=Post.SHOWN)),
        replies=Count("pk", filter=Q(state__in=Post.SHOWN, number__gt=1)),
        last=Max("day", filter=Q(state__in=Post.SHOWN)),
        undecided=Count("pk", filter=Q(state__in=[Post.State.WAITING, Post.State.REFUSED])),
    )
    state = Thread.objects.values_list("state", flat=True).get(pk=thread.pk)
    if facts["shown"]:
        state = Thread.State.CLOSED if state == Thread.State.CLOSED else Thread.State.OPEN
    elif state != Thread.State.WAITING or not facts["undecided"]:
        state = Thread.State.GONE
    rows = Thread.objects.filter(pk=thread.pk)
    rows.update(reply_count=facts["replies"], last_on=facts["last"], state=state)
    rows.filter(state__in=Thread.VISIBLE).update(opened_on=Coalesce(F("opened_on"), timezone.localdate()))
