"""Fixtures of pre-flight."""

from datetime import date

import pytest
import time_machine
from django.utils import timezone

from newsletters.models import CheckedLink
from newsletters.preflight.check import findings
from tests.newsletters.conftest import add_section, make_issue
from tests.newsletters.preflight.helpers import OUTSIDE


@pytest.fixture(autouse=True)
def today():
    """Monday of the fifth week."""
    with time_machine.travel("2023-03-20 12:00 +0000", tick=False):
        yield date(2023, 3, 20)


@pytest.fixture
def ready(today, issue, reader):
    """An issue without findings."""
    CheckedLink.objects.create(url=OUTSIDE, state="working", checked_at=timezone.now())
    return issue


@pytest.fixture
def section(today, outcome, consultation, reader):
    """Return a function that returns the findings about an issue's only section with another text."""
    CheckedLink.objects.create(url=OUTSIDE, state="working", checked_at=timezone.now())
    issue = make_issue(5)
    section = add_section(issue, "text", body="Some words.")

    def said(body=None, **fields):
        for name, value in {**fields, **({} if body is None else {"body": body})}.items():
            setattr(section, name, value)
        section.save()
        found = findings(issue)
        assert {each.section for each in found} <= {section}
        return [(each.blocks, each.problem, each.remedy) for each in found]

    return said
