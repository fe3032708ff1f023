"""Pages of moderators that have become stale: nothing unread is closed, and nothing typed is lost."""

import html
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import timezone

from forums import writer_actions
from forums.models import Post, Report
from forums.moderation import decisions, reports
from mscos.forms import new_submission_id
from tests.forums.helpers import QUEUE, decide, review_url
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, sam):
    sign_in(client, sam)
    return client


def reload(post):
    return Post.objects.select_related("thread", "voice").get(pk=post.pk)


def text_to_copy(response):
    """Return the typed text that is shown for copying, if any."""
    found = re.search(r'<textarea id="id_typed"[^>]*>(.*?)</textarea>', response.content.decode(), re.DOTALL)
    return html.unescape(found.group(1)) if found else None


def in_danger(post):
    return reports.report(post=post, submission_id=new_submission_id(), reason="danger", words="He found her.")


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("keep", {}),
        ("", {"decision": "remove", "reason": "spam", "words": "No.", "sure": "on"}),
        ("", {"decision": "change", "title": "T", "body": "Other words", "sure": "on"}),
    ],
)
def test_a_report_that_came_since_is_shown_before_anything_is_done(desk, published, act, typed):
    version = decisions.post_version(reload(published.post))
    in_danger(published.post)
    before = Post.objects.values().get()
    page = desk.post(review_url(published.post), {"version": version, "act": act, **typed}).content.decode()
    assert ("Something was reported or said about this post" in page, "He found her." in page) == (True, True)
    assert (Post.objects.values().get(), Report.objects.open().count()) == (before, 1)
    desk.post(review_url(published.post), {"version": decisions.post_version(reload(published.post)), "act": "keep"})
    assert Report.objects.open().count() == 0


def test_what_the_writer_said_about_a_version_before_belongs_to_the_new_one(desk, waiting, sam):
    decisions.refuse(post=waiting.post, by=sam, reason="place", words="No towns.")
    writer_actions.correct(post=waiting.post, code=waiting.code, submission_id="t", title="T", body="Other words")
    new = Post.objects.latest("pk")
    version = decisions.post_version(reload(new))
    writer_actions.answer_moderators(post=waiting.post, submission_id="s", words="Which town?")
    page = decide(desk, new, "publish", version=version).content.decode()
    assert ("Something was reported or said" in page, "Which town?" in page) == (True, True)
    assert reload(new).state == "waiting"


def test_a_text_that_came_too_late_is_shown_to_be_copied_and_the_forms_hold_the_post_as_it_is(desk, waiting, alex):
    version = decisions.post_version(waiting.post)
    decisions.publish_with_changes(post=waiting.post, by=alex, title="T", body="Ring somebody")
    change = {"title": "Mine", "body": "Ring <her>\n\nnow", "words": "A number.", "sure": "on"}
    response = decide(desk, waiting.post, "change", version=version, **change)
    assert text_to_copy(response).replace("\r", "") == "Mine\n\nRing <her>\n\nnow\n\nA number."
    page = response.content.decode()
    assert ("Alex decided on" in page, page.count("Ring &lt;her&gt;"), "Ring somebody" in page) == (True, 1, True)
    assert f'name="version" value="{decisions.post_version(reload(waiting.post))}"' in page
    assert version not in page


def test_what_was_typed_about_a_post_that_is_gone_is_shown_to_be_copied(desk, waiting):
    version = decisions.post_version(waiting.post)
    writer_actions.withdraw(post=waiting.post)
    asked = desk.post(review_url(waiting.post), {"act": "ask", "question": "Which one?", "version": version})
    refused = decide(desk, waiting.post, "refuse", version=version, reason="spam", words="Not here.")
    assert [text_to_copy(response) for response in (asked, refused)] == ["Which one?", "Not here."]


def test_a_page_on_which_nothing_was_typed_shows_nothing_to_copy(desk, waiting):
    assert text_to_copy(desk.get(review_url(waiting.post))) is None


def test_who_may_only_look_decides_nothing_in_the_list(client, waiting):
    looker = make_staff("look@example.org")
    looker.user_permissions.set(Permission.objects.filter(codename="view_post"))
    sign_in(client, looker)
    for action in ("publish_chosen", "refuse_chosen"):
        client.post(QUEUE, {"action": action, "_selected_action": [waiting.post.pk]})
    assert reload(waiting.post).state == "waiting"


def test_the_log_tells_the_day_and_not_the_moment(desk, published, waiting):
    decide(desk, waiting.post, "remove", reason="spam", words="No.", sure="on")
    moment = timezone.localtime(LogEntry.objects.get().action_time)
    assert (moment.date(), f"{moment:%H:%M:%S.%f}") == (timezone.localdate(), "00:00:00.000000")


def test_each_form_of_the_page_knows_what_the_page_showed(desk, waiting):
    marks = re.findall(r'name="version" value="([^"]*)"', desk.get(review_url(waiting.post)).content.decode())
    assert marks == [decisions.post_version(reload(waiting.post))] * 5
