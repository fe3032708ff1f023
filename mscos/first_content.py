"""The first content of a real site: the seven outcomes, the domains and a forum for each outcome, without any posts."""

from django.db import transaction

import forums.first_content
import outcomes.first_content
from forums.models import Forum
from outcomes.models import Outcome


@transaction.atomic
def add_if_empty() -> bool:
    """Add the first content where there is neither an outcome nor a forum; return whether it was added.

    A second run must not bring back what editors renamed or deleted.
    """
    if Outcome.objects.exists() or Forum.objects.exists():
        return False
    outcomes.first_content.load()
    forums.first_content.load()
    return True
