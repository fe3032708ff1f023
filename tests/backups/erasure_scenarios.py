"""Scenarios of erasure: each stores marked words, yields for a backup to be made, and erases them."""

import copy

from django.core.management import call_command

from events.suggestions import suggest
from forums.call_requests import erasure, requester_actions
from forums.models import Forum
from forums.moderation import decisions, thread_moves
from forums.writer_actions import start_thread, withdraw
from mscos.backups.erasures import write_list
from mscos.codes import address_digest
from mscos.models import Erasure, User
from newsletters.models import Enquiry, SuppressedAddress
from newsletters.subscribers import subscriptions
from newsletters.subscribers.enquiries import enquire
from outcomes.actions import erase_quotation
from tests.forums.call_requests.helpers import ANSWERS, make_request
from tests.newsletters.conftest import make_subscriber
from tests.outcomes.conftest import make_quotation
from tests.people import make_person
from tests.privacy.test_redaction_bytes import MARK, WORDS, Scene

KEPT = "Words that stay"


def a_request_is_withdrawn():
    asked = make_request(zone=f"{MARK}zone")
    yield
    requester_actions.withdraw(call_request=asked.call_request)


def contact_details_are_erased():
    call_request = make_request(**ANSWERS).call_request
    yield
    erasure.erase_contact(call_request=call_request)


def a_reader_leaves():
    reader = make_subscriber("zqxjleaves@example.org")
    yield
    subscriptions.unsubscribe(subscriber=reader, never_again=True)


def a_reader_moves_to_another_address():
    reader = make_subscriber("zqxjmoves@example.org")
    yield
    subscriptions.change_email(subscriber=reader, to="moved@example.org")


def a_reader_takes_a_name_back():
    reader = make_subscriber("named@example.org", name="Zqxjname", organisation="Zqxjorganisation")
    yield
    subscriptions.change_details(subscriber=reader, name="", organisation="", subject_style="plain")


def all_about_an_address_is_erased():
    make_subscriber("zqxjall@example.org")
    enquire(submission_id="s", email="zqxjall@example.org", name="", organisation="", message="Zqxjmessage")
    suggest(submission_id="s", title="Zqxjtitle", organiser="O", stated_time="T", email="zqxjall@example.org")
    yield
    subscriptions.erase(email="zqxjall@example.org", never_again=False)


def never_again_is_forgotten():
    SuppressedAddress.objects.create(digest=address_digest("nobody@example.org"))
    yield
    SuppressedAddress.objects.all().delete()


def a_quotation_is_withdrawn():
    quotation = make_quotation("Zqxjwords", credit="Zqxjcredit")
    yield
    erase_quotation(quotation=quotation, by=None)


def a_person_is_deleted():
    person = make_person("zqxjperson@example.org", display_name="Zqxjperson")
    forum = Forum.objects.create(slug="named", title="Named", purpose="P")
    sent = start_thread(forum=forum, submission_id="named", title="Zqxjtitle", body="Zqxjbody", author=person)
    decisions.publish(post=sent.post, by=person)
    yield
    withdraw(post=sent.post)
    User.objects.get(pk=person.pk).delete()


def a_thread_is_merged(by):
    forum = Forum.objects.create(slug="merged", title="Merged", purpose="P")
    into, gone = (start_thread(forum=forum, submission_id=word, title=title, body=KEPT).post for word, title in THREADS)
    decisions.publish(post=into, by=by)
    decisions.publish(post=gone, by=by)
    yield
    gone.thread.refresh_from_db()
    into.thread.refresh_from_db()
    thread_moves.merge(thread=gone.thread, into=into.thread)


def a_message_is_over_that_no_list_names():
    pk = enquire(submission_id="old", email="", name="", organisation="", message="Zqxjmessage of long ago").pk
    Enquiry.objects.filter(pk=pk).update(received_on="2020-03-01")
    yield
    Enquiry.objects.filter(pk=pk).delete()
    Erasure.objects.filter(table="newsletters_enquiry", row=pk).delete()


THREADS = [("into", "A title that stays"), ("gone", "Zqxjtitle of a thread that is merged")]
SCENARIOS = [
    a_request_is_withdrawn, contact_details_are_erased, a_reader_leaves, a_reader_moves_to_another_address,
    a_reader_takes_a_name_back, all_about_an_address_is_erased, never_again_is_forgotten, a_quotation_is_withdrawn,
    a_person_is_deleted, a_message_is_over_that_no_list_names,
]  # fmt: skip


def play(recipient):
    """Start all scenarios, make a backup, end them, and write the list of erasures."""
    stage = Scene()
    started = [scenario() for scenario in SCENARIOS] + [a_thread_is_merged(stage.sam)]
    started += [scenario(copy.copy(stage)) for scenario in WORDS]
    for steps in started:
        next(steps)
    call_command("backup", recipient=recipient, verbosity=0)
    for steps in started:
        assert list(steps) == []
    write_list()
