"""Enquiries to the team: stored once, erased in time."""

from datetime import date

import pytest
import time_machine
from django.db import connection

from mscos.codes import form_digest
from newsletters.models import Enquiry
from newsletters.subscribers.enquiries import enquire, erase_old_enquiries

pytestmark = pytest.mark.django_db

SENT = {"submission_id": "s", "email": "reader@example.org", "name": "Sam", "organisation": "A house", "message": "One"}


def test_a_message_is_stored_with_its_day_and_a_digest_of_its_form():
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        enquiry = enquire(**SENT)
    enquiry.refresh_from_db()
    assert {name: getattr(enquiry, name) for name in SENT if name != "submission_id"} == {
        name: value for name, value in SENT.items() if name != "submission_id"
    }
    assert (enquiry.received_on, enquiry.erased_on, enquiry.state) == (date(2026, 3, 2), date(2026, 5, 31), "new")
    assert enquiry.form_digest == form_digest(repr(("s", "reader@example.org", "Sam", "A house", "One")))


def test_the_same_form_is_one_message_and_any_field_changed_another():
    first = enquire(**SENT)
    Enquiry.objects.update(state="done")
    assert enquire(**SENT) == first
    assert Enquiry.objects.get().state == "done"
    for name in SENT:
        enquire(**{**SENT, name: "x"})
    assert Enquiry.objects.count() == 1 + len(SENT)


@pytest.mark.parametrize("state", Enquiry.State.values)
def test_messages_are_erased_on_their_day_answered_or_not(state, settings):
    settings.ENQUIRY_DAYS = 10
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        enquire(**SENT)
        Enquiry.objects.update(state=state)
    with time_machine.travel("2026-03-11T23:00:00Z", tick=False):
        erase_old_enquiries()
        assert Enquiry.objects.get().erased_on == date(2026, 3, 12)
    with time_machine.travel("2026-03-12T01:00:00Z", tick=False):
        erase_old_enquiries()
        assert Enquiry.objects.count() == 0


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's files are not the test's to read")
def test_an_erased_message_is_nowhere_in_the_database_file():
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        enquire(**{**SENT, "message": "marked words"})
    erase_old_enquiries()
    assert b"marked words" not in connection.connection.serialize()
