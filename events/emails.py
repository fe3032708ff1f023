"""Mail to staff about events. It says that something waits and nothing of what."""

from events.models import Suggestion
from mscos.groups import EDITORS
from mscos.mail.messages import notify_group


def notify_editors() -> None:
    """Tell each editor, once a day, where suggestions wait. A job of the work loop."""
    if Suggestion.objects.waiting().exists():
        notify_group(EDITORS, page="admin:events_suggestion_changelist")
