"""Mail to staff about the forums. It says that something waits and nothing of what; writers are never mailed."""

from forums.models import CallRequest, ModeratorNote, Post, Report
from mscos.groups import CALL_HANDLERS, MODERATORS
from mscos.mail.messages import notify_group


def tell_moderators() -> None:
    """Tell each moderator, once a day, where posts, reports or words of writers wait. A job of the work loop.

    Never at the moment of a post: the time of the mail would be the time of writing.
    """
    if Post.objects.waiting().exists() or Report.objects.open().exists() or ModeratorNote.objects.open().exists():
        notify_group(MODERATORS, page="admin:forums_post_changelist")


def tell_handlers() -> None:
    """Tell each call handler, four times a day, where a request waits or news came. A job of the work loop.

    Never at the moment of a request: the time of the mail would be the time of asking.
    """
    if CallRequest.objects.waiting().exists():
        notify_group(CALL_HANDLERS, page="admin:index")
