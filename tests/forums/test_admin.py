"""The moderators' queue and the page on which a post is decided."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forums.admin.forums import ThreadAdmin
from forums.models import Consultation, Forum, ModeratorNote, Post, Thread, Topic
from forums.moderation import decisions
from forums.moderation.decisions import post_version
from forums.writer_actions import reply, start_thread, withdraw
from mscos.forms import new_submission_id
from mscos.groups import CALL_HANDLERS, EDITORS
from tests.admin_forms import version_on
from tests.forums.helpers import QUEUE, admin_words, decide, review_url
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam_client(client, sam):
    sign_in(client, sam)
    return client


def test_the_queue_shows_what_waits_oldest_first_with_its_age(sam_client, forum, waiting, sam):
    Post.objects.update(day=timezone.localdate() - timedelta(days=2))
    start_thread(
        forum=forum, submission_id=new_submission_id(), title="T", body="Newer " + "word " * 60, content_note=""
    )
    done = start_thread(forum=forum, submission_id=new_submission_id(), title="T", body="Decided before")
    decisions.publish(post=done.post, by=sam)
    page = admin_words(sam_client.get(QUEUE))
    assert page.index("Is there one?") < page.index("Newer word")
    assert "2 days" in page
    assert "today" in page
    assert "Decided before" not in page
    assert "Waiting to be checked: 2 · Published: 1" in page
    assert "Nothing here identifies the writer. Do not try to find out." in page


def test_an_empty_queue_says_thank_you(sam_client, forum):
    assert "All checked. Thank you." in admin_words(sam_client.get(QUEUE))


def test_a_filter_that_finds_nothing_does_not_say_that_all_is_checked(sam_client, waiting):
    page = admin_words(sam_client.get(f"{QUEUE}?state=removed"))
    assert "No posts match. Remove a filter to see what waits." in page
    assert "All checked" not in page


def test_a_content_note_stands_in_the_place_of_the_words_until_opened(sam_client, forum):
    sent = start_thread(
        forum=forum, submission_id=new_submission_id(), title="T", body="Hard words", content_note="threats"
    )
    assert "Hard words" not in admin_words(sam_client.get(QUEUE))
    html = sam_client.get(review_url(sent.post)).content.decode()
    assert "Hard words" not in re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)


def test_other_states_can_be_asked_for(sam_client, thread):
    assert "Is there one?" in admin_words(sam_client.get(f"{QUEUE}?state=published"))
    assert "Is there one?" in admin_words(sam_client.get(f"{QUEUE}?state=all"))


def test_the_queue_asks_as_often_for_one_post_as_for_fifty(sam_client, forum, waiting, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(20) as queries:
            sam_client.get(QUEUE)
        return len(queries)

    one = count()
    for number in range(49):
        start_thread(forum=forum, submission_id=new_submission_id(), title="T", body=str(number))
    assert count() == one


def test_publishing_from_the_queue(sam_client, waiting, sam):
    response = decide(sam_client, waiting.post, "publish")
    assert Post.objects.get().state == "published"
    assert Post.objects.get().decided_by == sam
    assert "Published." in admin_words(response) or "Published." in response.content.decode()


def test_a_change_is_shown_struck_and_added_before_it_destroys(sam_client, waiting):
    change = {
        "decision": "change",
        "version": post_version(waiting.post),
        "title": "A quiet room",
        "body": "Is there a quiet one?",
        "words": "One word.",
    }
    asked = sam_client.post(review_url(waiting.post), change)
    html = asked.content.decode()
    assert "<ins>a quiet </ins>" in html
    assert Post.objects.get().state == "waiting"
    sam_client.post(review_url(waiting.post), {**change, "sure": "on"})
    post = Post.objects.get()
    assert (post.state, post.body) == ("changed", "Is there a quiet one?")
    assert ModeratorNote.objects.get().body == "One word."


def test_a_change_that_changes_nothing_is_told(sam_client, waiting):
    response = sam_client.post(
        review_url(waiting.post), {"decision": "change", "title": "A quiet room", "body": "Is there one?"}
    )
    assert "Nothing was changed. Change something, or press Publish" in admin_words(response)
    assert Post.objects.get().state == "waiting"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"decision": "refuse", "words": "It names a town."}, "Choose a reason"),
        ({"decision": "refuse", "reason": "place"}, "Enter some words to the writer"),
        ({"decision": "refuse", "reason": "nonsense", "words": "W"}, "Select a valid choice"),
        ({"decision": "change", "title": "", "body": "B"}, "Enter a title"),
        ({"decision": "change", "title": "T", "body": ""}, "Enter your post"),
        ({"decision": "eat"}, "Select a valid choice"),
        ({}, "This field is required"),
    ],
)
def test_a_decision_without_what_it_needs_is_told_and_kept(sam_client, waiting, typed, message):
    response = sam_client.post(review_url(waiting.post), typed)
    assert message in admin_words(response)
    if "words" in typed:
        assert response.context["form"]["words"].value() == typed["words"]
    assert Post.objects.get().state == "waiting"


def test_a_refusal_that_lacks_its_reason_leaves_the_post_as_it_is_in_the_other_form(sam_client, waiting):
    html = decide(sam_client, waiting.post, "refuse", words="It names a town.").content.decode()
    assert html.count("It names a town.") == 1
    assert ">\nIs there one?</textarea>" in html
    assert 'value="A quiet room"' in html


def test_a_thread_is_offered_the_types_of_its_own_forum(sam_client, thread, consultation):
    other = Forum.objects.create(slug="safety", title="Safety forum", purpose="P")
    foreign = Consultation.objects.create(forum=other, question="Q", why="W")
    Topic.objects.create(consultation=foreign, code="x", title="Foreign type")
    page = admin_words(sam_client.get(reverse("admin:forums_thread_change", args=[thread.pk])))
    assert "Council housing" in page
    assert "Foreign type" not in page


def test_refusing_with_a_reason_and_words(sam_client, waiting):
    sam_client.post(review_url(waiting.post), {"decision": "refuse", "reason": "place", "words": "It names a town."})
    post = Post.objects.get()
    assert (post.state, post.reason, post.notes.get().body) == ("refused", "place", "It names a town.")


def test_taking_down_asks_first(sam_client, thread, published):
    down = {"decision": "remove", "reason": "person", "words": "It named somebody."}
    assert "Take this post down?" in admin_words(sam_client.post(review_url(published.post), down))
    assert Post.objects.get().state == "published"
    sam_client.post(review_url(published.post), {**down, "sure": "on"})
    assert (Post.objects.get().state, Post.objects.get().body) == ("removed", "")


def test_the_second_of_two_moderators_is_told_and_changes_nothing(sam_client, waiting, alex):
    decisions.refuse(post=waiting.post, by=alex, reason="place", words="W")
    response = sam_client.post(
        review_url(waiting.post), {"decision": "refuse", "reason": "spam", "words": "Mine"}, follow=True
    )
    today = timezone.localdate()
    assert f"Alex decided on {today.day} {today:%B %Y}: Not published." in admin_words(response)
    assert Post.objects.get().reason == "place"


def test_a_page_opened_before_cannot_publish_what_was_refused_since(sam_client, waiting, alex):
    version = post_version(waiting.post)
    decisions.refuse(post=waiting.post, by=alex, reason="person", words="It names somebody.")
    change = {"title": "T", "body": "Other words", "sure": "on"}
    for decision, typed in (("publish", {}), ("change", change)):
        response = decide(sam_client, waiting.post, decision, version=version, **typed)
        assert "Alex decided on" in admin_words(response)
        assert Post.objects.get().state == "refused"
    decide(sam_client, waiting.post, "publish")
    assert Post.objects.get().state == "published"


def test_a_refused_post_without_words_offers_nothing_to_publish(sam_client, waiting, alex):
    decisions.refuse(post=waiting.post, by=alex, reason="person", words="It names somebody.")
    Post.objects.update(body="")
    assert "Publish" not in admin_words(sam_client.get(review_url(waiting.post)))
    response = decide(sam_client, waiting.post, "publish")
    assert "The words of this post have been erased." in response.content.decode()
    assert Post.objects.get().state == "refused"


def test_saving_a_thread_writes_only_what_was_changed(sam_client, thread, sam):
    """A title that its writer takes down while a moderator has the form open stays gone."""
    form = type("Form", (), {"changed_data": ["pinned"]})
    stale = Thread.objects.get()
    Thread.objects.update(title="", state=Thread.State.GONE)
    stale.pinned = True
    ThreadAdmin(Thread, admin.site).save_model(None, stale, form, change=True)
    form.changed_data = ["state"]
    stale.state = Thread.State.CLOSED
    ThreadAdmin(Thread, admin.site).save_model(None, stale, form, change=True)
    current = Thread.objects.get()
    assert (current.title, current.state, current.pinned) == ("", "gone", True)


@pytest.mark.parametrize("lookup", ["form_digest__regex=(", "voice__code_digest=x", "voice=1", "body__contains=quiet"])
def test_posts_cannot_be_searched_by_their_columns(sam_client, waiting, lookup):
    assert sam_client.get(f"{QUEUE}?{lookup}").status_code == 400


def test_the_way_to_a_rows_own_page_is_open_to_those_who_see_the_row(sam_client, waiting):
    kind = ContentType.objects.get_for_model(Post).pk
    other = Client()
    sign_in(other, make_staff("editor@example.org", groups=[EDITORS]))
    assert other.get(f"/admin/r/{kind}/{waiting.post.pk}/").status_code == 403
    assert sam_client.get(f"/admin/r/{kind}/{waiting.post.pk}/").status_code == 302
    assert sam_client.get(f"/admin/r/{kind}/999/").status_code == 404


def test_what_its_writer_took_down_meanwhile_shows_no_words(sam_client, waiting):
    withdraw(post=waiting.post)
    response = decide(sam_client, waiting.post, "publish")
    assert "This is no longer waiting: Taken down by the writer." in admin_words(response)


def test_the_admin_log_names_the_post_and_none_of_its_words(sam_client, waiting):
    change = {"title": "Other title", "body": "Other words", "words": "Note", "sure": "on"}
    decide(sam_client, waiting.post, "change", **change)
    entry = LogEntry.objects.get()
    code = Thread.objects.get().code
    assert (entry.object_repr, entry.change_message) == (
        f"post without a number in thread {code}",
        "Published with a change.",
    )


@pytest.mark.parametrize("groups", [[], [EDITORS], [CALL_HANDLERS]])
def test_only_moderators_see_the_queue(client, waiting, groups):
    sign_in(client, make_staff("kim@example.org", groups=groups))
    assert client.get(QUEUE).status_code == 403
    assert client.get(review_url(waiting.post)).status_code == 403
    assert client.post(review_url(waiting.post), {"decision": "publish"}).status_code == 403
    assert Post.objects.get().state == "waiting"


def test_nobody_adds_or_deletes_posts_and_threads_in_the_admin(client, waiting):
    sign_in(client, make_staff("root@example.org", is_superuser=True))
    assert client.get(reverse("admin:forums_post_add")).status_code == 403
    assert client.post(reverse("admin:forums_post_delete", args=[waiting.post.pk])).status_code == 403
    assert client.post(reverse("admin:forums_thread_delete", args=[waiting.post.thread_id])).status_code == 403


def test_unknown_posts_are_not_found(sam_client, forum):
    assert sam_client.get(reverse("admin:forums_post_change", args=["999"])).status_code == 404
    assert sam_client.get(reverse("admin:forums_post_change", args=["x"])).status_code == 404


def test_a_moderator_closes_and_pins_a_thread(sam_client, thread):
    address = reverse("admin:forums_thread_change", args=[thread.pk])
    sam_client.post(
        address, {"topic": "", "pinned": "on", "state": "closed", "version": version_on(sam_client, address)}
    )
    thread.refresh_from_db()
    assert (thread.pinned, thread.state) == (True, "closed")
    assert LogEntry.objects.get().object_repr == f"thread {thread.code}"


def test_a_waiting_thread_cannot_be_opened_without_its_post(sam_client, waiting):
    address = reverse("admin:forums_thread_change", args=[waiting.post.thread_id])
    sam_client.post(address, {"topic": "", "state": "open", "version": version_on(sam_client, address)})
    assert Thread.objects.get().state == "waiting"


def test_a_moderator_pauses_a_forum(sam_client, forum):
    address = reverse("admin:forums_forum_change", args=[forum.pk])
    typed = {"slug": forum.slug, "title": forum.title, "purpose": forum.purpose, "position": "0"}
    typed["version"] = version_on(sam_client, address)
    sam_client.post(address, {**typed, "state": "paused", "paused_until": "2999-04-03"})
    assert Forum.objects.get().state == "paused"
    wrong = sam_client.post(address, {**typed, "state": "open", "paused_until": "2999-04-03"})
    assert "Give a day only for a paused forum." in wrong.content.decode()


def test_replies_show_the_thread_for_context(sam_client, thread, published):
    sent = reply(thread=thread, submission_id=new_submission_id(), body="Yes.", in_reply_to=published.post)
    page = admin_words(sam_client.get(review_url(sent.post)))
    assert "Reply in Housing forum" in page
    assert "Is there one?" in page
    assert "In reply to #1" in page


def test_nobody_decides_on_posts_that_came_after_the_page(sam_client, forum, waiting):
    later = start_thread(forum=forum, submission_id=new_submission_id(), title="T", body="Came later")
    chosen = {"action": "refuse_chosen", "_selected_action": [waiting.post.pk], "select_across": "1"}
    sam_client.post(QUEUE, chosen)
    assert Post.objects.get(pk=later.post.pk).state == "waiting"
    sam_client.post(QUEUE, {**chosen, "action": "publish_chosen"})
    assert Post.objects.get(pk=later.post.pk).state == "waiting"


def test_a_page_that_comes_back_with_an_error_is_as_old_as_it_was(sam_client, waiting, alex):
    """Else the words that a colleague destroyed meanwhile would be published with the next press."""
    stale = {"decision": "change", "version": post_version(waiting.post), "title": "", "body": "Ring 07700 900871 now"}
    decisions.publish_with_changes(post=waiting.post, by=alex, title="T", body="Ring somebody")
    page = sam_client.post(review_url(waiting.post), stale).content.decode()
    change = page.split("Change what is published", 1)[1]
    mark = re.search(r'name="version" value="([^"]*)"', page[: page.index("Change what is published")][-400:]).group(1)
    assert ("Ring 07700 900871 now" in change, mark) == (True, stale["version"])
    again = {**stale, "title": "T", "version": mark, "sure": "on"}
    response = sam_client.post(review_url(waiting.post), again, follow=True)
    assert "Alex decided on" in admin_words(response)
    assert Post.objects.get().body == "Ring somebody"


@pytest.mark.parametrize("decision", ["refuse", "remove"])
def test_a_page_opened_before_takes_nothing_down_that_changed_since(sam_client, waiting, sam, alex, decision):
    if decision == "remove":
        decisions.publish(post=waiting.post, by=sam)
    version = post_version(Post.objects.get())
    Thread.objects.update(title="Another")
    decide(sam_client, waiting.post, decision, reason="spam", words="No.", sure="on", version=version)
    assert Post.objects.get().state == {"refuse": "waiting", "remove": "published"}[decision]


@pytest.mark.parametrize("model", ["post", "thread", "forum", "consultation"])
def test_no_list_of_the_forums_asks_more_than_eight_times(
    sam_client, thread, consultation, model, django_assert_max_num_queries
):
    address = reverse(f"admin:forums_{model}_changelist")
    sam_client.get(address)  # kinds of rows are asked for once in a process
    with django_assert_max_num_queries(8):
        assert sam_client.get(address).status_code == 200
