"""Mail to staff about the forums. It says that something waits and nothing of what; writers are never mailed."""

from forums.models import Post
from mscos.groups import MODERATORS
from mscos.mail import send
from mscos.models import User


def tell_moderators() -> None:
    """Tell each moderator, once a day, where posts wait to be checked. A job of the work loop.

    Never at the moment of a post: the time of the mail would be the time of writing.
    """
    if not Post.objects.waiting().exists():
        return
    for email in User.objects.filter(groups__name=MODERATORS, is_active=True).values_list("email", flat=True):
        send("forums/emails/something_waits", to=email, context={})
