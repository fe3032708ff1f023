"""Mail to staff about the forums. It says that something waits, not what; writers get no mail."""

from forums.models import CallRequest, ModeratorNote, Post, Report
from mscos.groups import CALL_HANDLERS, MODERATORS
from mscos.mail.messages import notify_group


def notify_moderators() -> None:
    """Mail each moderator, once a day, if posts, reports or messages wait. A job of the background worker.

    Never at the moment of a post: the time of the mail would be the time of writing.
    """
    if Post.objects.waiting().exists() or Report.objects.open().exists() or ModeratorNote.objects.open().exists():
        notify_group(MODERATORS, page="admin:forums_post_changelist")


def notify_call_handlers() -> None:
    """Mail each call handler, four times a day, if call requests wait. A job of the background worker.

    Never at the moment of a request: the time of the mail would be the time of the request.
    """
    if CallRequest.objects.waiting().exists():
        notify_group(CALL_HANDLERS, page="admin:index")
