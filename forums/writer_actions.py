"""Actions of the people who write posts. They take no HTTP request: nothing of a writer's device can be stored.

What moderators do is in `forums/moderation/decisions.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from forums.models import Forum, ModeratorNote, Post, Thread, Topic, Voice
from forums.post_lifecycle import erase_notes, erase_text, lock_post, may_identify
from forums.receipts import open_receipt, was_erased
from forums.reply_target import lock_reply_target
from forums.voice_names import pick_name
from mscos.codes import digest, form_digest, make_code
from mscos.erasure import after_erasure
from mscos.models import User
from mscos.refusals import Refused

MAX_ATTEMPTS = 5  # for writers who arrive in the same instant
REFUSED_POST_DAYS = 30  # time enough to read why and to send a new version; the safety page says so


@dataclass(frozen=True)
class SubmittedPost:
    """A stored post, the code of its voice ('' for a named writer), and the form that was sent, as one string."""

    post: Post
    code: str
    form: str
    is_repeat: bool = False


def start_thread(  # noqa: PLR0913  all fields of a form, by keyword
    *,
    forum: Forum,
    submission_id: str,
    title: str,
    body: str,
    content_note: str = "",
    topic: Topic | None = None,
    author: User | None = None,
    likely_spam: bool = False,
    limit_message: str = "",
) -> SubmittedPost:
    """Store a new thread with its first post, both waiting, by a new anonymous voice or under the name of `author`.

    The same `submission_id` with the same fields stores nothing new and returns the first post again. Raises
    Refused where the forum takes no posts, or with `limit_message` where the writer may store nothing new.
    """
    form = repr((submission_id, forum.pk, title, body, content_note, topic and topic.pk, author and author.pk))
    code = "" if author else make_code(form)

    def store() -> Post:
        thread = Thread.objects.create(forum=forum, title=title, topic=topic)
        return _create_post(
            form,
            title=title,
            thread=thread,
            voice=None if author else _create_voice(thread, code),
            author=author,
            body=body,
            content_note=content_note,
            likely_spam=likely_spam,
        )

    return _store_once(form, code, store, refusal=limit_message or forum.closed_because)


def reply(  # noqa: PLR0913  all fields of a form, by keyword
    *,
    thread: Thread,
    submission_id: str,
    body: str,
    content_note: str = "",
    in_reply_to: Post | None = None,
    code: str = "",
    author: User | None = None,
    likely_spam: bool = False,
    limit_message: str = "",
) -> SubmittedPost:
    """Store a reply that waits: by the voice that `code` opens, by a new voice, or under the name of `author`.

    `submission_id` and `limit_message` are as for `start_thread`. Raises Refused where the thread takes no replies,
    and where `code` opens no voice that speaks in it. The reply goes to another thread where this one was merged into
    it meanwhile, or where the answered post was moved to it.
    """
    form = repr(
        (submission_id, thread.pk, body, content_note, in_reply_to and in_reply_to.pk, code, author and author.pk)
    )
    voice_code = "" if author else code or make_code(form)

    def _voice_in(target: Thread) -> Voice:
        if not code:
            return _create_voice(target, voice_code)
        voice = Voice.objects.speaking_in(target).by_code(code).first()
        if voice is None:  # its posts were moved since the form was checked
            raise Refused("That code does not belong to this thread. Leave it empty to get a new name.")
        return voice

    def store() -> Post:
        target = lock_reply_target(thread=thread.pk, answered=in_reply_to)
        if target.no_reply_because:
            raise Refused(target.no_reply_because)
        return _create_post(
            form,
            thread=target,
            voice=None if author else _voice_in(target),
            author=author,
            body=body,
            content_note=content_note,
            in_reply_to=in_reply_to,
            likely_spam=likely_spam,
        )

    return _store_once(form, voice_code, store, refusal=limit_message)


def correct(  # noqa: PLR0913  all fields of a form, by keyword
    *,
    post: Post,
    code: str,
    submission_id: str,
    body: str,
    content_note: str = "",
    title: str = "",
    likely_spam: bool = False,
    limit_message: str = "",
) -> SubmittedPost:
    """Store a new version of a refused post, by the same voice, and erase the refused text.

    `code` is the voice's own; `title` is used only where the post was to start its thread, which no longer answers a
    consultation that has closed. `submission_id` and `limit_message` are as for `start_thread`. Raises Refused also
    where the post is no longer refused, or has a new version already.
    """
    form = repr((submission_id, post.pk, title, body, content_note))

    def store() -> Post:
        refused = lock_post(post)
        if refused.thread.closed_because:
            raise Refused(refused.thread.closed_because)
        if not refused.awaits_new_version:
            raise Refused("This post waits for no new version. Look at it with your code again.")
        starts_thread = refused.starts_thread
        erase_text(refused, Post.State.REFUSED)
        if starts_thread:
            topic = None if refused.thread.answers_closed_consultation else refused.thread.topic
            Thread.objects.filter(pk=refused.thread_id).update(title=title, topic=topic)
        new = _create_post(
            form,
            title=title if starts_thread else "",
            thread=refused.thread,
            voice_id=refused.voice_id,
            in_reply_to_id=refused.in_reply_to_id,
            replaces=refused,
            body=body,
            content_note=content_note,
            likely_spam=likely_spam,
        )
        refused.notes.open().update(post=new)  # for the moderator who decides on the new version
        return new

    return _store_once(form, code, store, refusal=limit_message)


@transaction.atomic
def withdraw(*, post: Post) -> None:
    """Take a post down for its writer, in whatever state it is, and erase its text everywhere.

    Its number, if it has one, stays as a gap. The first post takes the thread's title with it. Of a post that is
    already gone only the notes are erased. Nothing connects it with an account any more.
    """
    post = lock_post(post)
    if not post.is_gone:
        erase_text(post, Post.State.WITHDRAWN)
    erase_notes(post)
    Post.objects.filter(pk=post.pk).update(author=None)
    after_erasure()


@transaction.atomic
def answer_moderators(*, post: Post, submission_id: str, words: str) -> None:
    """Store a writer's message to the moderators about a post, or about its newest version.

    The same form sent twice is one message. Raises Refused where that message was erased since, and for a post that
    is gone: nobody would read the message, and nothing would erase it.
    """
    version = lock_post(post)
    while newer := version.replaced_by.first():
        version = lock_post(newer)
    if version.is_gone:
        raise Refused("This post was taken down. There is nothing left to write about.")
    digest = form_digest(repr((submission_id, post.pk, words)))
    if was_erased(digest):
        raise Refused("This message was sent before, and erased with what it was about. It was not sent again.")
    fields = {"voice_id": version.voice_id, "post": version, "by_writer": True, "unread": True, "body": words}
    ModeratorNote.objects.get_or_create(form_digest=digest, defaults=fields)


def erase_refused_posts() -> None:
    """Erase the text and the notes of posts refused more than REFUSED_POST_DAYS ago. A job of the background worker."""
    last_day = timezone.localdate() - timedelta(days=REFUSED_POST_DAYS)
    old = Post.objects.filter(state=Post.State.REFUSED, day__lt=last_day)
    for post in old.filter(~Q(body="") | Q(notes__isnull=False)).distinct():
        with transaction.atomic():
            locked = lock_post(post)
            if locked.state == Post.State.REFUSED:
                erase_text(locked, Post.State.REFUSED)
                erase_notes(locked)


def _store_once(form: str, code: str, store: Callable[[], Post], *, refusal: str) -> SubmittedPost:
    """Store a post unless the same form was sent before; raise Refused with `refusal`, if any.

    Looking first avoids a failed INSERT, which databases log with its text. If it fails all the same, the same form
    arrived in the same instant, or another new voice took the same name: then it is tried again.
    """
    for _ in range(MAX_ATTEMPTS):
        if stored := Post.objects.filter(form_digest=form_digest(form)).select_related("thread__forum").first():
            return SubmittedPost(stored, code, form, is_repeat=True)
        if refusal:
            raise Refused(refusal)
        try:
            with transaction.atomic():
                post = store()
                # Before the commit: of two sendings at once, both shall show the code.
                open_receipt(form)
        except IntegrityError:
            continue
        return SubmittedPost(post, code, form)
    raise Refused("Many people are writing at this moment. Nothing was lost. Send again.")


def _create_post(form: str, *, title: str = "", **fields: Any) -> Post:
    flagged = may_identify(title, fields["body"], fields["content_note"])
    return Post.objects.create(form_digest=form_digest(form), may_identify=flagged, **fields)


def _create_voice(thread: Thread, code: str) -> Voice:
    name = pick_name(Voice.objects.names_in([thread.pk]))
    return Voice.objects.create(thread=thread, code_digest=digest(code), name=name)
