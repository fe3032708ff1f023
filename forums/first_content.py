"""First content of every site: an empty forum for each of the seven outcomes."""

from django.db import transaction

from forums.models import Forum
from outcomes.models import Outcome

PURPOSES = {
    "housing": "What makes housing safe and suitable, and what gets in the way.",
    "safety": "Keeping people safe from those who harmed them, and from new harm.",
    "support": "Support that lasts long enough, from people who stay.",
    "services": "Services that people can trust from the first meeting.",
    "purpose": "Work, interests and plans that people choose for themselves.",
    "medical": "Getting to see a doctor, a dentist or a therapist, and being heard there.",
    "education": "Courses, language classes and training, and what it takes to begin one.",
}


@transaction.atomic
def load() -> None:
    """Create a forum for each outcome of the first content; raises IntegrityError where one has a forum."""
    for outcome in Outcome.objects.filter(short_name__in=PURPOSES):
        Forum.objects.create(
            outcome=outcome,
            slug=outcome.short_name,
            title=f"{outcome.short_title} forum",
            purpose=PURPOSES[outcome.short_name],
            position=outcome.position,
        )
