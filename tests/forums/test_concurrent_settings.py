"""Two moderators who save a thread or a forum from pages opened earlier: neither overwrites the other."""

import pytest
from django.test import Client
from django.urls import reverse

from forums.models import Forum, Thread
from tests.admin_forms import version_on
from tests.concurrency import while_uncommitted
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db

LATE = (
    "This {} changed while you were writing (Alex was the last to save it here). "
    "Your words are below; copy what you need"
)


@pytest.fixture
def desks(sam, alex):
    """The clients of the two moderators."""
    found = {"sam": Client(), "alex": Client()}
    sign_in(found["sam"], sam)
    sign_in(found["alex"], alex)
    return found


@pytest.fixture
def save(desks):
    """A function that saves a page of the admin as one of the two and returns the errors."""

    def act(who, address, version, **typed):
        answer = desks[who].post(address, {**typed, "version": version})
        return answer.context["adminform"].form.non_field_errors() if answer.context else []

    return act


@pytest.fixture
def version(desks):
    """A function that returns the version on a page as Sam opened it."""
    return lambda address: version_on(desks["sam"], address)


def test_an_old_page_of_a_thread_does_not_open_it_again(save, version, thread):
    address = reverse("admin:forums_thread_change", args=[thread.pk])
    mark = version(address)
    assert save("alex", address, mark, topic="", state="closed", tags="deposits") == []
    assert save("sam", address, mark, topic="", state="open", pinned="on", tags="") == [LATE.format("thread")]
    found = Thread.objects.get()
    assert (found.state, found.pinned, list(found.tags.names())) == ("closed", False, ["deposits"])


def test_tags_alone_are_a_change_too(save, version, thread):
    address = reverse("admin:forums_thread_change", args=[thread.pk])
    mark = version(address)
    save("alex", address, mark, topic="", state="open", tags="deposits")
    assert save("sam", address, mark, topic="", state="open", tags="") == [LATE.format("thread")]
    assert list(Thread.objects.get().tags.names()) == ["deposits"]


def test_an_old_page_of_a_forum_does_not_take_a_pause_away(save, version, forum):
    address = reverse("admin:forums_forum_change", args=[forum.pk])
    mark = version(address)
    paused = {"state": "paused", "pause_message": "The team is away.", "paused_until": ""}
    assert save("alex", address, mark, **paused) == []
    assert save("sam", address, mark, state="open", question="Spring or stone?", answers="spring") == [
        LATE.format("forum")
    ]
    assert Forum.objects.values_list("state", "pause_message", "question").get() == ("paused", "The team is away.", "")


def test_what_was_typed_is_kept_and_the_page_as_it_is_now_is_a_link_away(save, version, desks, forum):
    address = reverse("admin:forums_forum_change", args=[forum.pk])
    mark = version(address)
    save("alex", address, mark, state="paused")
    page = desks["sam"].post(
        address, {"state": "open", "question": "Spring or stone?", "answers": "spring", "version": mark}
    )
    html = page.content.decode()
    assert ("Spring or stone?" in html, f'<a href="{address}" target="_blank">' in html) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_a_forum_that_is_deleted_while_somebody_saves_it_is_told_to_be_gone(client):
    sign_in(client, make_staff("robin@example.org", is_superuser=True))
    forum = Forum.objects.create(slug="a", title="A", purpose="P")
    address = reverse("admin:forums_forum_change", args=[forum.pk])
    typed = {"state": "closed", "version": version_on(client, address)}
    answer = while_uncommitted(forum.delete, lambda: client.post(address, typed))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
