"""Pausing a forum with a message."""

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError
from django.urls import reverse

from forums.models import Forum
from mscos.groups import EDITORS, MODERATORS
from tests.admin_forms import version_on
from tests.forums.helpers import admin_words, words
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db

PAUSE = {"state": "paused", "paused_until": "2023-04-03", "pause_message": "The team is away."}


@pytest.fixture
def address(forum):
    return reverse("admin:forums_forum_change", args=[forum.pk])


@pytest.mark.parametrize(
    ("until", "message", "sentence"),
    [
        (None, "", "New posts are paused for now. You can still read."),
        (None, "We move house.", "New posts are paused for now. We move house. You can still read."),
        (date(2023, 4, 3), "", "New posts are paused until Monday 3 April 2023. You can still read."),
        (
            date(2023, 4, 3),
            "The team is away",
            "New posts are paused until Monday 3 April 2023. The team is away. You can still read.",
        ),
        (None, "Back soon!", "New posts are paused for now. Back soon! You can still read."),
        (None, "<b>x</b> 🌱", "New posts are paused for now. <b>x</b> 🌱 You can still read."),
    ],
)
def test_the_message_stands_between_how_long_and_that_one_can_read(until, message, sentence):
    with time_machine.travel(date(2023, 4, 1)):
        assert Forum(state="paused", paused_until=until, pause_message=message).closed_because == sentence


def test_readers_see_the_message_on_each_page_that_takes_no_posts(client, forum, thread):
    Forum.objects.update(state="paused", pause_message="We <move> house.")
    for path in ("/forums/housing/", "/forums/housing/new/", thread.get_absolute_url()):
        page = client.get(path)
        assert "New posts are paused for now. We &lt;move&gt; house. You can still read." in page.content.decode()
    typed = client.post(f"{thread.get_absolute_url()}reply/", {"body": "Kept"})
    assert "Kept" in typed.content.decode()


def test_on_the_day_of_return_nothing_is_said(forum):
    with time_machine.travel(date(2023, 4, 3)):
        paused = Forum(state="paused", paused_until=date(2023, 4, 3), pause_message="Away.")
        assert paused.closed_because == ""


@pytest.mark.parametrize("state", ["open", "closed"])
def test_only_a_paused_forum_has_a_message(forum, state):
    with pytest.raises(IntegrityError):
        Forum.objects.update(state=state, pause_message="Away.")


def test_a_moderator_pauses_a_forum_and_changes_nothing_else_of_it(client, sam, forum, address):
    sign_in(client, sam)
    typed = {"title": "Other", "slug": "other", "purpose": "Other", "rules": "Other", "position": "9", "outcome": ""}
    client.post(address, {**typed, **PAUSE, "version": version_on(client, address)})
    now = Forum.objects.get()
    assert (now.state, now.paused_until, now.pause_message) == ("paused", date(2023, 4, 3), "The team is away.")
    assert (now.title, now.slug, now.purpose, now.rules, now.position) == (
        "Housing forum",
        "housing",
        "What makes housing safe.",
        "",
        0,
    )


def test_an_editor_changes_all_of_it(client, forum, address):
    sign_in(client, make_staff("eddy@example.org", groups=[EDITORS]))
    typed = {"title": "Homes forum", "slug": "homes", "purpose": "P", "rules": "R", "position": "9", "outcome": ""}
    client.post(address, {**typed, **PAUSE, "version": version_on(client, address)})
    now = Forum.objects.get()
    assert (now.title, now.slug, now.state, now.rules_html) == ("Homes forum", "homes", "paused", "<p>R</p>\n")


def test_somebody_in_both_groups_changes_all_of_it(client, forum, address):
    sign_in(client, make_staff("kim@example.org", groups=[EDITORS, MODERATORS]))
    html = client.get(address).content.decode()
    assert ('name="title"' in html, 'name="pause_message"' in html) == (True, True)


@pytest.mark.parametrize("state", ["open", "closed"])
def test_a_message_without_a_pause_is_refused_and_kept(client, sam, forum, address, state):
    sign_in(client, sam)
    page = client.post(address, {"state": state, "pause_message": "The team is away."})
    assert "Give a message only for a paused forum." in admin_words(page)
    assert 'value="The team is away."' in page.content.decode()
    assert Forum.objects.get().pause_message == ""


def test_a_message_that_is_too_long_is_refused(client, sam, forum, address):
    sign_in(client, sam)
    assert "at most 200 characters" in admin_words(client.post(address, {**PAUSE, "pause_message": "x" * 201}))


def test_a_moderator_adds_and_deletes_no_forum(client, sam, forum):
    sign_in(client, sam)
    assert client.get(reverse("admin:forums_forum_add")).status_code == 403
    assert client.post(reverse("admin:forums_forum_delete", args=[forum.pk])).status_code == 403


def test_the_list_of_forums_says_that_one_is_paused(client, forum):
    Forum.objects.update(state="paused", pause_message="Away.")
    assert "Housing forum" in words(client.get("/forums/"))
    assert "Paused" in words(client.get("/forums/"))
