"""What a real site begins with: the seven outcomes, the domains and a forum for each outcome, without anybody's words."""

from django.db import transaction

import forums.first_content
import outcomes.first_content
from forums.models import Forum
from outcomes.models import Outcome


@transaction.atomic
def add_if_empty() -> bool:
    """Add the first content where there is neither an outcome nor a forum, and tell whether it was added.

    All or nothing: what editors renamed or deleted must not come back by a second run.
    """
    if Outcome.objects.exists() or Forum.objects.exists():
        return False
    outcomes.first_content.load()
    forums.first_content.load()
    return True
