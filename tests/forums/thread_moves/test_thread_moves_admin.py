"""The pages on which moderators move, merge and split threads."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from forums.models import Consultation, MovedPost, Thread, Topic
from forums.moderation import thread_moves
from forums.writer_actions import withdraw
from mscos.groups import CALL_HANDLERS, EDITORS
from tests.forums.helpers import admin_words, messages_of, published_reply
from tests.forums.thread_moves.helpers import numbered_bodies, post, posts, reload
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db

OPERATIONS = ("move", "merge", "split")


@pytest.fixture
def desk(client, sam):
    sign_in(client, sam)
    return client


def page(thread, way):
    return reverse(f"admin:forums_thread_{way}", args=[thread.pk])


def change(thread):
    return reverse("admin:forums_thread_change", args=[thread.pk])


def logged():
    return [(entry.object_repr, entry.change_message) for entry in LogEntry.objects.order_by("pk")]


def final_url(response):
    return response.redirect_chain[-1][0]


def field(response, name):
    """Return the value of a text field of the page."""
    (tag,) = re.findall(rf'<input [^>]*name="{name}"[^>]*>', response.content.decode())
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


def test_the_page_of_a_thread_leads_to_the_three(desk, one, waiting):
    html = desk.get(change(one)).content.decode()
    assert [html.count(f'href="{page(one, way)}"') for way in OPERATIONS] == [1, 1, 1]
    html = desk.get(change(waiting.post.thread)).content.decode()
    assert [page(waiting.post.thread, way) in html for way in OPERATIONS] == [False] * 3


def test_moving(desk, one, safety):
    response = desk.post(page(one, "move"), {"to": safety.pk}, follow=True)
    assert (reload(one).forum, final_url(response), messages_of(response)) == (
        safety,
        change(one),
        ["Moved to the Safety forum."],
    )
    assert logged() == [(f"thread {one.code}", "Moved to the forum safety.")]


@pytest.mark.parametrize("typed", ["own", "", "999", "x"])
def test_a_forum_that_is_none_to_move_to_is_told(desk, one, typed):
    response = desk.post(page(one, "move"), {"to": one.forum_id if typed == "own" else typed})
    assert "Nothing was changed. Mend what is marked, then send again." in admin_words(response)
    assert "Choose another forum" in admin_words(response)
    assert (reload(one).forum, logged()) == (one.forum, [])


def test_what_moving_does_to_a_call_is_said_first(desk, start, consultation, safety):
    thread = start("ab", topic=Topic.objects.get(code="e"))
    said = "It loses its type, “Council housing”, and no longer counts as a view on that call."
    assert said in admin_words(desk.get(page(thread, "move")))
    desk.post(page(thread, "move"), {"to": safety.pk})
    assert said not in admin_words(desk.get(page(thread, "move")))
    assert Consultation.objects.get().topics.with_view_counts()[0].view_count == 0


@pytest.mark.parametrize("typed", ["{code}", " {CODE} ", "http://testserver/forums/housing/t/{code}/?page=2#post-31"])
def test_merging_by_the_code_or_address_of_the_other(desk, one, two, typed):
    typed = typed.format(code=two.code, CODE=two.code.upper())
    asked = desk.post(page(one, "merge"), {"into": typed})
    assert ("Is this the thread that you mean?" in admin_words(asked), reload(one).state) == (True, "open")
    assert f'name="sure" value="{two.code}"' in asked.content.decode()
    response = desk.post(page(one, "merge"), {"into": typed, "sure": two.code}, follow=True)
    assert (numbered_bodies(two), final_url(response)) == ("1u 2v 3w 4a 5b 6c 7d", change(two))
    assert messages_of(response) == [f"Merged. All posts of thread {one.code} are in this one now."]
    assert logged() == [
        (f"thread {one.code}", f"Merged into thread {two.code}."),
        (f"thread {two.code}", f"Got the posts of thread {one.code}."),
    ]


def test_another_thread_than_the_one_confirmed_is_shown_first(desk, one, two, start):
    third = start("xy")
    asked = desk.post(page(one, "merge"), {"into": third.code, "sure": two.code})
    assert (f'name="sure" value="{third.code}"' in asked.content.decode(), reload(one).state) == (True, "open")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the other thread's code or address"),
        ("nothing", "No thread has this code or address. Copy it from the thread's page"),
        ("own", "This is the thread itself. Give the code of another."),
        ("waiting", "Nobody can read thread {} now. Choose one that is open or closed."),
    ],
)
def test_a_thread_that_is_none_to_merge_into_is_told_and_kept(desk, one, waiting, typed, message):
    code = waiting.post.thread.code
    typed = {"own": one.code, "waiting": code}.get(typed, typed)
    response = desk.post(page(one, "merge"), {"into": typed})
    assert message.format(code) in admin_words(response).replace("&#x27;", "'")
    assert (field(response, "into"), reload(one).state, logged()) == (typed, "open", [])


def test_the_page_of_a_merged_thread_says_where_it_went(desk, one, two):
    thread_moves.merge(thread=one, into=two)
    shown = admin_words(desk.get(change(one)))
    assert f"Merged into: thread {two.code}" in shown
    assert "Merge into another thread" not in shown
    assert "Merged into" not in admin_words(desk.get(change(two)))


def test_splitting_by_ticks_and_numbers(desk, one, sam):
    for letter in "efgh":
        published_reply(one, sam, letter)
    typed = {"title": "🌱 שלום", "numbers": "#2, 4-5,", "ticked": ["7"]}
    response = desk.post(page(one, "split"), typed, follow=True)
    new = Thread.objects.exclude(pk=one.pk).get()
    assert (new.title, numbered_bodies(new), numbered_bodies(one)) == ("🌱 שלום", "1b 2d 3e 4g", "1a 3c 6f 8h")
    assert (final_url(response), messages_of(response)) == (
        change(new),
        [f"Split off thread {one.code}. This is the new thread."],
    )
    assert logged() == [
        (f"thread {one.code}", f"Posts split off as thread {new.code}."),
        (f"thread {new.code}", f"Split off thread {one.code}."),
    ]


def test_of_a_range_what_can_be_read_is_taken(desk, one):
    withdraw(post=post("c"))
    desk.post(page(one, "split"), {"title": "N", "numbers": "2-9"})
    assert (numbered_bodies(Thread.objects.get(title="N")), numbered_bodies(one)) == ("1b 2d", "1a 3-")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": "", "numbers": "2"}, "Enter a title"),
        ({"title": "x" * 121, "numbers": "2"}, "Title must be 120 characters or less"),
        ({"numbers": ""}, "Choose at least one post."),
        ({"numbers": "8-9"}, "Not to be read in this thread: #8-9. Choose others"),
        ({"numbers": "1"}, "The first post stays: the thread begins with it. To take all along, move or merge."),
        ({"numbers": "1-4"}, "The first post stays"),
        ({"numbers": "2, 9, 11"}, "Not to be read in this thread: #9, #11. Choose others"),
        ({"numbers": "", "ticked": ["2", "9"]}, "Not to be read in this thread: #9. Choose others"),
        ({"numbers": "two"}, "Enter numbers with commas between them, and ranges like 7-9: 4, 7-9"),
        ({"numbers": "4-2"}, "Enter numbers with commas between them"),
        ({"numbers": "2;3"}, "Enter numbers with commas between them"),
        ({"numbers": "9" * 10}, "Enter numbers with commas between them"),
    ],
)
def test_what_cannot_be_split_is_told_and_what_was_typed_is_kept(desk, one, typed, message):
    typed = {"title": "N", "ticked": ["3"], **typed} if typed.get("numbers") else {"title": "N", **typed}
    response = desk.post(page(one, "split"), typed)
    assert message in admin_words(response)
    assert (field(response, "title"), field(response, "numbers")) == (typed["title"], typed["numbers"])
    html = response.content.decode()
    assert ('id="post-3" checked' in html) == ("3" in typed.get("ticked", []))
    assert (numbered_bodies(one), Thread.objects.count(), MovedPost.objects.count(), logged()) == (
        "1a 2b 3c 4d",
        1,
        0,
        [],
    )


def test_a_post_taken_down_while_the_page_was_open_is_named(desk, one):
    desk.get(page(one, "split"))
    withdraw(post=post("b"))
    response = desk.post(page(one, "split"), {"title": "N", "ticked": ["2", "3"], "numbers": ""})
    assert "Not to be read in this thread: #2. Choose others" in admin_words(response)
    assert 'id="post-3" checked' in response.content.decode()


def test_the_first_post_has_no_box_and_a_content_note_is_folded(desk, one, sam):
    published_reply(one, sam, "Hard words", content_note="threats")
    html = desk.get(page(one, "split")).content.decode()
    assert re.findall(r'type="checkbox" name="ticked" value="(\d+)"', html) == ["2", "3", "4", "5"]
    assert "Content note: threats. Show this post" in html
    assert "Hard words" not in re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)


def test_of_a_long_thread_the_last_posts_are_shown_and_all_can_be_named(desk, one, sam, monkeypatch):
    for number in range(5, 36):
        published_reply(one, sam, f"p{number}")
    all_of_them = desk.get(page(one, "split")).content.decode()
    monkeypatch.setattr("forums.moderation.thread_move_forms.MAX_LISTED", 34)
    last = desk.get(page(one, "split")).content.decode()
    boxes = [re.findall(r'name="ticked" value="(\d+)"', html) for html in (all_of_them, last)]
    assert boxes == [[str(number) for number in range(2, 36)], [str(number) for number in range(6, 36)]]
    desk.post(page(one, "split"), {"title": "N", "numbers": "2-34"})
    assert numbered_bodies(one) == "1a 35p35"


def test_the_pages_ask_as_often_for_many_posts_as_for_few(desk, one, sam, django_assert_max_num_queries):
    def count():
        found = []
        for way in OPERATIONS:
            with django_assert_max_num_queries(12) as queries:
                desk.get(page(one, way))
            found.append(len(queries))
        return found

    before = count()
    for number in range(20):
        published_reply(one, sam, f"p{number}")
    assert count() == before


def test_of_two_moderators_the_second_is_told(desk, one, two, safety):
    for way in OPERATIONS:
        desk.get(page(one, way))
    thread_moves.merge(thread=one, into=two)
    message = f"Nobody can read thread {one.code} now. Choose one that is open or closed."
    assert message in admin_words(desk.post(page(one, "move"), {"to": safety.pk}))
    assert message in admin_words(desk.post(page(one, "merge"), {"into": two.code, "sure": two.code}))
    response = desk.post(page(one, "split"), {"title": "N", "ticked": ["2"]})
    assert ("#2. Choose others" in admin_words(response), field(response, "title")) == (True, "N")
    assert (numbered_bodies(two), logged()) == ("1u 2v 3w 4a 5b 6c 7d", [])


@pytest.mark.parametrize("way", OPERATIONS)
def test_a_thread_that_nobody_can_read_has_no_such_page(desk, waiting, way):
    response = desk.get(page(waiting.post.thread, way), follow=True)
    assert final_url(response) == change(waiting.post.thread)
    assert messages_of(response) == ["Nobody can read this thread now, so it is not moved, merged or split."]
    missing = Thread(pk=999)
    assert desk.get(page(missing, way)).status_code == 404


@pytest.mark.parametrize("way", OPERATIONS)
def test_opening_a_page_changes_nothing(desk, one, two, safety, way):
    desk.get(page(one, way), {"to": safety.pk, "into": two.code, "title": "N", "numbers": "2"})
    assert (reload(one).forum, numbered_bodies(one), numbered_bodies(two)) == (one.forum, "1a 2b 3c 4d", "1u 2v 3w")


@pytest.mark.parametrize("groups", [[], [EDITORS], [CALL_HANDLERS]])
def test_only_moderators_rearrange(client, one, two, safety, groups):
    sign_in(client, make_staff("kim@example.org", groups=groups))
    typed = {"to": safety.pk, "into": two.code, "sure": two.code, "title": "N", "numbers": "2"}
    for way in OPERATIONS:
        assert [client.get(page(one, way)).status_code, client.post(page(one, way), typed).status_code] == [403, 403]
        assert Client().post(page(one, way), typed).status_code == 302  # to sign in
    assert (reload(one).forum, numbered_bodies(one), posts("b")[0].thread) == (one.forum, "1a 2b 3c 4d", one)


def test_the_form_token_is_asked_for(sam, one, safety):
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, sam)
    assert strict.post(page(one, "move"), {"to": safety.pk}).status_code == 403
    assert reload(one).forum == one.forum


def test_a_thousand_ticks_and_as_many_ranges_as_fit_are_answered(desk, one):
    numbers = ",".join(str(number) for number in range(2, 50))
    ticked = [str(number) for number in range(2, 900)]
    response = desk.post(page(one, "split"), {"title": "T", "numbers": numbers, "ticked": ticked})
    assert response.status_code == 200
    assert "Not to be read in this thread" in response.content.decode()
