"""Concurrent editors of one issue: no change is lost or made twice."""

import pytest
from django.test import Client

from newsletters import drafts, publishing
from newsletters.content.email import mail_of
from newsletters.models import Issue, Section
from tests.newsletters.conftest import add_section, make_issue
from tests.newsletters.helpers import at_once
from tests.newsletters.section_admin.helpers import change_url, opened
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor(db):
    return make_staff("robin@example.org", is_superuser=True)


@pytest.fixture
def draft(db):
    """A draft with text only."""
    issue = make_issue(5)
    for heading in ("One", "Two"):
        add_section(issue, "text", heading=heading, body="Words.")
    return issue


def test_one_of_three_publishes(editor, draft):
    version = publishing.issue_version(issue=draft, mail=mail_of(draft))
    publish = [lambda: publishing.publish(issue=draft, by=editor, version=version).state] * 3
    assert at_once(*publish) == ["Refused", "Refused", "sent"]
    assert Issue.history.filter(state="sent").count() == 1


def test_each_of_three_copies_has_a_number_of_its_own(editor, draft):
    assert at_once(*[lambda: drafts.duplicate(issue=draft, by=editor).number] * 3) == [6, 7, 8]


def test_one_of_two_forms_of_a_section_is_saved(editor, draft):
    section = draft.sections.first()
    here, there = Client(), Client()
    sign_in(here, editor)
    there.cookies = here.cookies
    typed = opened(here, change_url(section))

    def send(client, words):
        return lambda: client.post(change_url(section), {**typed, "body": words}).status_code

    assert at_once(send(here, "Mine"), send(there, "Yours")) == [200, 302]
    assert Section.history.filter(id=section.pk, history_type="~").count() == 1
