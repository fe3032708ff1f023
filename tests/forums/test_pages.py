import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from forums.models import Consultation, Forum, Post, Thread, Topic
from forums.moderation import decisions
from forums.writer_actions import start_thread, withdraw
from mscos.forms import new_submission_id
from tests.forums.helpers import published_reply, title, words

pytestmark = pytest.mark.django_db


def many_threads(forum, sam, count, **fields):
    for number in range(count):
        sent = start_thread(
            forum=forum, submission_id=new_submission_id(), title=f"Thread {number}", body="Words", **fields
        )
        decisions.publish(post=sent.post, by=sam)


def test_the_list_of_forums_says_so_while_there_is_none(client):
    assert "No forum is open yet." in words(client.get("/forums/"))


def test_the_list_of_forums_counts_visible_threads_only(client, forum, thread, waiting):
    start_thread(forum=forum, submission_id=new_submission_id(), title="Unseen", body="Words")
    assert "1 thread, last post on" in words(client.get("/forums/"))


def test_lists_with_counts_stay_in_their_order(forum, consultation):
    Forum.objects.create(slug="a", title="Last", purpose="P", position=9)
    assert [each.slug for each in Forum.objects.with_activity()] == ["housing", "a"]
    assert Forum.objects.with_activity().ordered
    assert [topic.code for topic in Topic.objects.with_view_counts()] == ["e", "b"]
    assert Topic.objects.with_view_counts().ordered


def test_an_empty_forum_says_what_to_do(client, forum):
    response = client.get("/forums/housing/")
    assert "Nothing here yet. Start the first thread" in words(response)
    assert title(response) == "Housing forum – Community of Practice"


def test_a_forum_lists_what_is_published_and_not_what_waits(client, forum, thread):
    start_thread(forum=forum, submission_id=new_submission_id(), title="Unseen title", body="Words")
    page = words(client.get("/forums/housing/"))
    assert "A quiet room" in page
    assert "Unseen title" not in page


def test_titles_of_threads_stay_out_of_title_and_address(client, thread):
    response = client.get(thread.get_absolute_url())
    assert title(response) == "Thread in Housing forum – Community of Practice"
    assert thread.get_absolute_url() == f"/forums/housing/t/{thread.code}/"
    assert re.fullmatch("[2-9a-z]{8}", thread.code)


def test_a_thread_that_waits_is_not_found(client, waiting):
    thread = Thread.objects.get()
    assert client.get(thread.get_absolute_url()).status_code == 404
    assert client.get(f"{thread.get_absolute_url()}reply/").status_code == 404


def test_a_post_shows_name_day_number_and_text(client, thread, published):
    page = words(client.get(thread.get_absolute_url()))
    day = timezone.localdate()
    assert f"Anonymous · {published.post.voice.name} #1 Started this thread {day.day} {day:%B %Y} Is there one?" in page


def test_no_time_of_day_is_in_a_thread_or_a_header(client, thread):
    response = client.get(thread.get_absolute_url())
    assert re.findall(r"\d\d:\d\d", response.content.decode()) == []
    assert [name for name in ("Last-Modified", "ETag", "Set-Cookie") if name in response.headers] == []


def test_gone_posts_keep_their_number_and_say_who_took_them_down(client, thread, sam):
    second, third = published_reply(thread, sam, "One"), published_reply(thread, sam, "Two")
    withdraw(post=second.post)
    decisions.remove(post=third.post, by=sam, reason="person", words="It named somebody.")
    page = words(client.get(thread.get_absolute_url()))
    assert "#2 was taken down by the person who wrote it." in page
    assert "#3 was taken down by a moderator." in page


def test_a_changed_post_says_so(client, waiting, sam):
    decisions.publish_with_changes(post=waiting.post, by=sam, title="T", body="[detail removed to protect privacy]")
    page = words(client.get(Thread.objects.get().get_absolute_url()))
    assert "Published with a change" in page
    assert "[detail removed to protect privacy]" in page


def test_a_content_note_folds_the_post(client, thread, sam):
    published_reply(thread, sam, "Hard words", content_note="threats")
    html = client.get(thread.get_absolute_url()).content.decode()
    details = re.search(r'<details class="note">.*?</details>', html, re.DOTALL).group()
    assert "Content note: threats. Show this post" in details
    assert "Hard words" in details
    assert html.count("Hard words") == 1


