"""Tags that moderators set. They stand in addresses, so they contain no sensitive words."""

import pytest
from django.urls import reverse
from taggit.models import Tag

from forums.models import Thread
from mscos.groups import EDITORS
from tests.admin_forms import version_on
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, sam, thread):
    """A function that saves the thread's page as a moderator, with `tags` as typed."""
    sign_in(client, sam)

    def save(tags, **changed):
        address = reverse("admin:forums_thread_change", args=[thread.pk])
        data = {"topic": "", "state": "open", "tags": tags, "version": version_on(client, address), **changed}
        return client.post(address, data)

    return save


def tags():
    return sorted(Thread.objects.get().tags.values_list("name", "slug"))


def problems(answer):
    return answer.context["adminform"].form.errors.get("tags", [])


def test_a_moderator_tags_a_thread_and_changes_its_tags(page):
    assert page("Move-on plans, deposits").status_code == 302
    assert tags() == [("Move-on plans", "move-on-plans"), ("deposits", "deposits")]
    assert page("deposits").status_code == 302
    assert tags() == [("deposits", "deposits")]
    assert page("").status_code == 302
    assert tags() == []


def test_one_tag_of_several_words_takes_a_comma_as_its_hint_says(page):
    page("move-on plans,")
    assert tags() == [("move-on plans", "move-on-plans")]


def test_tags_are_saved_with_what_else_was_changed(page):
    page("deposits", pinned="on", state="closed")
    assert (tags(), Thread.objects.values_list("pinned", "state").get()) == (
        [("deposits", "deposits")],
        (True, "closed"),
    )


def test_one_word_in_another_case_is_one_tag(page):
    Tag.objects.create(name="Deposits", slug="deposits")
    page("DEPOSITS")
    assert tags() == [("Deposits", "deposits")]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("trauma", "trauma"),
        ("deposits, Modern slavery", "slavery"),
        ("trauma-informed care", "trauma"),
        ("sur\u00advivors", "survivors"),
        ("Ábuse", "abuse"),
        ("safe house,", "safe house"),
    ],
)
def test_a_tag_that_tells_something_is_refused_and_nothing_is_stored(page, typed, word):
    answer = page(typed, pinned="on")
    assert problems(answer) == [f"A tag stands in an address: '{word}' must not. Choose another word."]
    assert (tags(), Thread.objects.get().pinned, Tag.objects.count()) == ([], False, 0)


def test_a_quiet_name_with_an_address_that_tells_is_refused_too(page):
    Tag.objects.create(name="Healing", slug="trauma")
    assert problems(page("healing")) == ["A tag stands in an address: 'trauma' must not. Choose another word."]


@pytest.mark.parametrize("typed", ["???", "安全", "x" * 41])
def test_a_tag_that_fits_no_address_is_refused(page, typed):
    assert problems(page(typed)) == ["A tag has one letter from a to z at least, and 40 at most."]
    assert Tag.objects.count() == 0


def test_a_thread_that_nobody_sees_can_be_tagged_before_it_is_published(client, sam, waiting):
    sign_in(client, sam)
    thread = Thread.objects.get()
    address = reverse("admin:forums_thread_change", args=[thread.pk])
    client.post(address, {"topic": "", "tags": "deposits", "version": version_on(client, address)})
    assert (tags(), Thread.objects.get().state) == ([("deposits", "deposits")], "waiting")


def test_only_moderators_tag(client, thread):
    sign_in(client, make_staff("eddy@example.org", groups=[EDITORS]))
    answer = client.post(reverse("admin:forums_thread_change", args=[thread.pk]), {"tags": "deposits"})
    assert (answer.status_code, tags()) == (403, [])
