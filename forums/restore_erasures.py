"""Rules by which texts erased after a backup are erased again once it is restored: see `mscos/backups/erasures.py`."""

from forums.call_requests.erasure import erase_contact
from forums.models import CallRequest, Post, Thread
from forums.post_lifecycle import erase_text, lock_post
from forums.writer_actions import withdraw
from mscos.backups.erasures import ErasureRule


def _erase_post(post: Post, became: str) -> None:
    """Take a post down again. A changed post is taken down too: its new text is not in the backup."""
    if became == Post.State.WITHDRAWN:
        withdraw(post=post)
        return
    post = lock_post(post)
    if not post.is_gone:
        post.reason = post.reason or Post.Reason.OTHER
        erase_text(post, Post.State.REMOVED if post.number else Post.State.REFUSED)


def _erase_title(thread: Thread, became: str) -> None:
    Thread.objects.filter(pk=thread.pk).update(title="")


def _erase_contact(call_request: CallRequest, became: str) -> None:
    erase_contact(call_request=call_request)


POST = ErasureRule(columns=("body", "content_note", "author"), repeat=_erase_post, became="NEW.state")
THREAD = ErasureRule(columns=("title",), repeat=_erase_title)
CALL_REQUEST = ErasureRule(columns=("contact_erased_on",), repeat=_erase_contact)
