"""Pre-flight: what keeps an issue from going out, and what an editor should know before it does."""

from dataclasses import dataclass

from newsletters.models import Issue, Section


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or doubtful: where it is, what it is, and how to mend it."""

    blocks: bool
    section: Section | None  # None: the issue itself
    problem: str
    mend: str


def findings(issue: Issue) -> list[Finding]:
    """Return all that is wrong or doubtful, what blocks first, then in the order of the issue."""
    return []
