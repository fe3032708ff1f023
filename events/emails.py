"""Mail to staff about events: only that something waits, without its content."""

from events.models import Suggestion
from mscos.groups import EDITORS
from mscos.mail.messages import notify_group


def notify_editors() -> None:
    """Notify the editors once a day while suggestions wait. A job of the background worker."""
    if Suggestion.objects.waiting().exists():
        notify_group(EDITORS, page="admin:events_suggestion_changelist")