def test_a_reply_points_to_its_post_on_the_page_that_it_is_on(client, thread, published, sam):
    answered = Post.objects.get(pk=published.post.pk)
    for _ in range(30):
        published_reply(thread, sam)
    published_reply(thread, sam, "The last one", in_reply_to=Post.objects.get(number=31))
    published_reply(thread, sam, "To the first", in_reply_to=answered)
    html = client.get(f"{thread.get_absolute_url()}?page=2").content.decode()
    assert f'Replying to <a href="{thread.get_absolute_url()}?page=2#post-31">#31</a>' in html
    assert f'Replying to <a href="{thread.get_absolute_url()}#post-1">#1</a>' in html
    assert title(client.get(f"{thread.get_absolute_url()}?page=2")) == (
        "Thread in Housing forum (page 2 of 2) – Community of Practice"
    )


def test_a_closed_thread_offers_a_new_one_and_no_reply(client, thread):
    Thread.objects.update(state=Thread.State.CLOSED)
    html = client.get(thread.get_absolute_url()).content.decode()
    assert "This thread is closed. Start a new one." in html
    assert "/reply/" not in html


def test_a_paused_forum_says_until_when(client, forum, thread):
    Forum.objects.update(state="paused", paused_until="2023-04-03")
    sentence = "New posts are paused until Monday 3 April 2023. You can still read."
    addresses = ("/forums/housing/", "/forums/housing/new/", thread.get_absolute_url())
    with time_machine.travel("2023-04-02T12:00:00Z", tick=False):
        for address in addresses:
            assert sentence in words(client.get(address))
        assert "<textarea" not in client.get("/forums/housing/new/").content.decode()
        assert "Paused" in words(client.get("/forums/"))
    with time_machine.travel("2023-04-03T12:00:00Z", tick=False):
        for address in addresses:
            assert "paused" not in words(client.get(address))
        assert "<textarea" in client.get("/forums/housing/new/").content.decode()
        assert "Paused" not in words(client.get("/forums/"))


@pytest.mark.parametrize("page", ["abc", "0", "-1", "99", "1e9", "%00", "%ff", "", "٣", "9" * 5000])
def test_page_numbers_that_are_none_show_the_first_page(client, forum, sam, page):
    many_threads(forum, sam, 21)
    response = client.get(f"/forums/housing/?page={page}")
    assert title(response) == "Housing forum (page 1 of 2) – Community of Practice"


def test_pagination_is_hidden_for_one_page_and_drops_what_leads_nowhere(client, forum, sam):
    many_threads(forum, sam, 20)
    assert 'class="pagination"' not in client.get("/forums/housing/").content.decode()
    many_threads(forum, sam, 1)
    first, last = (client.get(f"/forums/housing/?page={page}").content.decode() for page in (1, 2))
    assert ("Previous" in first, "Next" in first) == (False, True)
    assert ("Previous" in last, "Next" in last) == (True, False)


def test_the_way_back_by_code_is_on_every_page_of_a_forum_paused_or_not(client, forum, thread):
    for state in ("open", "paused"):
        Forum.objects.update(state=state)
        links = [client.get(path).content.decode().count(">I have a code</a>") for path in ("/forums/housing/", thread.get_absolute_url())]  # fmt: skip
        assert (state, links) == (state, [2, 1])


def test_filters_lead_to_the_results_and_fold_up_again(client, forum, thread):
    for query in ("", "?replies=none"):
        page = client.get(f"/forums/housing/{query}").content.decode()
        places = [page.index(each) for each in ('<details class="filters">', 'action="#results"', 'id="results"', 'class="rows"')]  # fmt: skip
        assert places == sorted(places)


def test_filters_work_by_address_and_are_shown_as_links_that_remove_them(client, forum, consultation, sam):
    topic = Topic.objects.get(code="e")
    many_threads(forum, sam, 2, topic=topic)
    many_threads(forum, sam, 1)
    response = client.get("/forums/housing/?type=e&replies=none")
    assert "Showing 2 of 3. Remove: Council housing , No replies yet" in words(response)
    assert '<a href="?replies=none">Council housing</a>' in response.content.decode()
    assert "No threads match. Remove a filter to see more." in words(client.get("/forums/housing/?type=b"))


