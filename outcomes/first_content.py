"""First content: the seven outcomes and the ten domains of the study. A real site begins with them, a sample site too."""

import re
from datetime import date

from django.db import transaction

from outcomes.models import Domain, Outcome
from outcomes.outcome_texts import DOMAINS, OUTCOMES

GO_TOGETHER = [
    ("housing", "safety"),
    ("housing", "support"),
    ("safety", "services"),
    ("support", "services"),
    ("services", "medical"),
    ("purpose", "education"),
]


@transaction.atomic
def load(*, last_reviewed: date | None = None) -> None:
    """Add the outcomes and domains; raises IntegrityError where outcomes are already there."""
    for position, text in enumerate(OUTCOMES, start=1):
        words = {name: joined_lines(value) for name, value in text.items()}
        Outcome.objects.create(position=position, last_reviewed=last_reviewed, **words)
    for one, other in GO_TOGETHER:
        Outcome.objects.get(short_name=one).related.add(Outcome.objects.get(short_name=other))
    for position, name in enumerate(DOMAINS, start=1):
        Domain.objects.create(position=position, name=name)


def joined_lines(text: str) -> str:
    """Return Markdown with the lines of each paragraph joined: as it is used here, a line's end is seen as one."""
    return re.sub(r"(?<!\n)\n(?=[A-Za-z(])", " ", text)
