"""An editor, a confirmed subscriber, an issue with a section of each kind, and factories."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from forums.models import Consultation, Forum, Topic
from mscos.groups import EDITORS
from newsletters.models import Issue, Section, Subscriber
from outcomes.models import Reference
from tests.events.conftest import make_event
from tests.outcomes.conftest import make_outcome, make_quotation, make_resource
from tests.people import make_staff


@pytest.fixture
def editor(db):
    """Robin edits."""
    return make_staff("robin@example.org", display_name="Robin", groups=[EDITORS])


@pytest.fixture
def reader(db):
    """A confirmed subscriber."""
    return make_subscriber("reader@example.org")


@pytest.fixture
def outcome(db):
    return make_outcome("housing", official_name="Secure and suitable housing")


@pytest.fixture
def resource(outcome):
    return make_resource("A toolkit", on=[outcome])


@pytest.fixture
def reference(outcome):
    return Reference.objects.create(outcome=outcome, document="A handbook", url="https://example.org/", pages="1 to 2")


@pytest.fixture
def quotation(outcome):
    return make_quotation("Quiet words.", outcome=outcome, consent_scope="both")


@pytest.fixture
def consultation(outcome):
    forum = Forum.objects.create(outcome=outcome, slug="housing", title="Housing forum", purpose="What makes it safe.")
    closes = timezone.localdate() + timedelta(days=7)
    consultation = Consultation.objects.create(
        forum=forum, question="What would have to change?", why="To learn.", closes=closes
    )
    Topic.objects.create(consultation=consultation, code="e", title="Council housing")
    return consultation


@pytest.fixture
def event(db):
    """A training in ten days, on the hour."""
    return make_event("A course", starts=timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=10))


@pytest.fixture
def issue(outcome, resource, reference, quotation, consultation, event):
    """A draft with a section of each kind that is ready to be published."""
    issue = make_issue(5)
    add_section(issue, "text", heading="Welcome", body="Thank you, **all**. See [the forum](/forums/housing/).")
    add_section(issue, "focus", outcome=outcome)
    add_section(issue, "reference", reference=reference)
    add_section(issue, "feature", resource=resource)
    add_section(issue, "quotation", quotation=quotation)
    add_section(issue, "call", consultation=consultation)
    add_section(issue, "spotlight", outcome=outcome, heading="Another one", body="Look at this too.")
    add_section(
        issue, "notice", heading="A training", body="On Thursday.", link_words="Book", link_url="https://example.org/"
    )
    add_section(issue, "event", event=event)
    return issue


@pytest.fixture
def plain_issue(db):
    """A draft with text only that is ready to be published."""
    issue = make_issue(5)
    for heading in ("One", "Two", "Three"):
        add_section(issue, "text", heading=heading, body=f"The words of {heading}.")
    return issue


@pytest.fixture
def published_issue(issue):
    return publish(issue)


def make_issue(number, **fields):
    """Return a draft without sections."""
    given = {
        "slug": f"week-{number}",
        "title": f"Week {number}: a heading",
        "subject": f"Week {number}: housing",
        "plain_subject": f"Week {number}",
        "preheader": "What is new",
        "credits": "The team",
    }
    return Issue.objects.create(number=number, **{**given, **fields})


def add_section(issue, kind, **fields):
    """Add a section at the end of an issue."""
    position = 10 * (issue.sections.count() + 1)
    return Section.objects.create(issue=issue, kind=kind, **{"position": position, **fields})


def publish(issue, day=date(2023, 3, 20)):
    """Publish an issue on a day, without any checks."""
    at = datetime.combine(day, time(9), tzinfo=UTC)
    Issue.objects.filter(pk=issue.pk).update(state="sent", publish_at=at, recipient_count=1)
    issue.refresh_from_db()
    return issue


def make_subscriber(email, **fields):
    """Return a confirmed subscriber."""
    given = {"state": "confirmed", "consent_on": date(2023, 3, 1), "consent_wording": "Get the newsletter"}
    return Subscriber.objects.create(email=email, **{**given, **fields})
