import pytest

from forums.emails import notify_moderators
from mscos.groups import EDITORS
from tests.mailbox import sent_mail
from tests.people import make_staff

pytestmark = pytest.mark.django_db


def test_moderators_are_told_that_something_waits_and_nothing_of_what(waiting, sam, alex):
    make_staff("editor@example.org", groups=[EDITORS])
    make_staff("gone@example.org", groups=["Moderators"], is_active=False)
    notify_moderators()
    assert sorted((message.to, message.subject) for message in sent_mail()) == [
        (["alex@example.org"], "Something is waiting"),
        (["sam@example.org"], "Something is waiting"),
    ]
    sent = sent_mail()[0].message().as_string()
    for trace in (
        "A quiet room",
        "Is there one?",
        waiting.code,
        waiting.post.voice.name,
        waiting.post.thread.code,
        "housing",
    ):
        assert trace not in sent
    assert "http://testserver/admin/forums/post/" in sent_mail()[0].body
    assert sent_mail()[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_nobody_is_told_while_nothing_waits(published):
    notify_moderators()
    assert sent_mail() == []
