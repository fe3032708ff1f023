"""How words are destroyed again that were destroyed after the backup which was restored: see `mscos/backups/erasures.py`."""

from forums.call_requests.requester_actions import erase_contact
from forums.models import CallRequest, Post, Thread
from forums.post_lifecycle import destroy_words, lock_post
from forums.writer_actions import withdraw
from mscos.backups.erasures import WordsOf


def _post(post: Post, became: str) -> None:
    """Take a post down as it was. One that was changed is taken down too: the words in their place are lost."""
    if became == Post.State.WITHDRAWN:
        withdraw(post=post)
        return
    fresh = lock_post(post)
    if not fresh.is_gone:
        fresh.reason = fresh.reason or Post.Reason.OTHER
        destroy_words(fresh, Post.State.REMOVED if fresh.number else Post.State.REFUSED)


def _thread(thread: Thread, became: str) -> None:
    Thread.objects.filter(pk=thread.pk).update(title="")


def _call_request(request: CallRequest, became: str) -> None:
    erase_contact(request)


POST = WordsOf(columns=("body", "content_note", "author"), again=_post, became="NEW.state")
THREAD = WordsOf(columns=("title",), again=_thread)
CALL_REQUEST = WordsOf(columns=("contact_erased_on",), again=_call_request)