@pytest.mark.parametrize(
    "query", ["type=zz", "type=%00", "type=%ff", "replies=x", "order=x", "type=e&type=b", "x" * 3000]
)
def test_filters_that_make_no_sense_are_passed_over(client, forum, consultation, sam, query):
    many_threads(forum, sam, 1)
    response = client.get(f"/forums/housing/?{query}")
    assert response.status_code == 200


def test_newest_threads_come_first_when_asked_for(client, forum, sam):
    for day in (1, 2):
        with time_machine.travel(f"2026-03-0{day}T10:00:00Z", tick=False):
            many_threads(forum, sam, 1)
            Thread.objects.filter(title="Thread 0").update(title=f"Thread {day}")
    with time_machine.travel("2026-03-03T10:00:00Z", tick=False):
        published_reply(Thread.objects.select_related("forum").get(title="Thread 1"), sam)
    assert re.findall(r"Thread \d", words(client.get("/forums/housing/"))) == ["Thread 1", "Thread 2"]
    assert re.findall(r"Thread \d", words(client.get("/forums/housing/?order=new"))) == ["Thread 2", "Thread 1"]


def test_threads_of_one_day_stand_in_no_order_of_writing(client, forum, sam):
    many_threads(forum, sam, 9)
    by_code = [thread.title for thread in Thread.objects.order_by("code")]
    for query in ("", "?order=new"):
        assert re.findall(r"Thread \d", words(client.get(f"/forums/housing/{query}"))) == by_code


def test_replies_are_counted_also_where_the_first_post_is_gone(client, thread, published, sam):
    published_reply(thread, sam)
    withdraw(post=published.post)
    assert "No replies yet" not in words(client.get(thread.get_absolute_url()))
    assert "1 reply, last on" in words(client.get("/forums/housing/"))
    assert "No threads match" in words(client.get("/forums/housing/?replies=none"))


def test_types_of_a_call_that_has_not_opened_are_not_told(client, forum, consultation, thread):
    Consultation.objects.update(opens="2999-01-01", closes=None)
    assert "Council housing" not in words(client.get("/forums/housing/"))
    assert "Council housing" not in words(client.get("/forums/housing/new/"))


def test_a_forum_uses_a_code_for_one_type(forum, consultation):
    other = Consultation.objects.create(forum=forum, question="And now?", why="To learn.")
    Topic(consultation=other, code="e", title="Council housing").full_clean()
    with pytest.raises(ValidationError, match="This forum uses the code 'e' for 'Council housing'"):
        Topic(consultation=other, code="e", title="Legal advice").full_clean()


def test_a_member_who_posts_by_name_is_shown_by_name(client, thread, sam):
    Post.objects.create(thread=thread, author=sam, body="Hello", body_html="<p>Hello</p>", number=2, state="published")
    assert "Sam (MSCOS team) #2" in words(client.get(thread.get_absolute_url()))


def test_two_calls_may_use_one_code_for_the_same_type(client, forum, consultation, sam):
    other = Consultation.objects.create(forum=forum, question="And now?", why="To learn.")
    Topic.objects.create(consultation=other, code="e", title="Council housing")
    for topic in Topic.objects.filter(code="e"):
        many_threads(forum, sam, 1, topic=topic)
    assert client.get("/forums/housing/").content.decode().count('<option value="e">') == 1
    assert "Showing 2 of 2. Remove: Council housing" in words(client.get("/forums/housing/?type=e"))
    sent = {"title": "T", "body": "B", "topic": "e", "submission_id": new_submission_id()}
    assert title(client.post("/forums/housing/new/", sent)) == "Sent – Community of Practice"


def test_a_forum_without_prompts_offers_no_types(client, forum):
    assert "Type of provision" not in words(client.get("/forums/housing/"))


def test_pinned_threads_come_first(client, forum, sam):
    many_threads(forum, sam, 2)
    Thread.objects.filter(title="Thread 0").update(pinned=True)
    assert re.findall(r"Thread \d", words(client.get("/forums/housing/"))) == ["Thread 0", "Thread 1"]


