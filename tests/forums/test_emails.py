from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from forums.emails import tell_moderators
from mscos.groups import EDITORS
from tests.people import make_staff

pytestmark = pytest.mark.django_db


def test_moderators_are_told_that_something_waits_and_nothing_of_what(waiting, sam, alex):
    make_staff("editor@example.org", groups=[EDITORS])
    make_staff("gone@example.org", groups=["Moderators"], is_active=False)
    tell_moderators()
    assert sorted((message.to, message.subject) for message in mail.outbox) == [
        (["alex@example.org"], "Something is waiting"),
        (["sam@example.org"], "Something is waiting"),
    ]
    sent = mail.outbox[0].message().as_string()
    for trace in (
        "A quiet room",
        "Is there one?",
        waiting.code,
        waiting.post.voice.name,
        waiting.post.thread.code,
        "housing",
    ):
        assert trace not in sent
    assert "http://testserver/admin/forums/post/" in mail.outbox[0].body
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_one_bad_mailbox_does_not_keep_the_others_from_being_told(waiting, sam, alex, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusesSam"
    tell_moderators()
    assert [message.to for message in mail.outbox] == [["alex@example.org"]]


class RefusesSam(EmailBackend):
    """A mail server that does not know Sam."""

    def send_messages(self, messages):
        if messages[0].to == ["sam@example.org"]:
            raise SMTPRecipientsRefused({"sam@example.org": (550, b"unknown")})
        return super().send_messages(messages)


def test_nobody_is_told_while_nothing_waits(published):
    tell_moderators()
    assert mail.outbox == []
