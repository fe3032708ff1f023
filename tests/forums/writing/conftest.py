"""The small world of the forums, and forms as browsers send them."""

from datetime import UTC, datetime, timedelta

import time_machine

from mscos.forms import new_submission_id
from tests.forums.conftest import alex, consultation, forum, published, sam, thread, waiting  # noqa: F401  the same small world

NEW = "/forums/housing/new/"


def typed(**fields):
    """Return what a browser sends for a new thread by somebody who took a minute to write it."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1), tick=False):
        submission_id = new_submission_id()
    return {"title": "A quiet room", "body": "Is there one?", "submission_id": submission_id, **fields}
