"""Fixtures of the forums: the housing forum, a consultation with two topics, two moderators, and a thread."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forums.models import Consultation, Forum, Thread, Topic
from forums.moderation import decisions
from forums.writer_actions import start_thread
from mscos.forms import new_submission_id
from mscos.groups import MODERATORS
from tests.people import make_staff


@pytest.fixture
def sam(db):
    """A moderator."""
    return make_staff("sam@example.org", display_name="Sam", groups=[MODERATORS])


@pytest.fixture
def alex(db):
    """Another moderator."""
    return make_staff("alex@example.org", display_name="Alex", groups=[MODERATORS])


@pytest.fixture
def forum(db):
    return Forum.objects.create(slug="housing", title="Housing forum", purpose="What makes housing safe.")


@pytest.fixture
def consultation(forum):
    today = timezone.localdate()
    consultation = Consultation.objects.create(
        forum=forum, question="What would have to change?", why="To learn.", closes=today + timedelta(days=7)
    )
    Topic.objects.create(consultation=consultation, code="e", title="Council housing", position=1)
    Topic.objects.create(consultation=consultation, code="b", title="Asylum accommodation", position=2)
    return consultation


@pytest.fixture
def waiting(forum):
    """A thread that waits, as it was sent."""
    return start_thread(forum=forum, submission_id=new_submission_id(), title="A quiet room", body="Is there one?")


@pytest.fixture
def published(waiting, sam):
    """The same thread, published; its code is still known."""
    decisions.publish(post=waiting.post, by=sam)
    return waiting


@pytest.fixture
def thread(published):
    return Thread.objects.select_related("forum").get()
