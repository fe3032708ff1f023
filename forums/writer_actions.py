"""What writers do in the forums. No action here sees a request: nothing of a reader's device can reach the database.

What moderators do is in `forums/decisions.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from forums.models import Forum, ModeratorNote, Post, Thread, Topic, Voice
from forums.names import pick_name
from forums.post_lifecycle import destroy_notes, destroy_words, lock_post, may_identify
from forums.receipts import open_receipt, was_erased
from forums.reply_target import lock_reply_target
from mscos.codes import digest, form_digest, make_code
from mscos.erasure import after_erasure
from mscos.models import User

TRIES = 5  # for writers who arrive in the same instant
REFUSED_POST_DAYS = 30  # time enough to read why and to send a new version; the safety page tells it


@dataclass(frozen=True)
class Sent:
    """A post that waits, the code that its voice answers to ('' for a named writer), and the form that it came by."""

    post: Post
    code: str
    form: str
    again: bool = False


class NotAccepted(Exception):
    """The thread or forum takes no posts now; the message is a sentence for the writer."""


def start_thread(  # noqa: PLR0913  all that a form holds, by keyword
    *,
    forum: Forum,
    submission_id: str,
    title: str,
    body: str,
    content_note: str = "",
    topic: Topic | None = None,
    author: User | None = None,
    likely_spam: bool = False,
    limited: str = "",
) -> Sent:
    """Store a new thread with its first post, both waiting, under a new anonymous voice, or under the name of `author`.

    `submission_id` is the submission id of the form that was sent. The same submission id with all fields the same makes nothing new
    and returns the first post again. Raises NotAccepted where the forum takes no posts, or with the sentence `limited`
    where the writer may store nothing new.
    """
    form = repr((submission_id, forum.pk, title, body, content_note, topic and topic.pk, author and author.pk))
    code = "" if author else make_code(form)

    def store() -> Post:
        thread = Thread.objects.create(forum=forum, title=title, topic=topic)
        return _store(
            form,
            title=title,
            thread=thread,
            voice=None if author else _new_voice(thread, code),
            author=author,
            body=body,
            content_note=content_note,
            likely_spam=likely_spam,
        )

    return _once(form, code, store, refused=limited or forum.closed_because)


def reply(  # noqa: PLR0913  all that a form holds, by keyword
    *,
    thread: Thread,
    submission_id: str,
    body: str,
    content_note: str = "",
    in_reply_to: Post | None = None,
    code: str = "",
    author: User | None = None,
    likely_spam: bool = False,
    limited: str = "",
) -> Sent:
    """Store a reply that waits. With `code` it speaks as the voice that the code opens, without one as a new voice.

    With `author` it stands under that name instead. `submission_id` and `limited` are as for `start_thread`. Raises NotAccepted
    where the thread takes no replies, and where `code` opens no voice that speaks in it. Where the thread was merged into
    another meanwhile, or the post that is answered was moved to another, the reply goes there.
    """
    form = repr(
        (submission_id, thread.pk, body, content_note, in_reply_to and in_reply_to.pk, code, author and author.pk)
    )
    own_code = "" if author else code or make_code(form)

    def _voice(place: Thread) -> Voice:
        if not code:
            return _new_voice(place, own_code)
        known = Voice.objects.speaking_in(place).by_code(code).first()
        if known is None:  # what it wrote here was moved while the form was looked at
            raise NotAccepted("That code does not belong to this thread. Leave it empty to get a new name.")
        return known

    def store() -> Post:
        place = lock_reply_target(thread=thread.pk, answered=in_reply_to)
        if place.no_reply_because:
            raise NotAccepted(place.no_reply_because)
        return _store(
            form,
            thread=place,
            voice=None if author else _voice(place),
            author=author,
            body=body,
            content_note=content_note,
            in_reply_to=in_reply_to,
            likely_spam=likely_spam,
        )

    return _once(form, own_code, store, refused=limited)


def correct(  # noqa: PLR0913  all that a form holds, by keyword
    *,
    post: Post,
    code: str,
    submission_id: str,
    body: str,
    content_note: str = "",
    title: str = "",
    likely_spam: bool = False,
    limited: str = "",
) -> Sent:
    """Store a new version of a post that was refused, by the same voice in its place, and destroy the refused words.

    `code` is the voice's own; `title` is used where the post was to start its thread, which no longer counts as a view
    where its call has closed. `submission_id` and `limited` are as for `start_thread`. Raises NotAccepted too where the post is
    not refused any more, or has a new version already.
    """
    form = repr((submission_id, post.pk, title, body, content_note))

    def store() -> Post:
        fresh = lock_post(post)
        if fresh.thread.closed_because:
            raise NotAccepted(fresh.thread.closed_because)
        if not fresh.awaits_new_version:
            raise NotAccepted("This post waits for no new version. Look at it with your code again.")
        first = fresh.starts_thread
        destroy_words(fresh, Post.State.REFUSED)
        if first:
            topic = None if fresh.thread.answers_closed_consultation else fresh.thread.topic
            Thread.objects.filter(pk=fresh.thread_id).update(title=title, topic=topic)
        new = _store(
            form,
            title=title if first else "",
            thread=fresh.thread,
            voice_id=fresh.voice_id,
            in_reply_to_id=fresh.in_reply_to_id,
            replaces=fresh,
            body=body,
            content_note=content_note,
            likely_spam=likely_spam,
        )
        fresh.notes.open().update(post=new)  # whoever decides on the new version shall read them
        return new

    return _once(form, code, store, refused=limited)


@transaction.atomic
def withdraw(*, post: Post) -> None:
    """Take a post down for its writer, at whatever stage it is, and destroy its words everywhere.

    Its number, if it has one, stays as a gap. The first post takes the thread's title with it. Of a post
    that is already gone only the moderators' notes are left to destroy. Nothing joins it to an account any more.
    """
    fresh = lock_post(post)
    if not fresh.is_gone:
        destroy_words(fresh, Post.State.WITHDRAWN)
    destroy_notes(fresh)
    Post.objects.filter(pk=fresh.pk).update(author=None)
    after_erasure()


@transaction.atomic
def answer_moderators(*, post: Post, submission_id: str, words: str) -> None:
    """Store what a writer says to the moderators about a post, or about the version that came in its place.

    One form, sent twice, is one answer. Raises NotAccepted where that was erased since, and for a post that is gone: nobody
    would come to read it, and nothing would erase it.
    """
    fresh = lock_post(post)
    while newer := fresh.replaced_by.first():
        fresh = lock_post(newer)
    if fresh.is_gone:
        raise NotAccepted("This post was taken down. There is nothing left to write about.")
    digest = form_digest(repr((submission_id, post.pk, words)))
    if was_erased(digest):
        raise NotAccepted("This message was sent before, and erased with what it was about. It was not sent again.")
    fields = {"voice_id": fresh.voice_id, "post": fresh, "by_writer": True, "unread": True, "body": words}
    ModeratorNote.objects.get_or_create(form_digest=digest, defaults=fields)


def erase_refused_posts() -> None:
    """Destroy the words of, and the notes on, posts refused more than REFUSED_POST_DAYS ago. A job of the work loop."""
    last_day = timezone.localdate() - timedelta(days=REFUSED_POST_DAYS)
    old = Post.objects.filter(state=Post.State.REFUSED, day__lt=last_day)
    for post in old.filter(~Q(body="") | Q(notes__isnull=False)).distinct():
        with transaction.atomic():
            fresh = lock_post(post)
            if fresh.state == Post.State.REFUSED:
                destroy_words(fresh, Post.State.REFUSED)
                destroy_notes(fresh)


def _once(form: str, code: str, store: Callable[[], Post], *, refused: str) -> Sent:
    """Store a post unless this same form was sent before.

    Asking first spares a failed write: databases log those, with their words. Where a write fails all the same, the same
    form arrived a moment ago, or another new voice took the same made-up name: then it is tried again.
    """
    for _ in range(TRIES):
        if known := Post.objects.filter(form_digest=form_digest(form)).select_related("thread__forum").first():
            return Sent(known, code, form, again=True)
        if refused:
            raise NotAccepted(refused)
        try:
            with transaction.atomic():
                post = store()
                # Before the post is there for anybody: of two sendings at once, both shall see the code.
                open_receipt(form)
        except IntegrityError:
            continue
        return Sent(post, code, form)
    raise NotAccepted("Many people are writing at this moment. Nothing was lost. Send again.")


def _store(form: str, *, title: str = "", **fields: Any) -> Post:
    points = may_identify(title, fields["body"], fields["content_note"])
    return Post.objects.create(form_digest=form_digest(form), may_identify=points, **fields)


def _new_voice(thread: Thread, code: str) -> Voice:
    name = pick_name(Voice.objects.names_in([thread.pk]))
    return Voice.objects.create(thread=thread, code_digest=digest(code), name=name)
