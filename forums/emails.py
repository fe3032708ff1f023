"""Mail to staff about the forums. It says that something waits and nothing of what; writers are never mailed."""

from forums.models import Post
from mscos.groups import MODERATORS
from mscos.mail import tell_group


def tell_moderators() -> None:
    """Tell each moderator, once a day, where posts wait to be checked. A job of the work loop.

    Never at the moment of a post: the time of the mail would be the time of writing.
    """
    if Post.objects.waiting().exists():
        tell_group(MODERATORS, page="admin:forums_post_changelist")
