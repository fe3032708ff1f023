"""Decisions while somebody else acts on the post: the second waits, and sees the outcome of the first."""

import pytest

from forums import writer_actions
from forums.models import Post, Report
from forums.moderation import decisions, reports
from mscos.forms import new_submission_id
from tests.concurrency import while_uncommitted
from tests.forums.helpers import decide, review_url
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sam(db):
    return make_staff("sam@example.org", display_name="Sam", is_superuser=True)


@pytest.fixture
def alex(db):
    return make_staff("alex@example.org", display_name="Alex", is_superuser=True)


@pytest.fixture
def desk(client, sam):
    sign_in(client, sam)
    return client


def test_a_report_is_not_closed_unread(desk, published):
    post = published.post
    version = decisions.post_version(Post.objects.get(pk=post.pk))
    answer = while_uncommitted(
        lambda: reports.report(post=post, submission_id=new_submission_id(), reason="danger", words="He found her."),
        lambda: desk.post(review_url(post), {"version": version, "act": "keep"}),
    )
    assert "Something was reported or said about this post" in answer.content.decode()
    assert Report.objects.open().count() == 1


def test_what_a_writer_withdraws_is_not_published(desk, waiting):
    post = waiting.post
    version = decisions.post_version(post)
    answer = while_uncommitted(
        lambda: writer_actions.withdraw(post=post), lambda: decide(desk, post, "publish", version=version)
    )
    assert "This is no longer waiting: Taken down by the writer." in answer.content.decode()
    assert Post.objects.values_list("state", "body").get() == ("withdrawn", "")


def test_of_two_moderators_the_second_is_told_of_the_first(desk, waiting, alex):
    post = waiting.post
    version = decisions.post_version(post)
    answer = while_uncommitted(
        lambda: decisions.publish(post=post, by=alex),
        lambda: decide(desk, post, "refuse", version=version, reason="spam", words="Not here."),
    )
    page = answer.content.decode()
    assert ("Alex decided on" in page, "Not here." in page) == (True, True)
    assert Post.objects.get().state == "published"
