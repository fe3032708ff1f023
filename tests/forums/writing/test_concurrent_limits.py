"""Many forms from one address at the same time: no more is stored than the limit allows, and no text is lost."""

import pytest
from django.test import Client

from forums.models import Forum, Post, Report, Thread
from forums.moderation import decisions
from forums.report_views import REPORTING
from forums.submission import POSTING
from forums.writer_actions import start_thread
from mscos.forms import new_submission_id
from mscos.models import User
from tests.concurrency import all_at_once
from tests.forums.writing.helpers import typed_form

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def thread():
    """A published thread with its own forum and moderator: tables are emptied after such a test."""
    forum = Forum.objects.create(slug="housing", title="Housing forum", purpose="What makes housing safe.")
    sent = start_thread(forum=forum, submission_id=new_submission_id(), title="A quiet room", body="Is there one?")
    moderator = User.objects.create_superuser("sam@example.org", display_name="Sam")
    decisions.publish(post=sent.post, by=moderator)
    return Thread.objects.get()


def send_at_once(many, address, **fields):
    """Send that many forms from one address at once; return the status and the page of each."""

    def act(number):
        sent = {**typed_form(), "body": f"Reply {number}", "words": f"Words {number}", **fields}

        def send():
            browser = Client(raise_request_exception=False)
            response = browser.post(address, sent)
            while response.status_code == 503:  # more senders than connections: send again, as the page says
                response = browser.post(address, sent)
            return response.status_code, response.content.decode()

        return send

    return all_at_once(*[act(number) for number in range(many)])


def test_replies(thread):
    answers = send_at_once(100, f"{thread.get_absolute_url()}reply/")
    assert sorted(status for status, _ in answers) == [200] * 20 + [429] * 80
    assert Post.objects.filter(thread=thread, number=None).count() == POSTING.times == 20
    assert [
        number for number, (status, page) in enumerate(answers) if status == 429 and f"Reply {number}<" not in page
    ] == []


def test_reports(thread):
    answers = send_at_once(40, f"{thread.get_absolute_url()}report/", reason="other", n="1")
    assert sorted(status for status, _ in answers) == [200] * 20 + [429] * 20
    assert Report.objects.count() == REPORTING.times == 20


def test_wrong_codes_in_replies(thread):
    answers = send_at_once(40, f"{thread.get_absolute_url()}reply/", code="K7QW-3MHT-9XRC-V2PD")
    assert sorted(status for status, _ in answers) == [200] * 9 + [429] * 31


def test_wrong_codes():
    answers = send_at_once(40, "/code/", code="K7QW-3MHT-9XRC-V2PD")
    assert sorted(status for status, _ in answers) == [200] * 9 + [429] * 31
