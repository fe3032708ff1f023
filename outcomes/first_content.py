"""First content of every site: the seven outcomes and the ten domains of the study."""

import re
from datetime import date

from django.db import transaction

from outcomes.models import Domain, Outcome
from outcomes.outcome_texts import DOMAINS, OUTCOMES

RELATED_OUTCOMES = [
    ("housing", "safety"),
    ("housing", "support"),
    ("safety", "services"),
    ("support", "services"),
    ("services", "medical"),
    ("purpose", "education"),
]


@transaction.atomic
def load(*, last_reviewed: date | None = None) -> None:
    """Create the outcomes and domains. Raises IntegrityError where there are outcomes already."""
    for position, text in enumerate(OUTCOMES, start=1):
        fields = {name: join_lines(value) for name, value in text.items()}
        Outcome.objects.create(position=position, last_reviewed=last_reviewed, **fields)
    for one, other in RELATED_OUTCOMES:
        Outcome.objects.get(short_name=one).related.add(Outcome.objects.get(short_name=other))
    for position, name in enumerate(DOMAINS, start=1):
        Domain.objects.create(position=position, name=name)


def join_lines(text: str) -> str:
    """Return Markdown with the lines of each paragraph joined: this site renders a line break as one."""
    return re.sub(r"(?<!\n)\n(?=[A-Za-z(])", " ", text)
