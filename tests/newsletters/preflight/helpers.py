"""Findings to compare with, and access to sections."""

from newsletters.preflight.check import Finding

OUTSIDE = "https://example.org/"
STILL_TO_COME = "Write what there is to say, or take it out."


def section_of(issue, kind):
    """Return the first section of a kind."""
    return issue.sections.filter(kind=kind).first()


def blocks(problem, remedy, section=None):
    return Finding(blocks=True, section=section, problem=problem, remedy=remedy)


def warns(problem, remedy, section=None):
    return Finding(blocks=False, section=section, problem=problem, remedy=remedy)
