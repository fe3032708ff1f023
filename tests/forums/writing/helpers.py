"""Helpers of the tests of writing: forms as browsers send them."""

from datetime import UTC, datetime, timedelta

import time_machine

from mscos.forms import new_submission_id
from tests.forums.helpers import kept

NEW = "/forums/housing/new/"
NAMED = f"{NEW}named/"


def typed_form(**fields):
    """Return what a browser sends for a new thread, from a form that was opened a minute ago."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1), tick=False):
        submission_id = new_submission_id()
    return {"title": "A quiet room", "body": "Is there one?", "submission_id": submission_id, **fields}


def own_post_form(member, position=1, **fields):
    """Return what the page of the own post at a position sends, with its token."""
    return typed_form(mark=kept(member.get(f"/my-posts/{position}/take-down/"), "mark"), **fields)