def test_a_call_shows_its_prompts_with_counts_of_visible_views(client, forum, consultation, sam):
    many_threads(forum, sam, 2, topic=Topic.objects.get(code="e"))
    start_thread(forum=forum, submission_id=new_submission_id(), title="W", body="W", topic=Topic.objects.get(code="b"))
    page = words(client.get(consultation.get_absolute_url()))
    assert "Council housing 2 views on Council housing Add your view on Council housing" in page
    assert "Asylum accommodation No views yet on this type. Add your view" in page


def test_a_call_begins_with_a_way_in(client, forum, consultation):
    button = '<a class="button" href="{}">Add your view</a>'
    assert button.format("#types") in client.get(consultation.get_absolute_url()).content.decode()
    Topic.objects.all().delete()
    html = client.get(consultation.get_absolute_url()).content.decode()
    assert (button.format("/forums/housing/new/") in html, html.count("Add your view")) == (True, 1)


def test_a_call_that_has_closed_says_when_and_takes_no_views(client, consultation):
    Consultation.objects.update(opens="2023-03-20", closes="2023-04-28", what_we_heard="")
    response = client.get(consultation.get_absolute_url())
    assert "It closed on 28 April 2023." in words(response)
    assert "Add your view" not in words(response)
    assert "We need your views" not in words(client.get("/forums/"))


def test_what_we_heard_is_shown_after_closing_only(client, consultation):
    consultation.what_we_heard = "We heard much."
    consultation.save()
    assert "We heard much." not in words(client.get(consultation.get_absolute_url()))
    Consultation.objects.update(opens="2023-03-20", closes="2023-04-28")
    assert "We heard much." in words(client.get(consultation.get_absolute_url()))


def test_a_call_that_has_not_opened_is_not_found(client, consultation):
    Consultation.objects.update(opens="2999-01-01", closes=None)
    assert client.get(consultation.get_absolute_url()).status_code == 404


def test_the_prompt_of_the_address_is_chosen_in_the_form(client, forum, consultation):
    html = client.get("/forums/housing/new/?type=e").content.decode()
    assert '<option value="e" selected>Council housing</option>' in html


def pages(thread):
    consultation = Consultation.objects.get()
    return {
        "/": "home",
        "/forums/": "forums",
        "/forums/housing/": "forum",
        thread.get_absolute_url(): "thread",
        consultation.get_absolute_url(): "call",
        "/forums/housing/new/": "new thread",
        f"{thread.get_absolute_url()}reply/?to=1": "reply",
    }


def test_no_page_asks_the_database_more_often_for_fifty_rows_than_for_one(
    client, forum, consultation, thread, sam, django_assert_max_num_queries
):
    def counts():
        found = {}
        for address, name in pages(thread).items():
            with django_assert_max_num_queries(8, info=address) as queries:
                assert client.get(address).status_code == 200
            found[name] = len(queries)
        return found

    published_reply(thread, sam, in_reply_to=thread.posts.get(number=1))
    many_threads(forum, sam, 1, topic=Topic.objects.first())
    one = counts()
    many_threads(forum, sam, 50, topic=Topic.objects.first())
    for _ in range(50):
        published_reply(thread, sam, in_reply_to=thread.posts.get(number=1))
    for number in range(50):
        Forum.objects.create(slug=f"forum-{number}", title=f"Forum {number}", purpose="P")
        Topic.objects.create(consultation=consultation, code=f"p{number}", title="P")
    assert counts() == one


def test_reading_sets_no_cookie_and_a_form_page_one_that_dies_with_the_browser(client, forum, consultation, thread):
    for address, name in pages(thread).items():
        client.cookies.clear()
        cookies = client.get(address).cookies
        if name in {"new thread", "reply"}:
            assert list(cookies) == ["form"]
            cookie = cookies["form"]
            assert (cookie["max-age"], cookie["expires"], cookie["httponly"], cookie["samesite"]) == (
                "",
                "",
                True,
                "Strict",
            )
        else:
            assert list(cookies) == [], name


def test_threads_and_forms_ask_not_to_be_indexed(client, thread):
    assert '<meta name="robots" content="noindex, noarchive">' in client.get(thread.get_absolute_url()).content.decode()
    response = client.get(reverse("forums:thread_create", args=["housing"]))
    assert response.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert response.headers["Cache-Control"] == "no-store, private"
