"""Voices of moved posts: their names, and what their codes open."""

import pytest

from forums.models import Post, Voice
from forums.moderation import decisions, thread_moves
from forums.voice_names import NAMES
from forums.writer_actions import reply, withdraw
from mscos.forms import new_submission_id
from mscos.refusals import Refused
from tests.forums.helpers import published_reply, words
from tests.forums.thread_moves.helpers import numbered_bodies, post, posts

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(one, sam):
    """A thread 'one' in which the voice of b wrote e too; e is split off."""
    published_reply(one, sam, "e", code=one.codes["b"])
    one.new = thread_moves.split(thread=one, posts=posts("e"), title="N")
    return one


def name(body, new_name):
    Voice.objects.filter(pk=post(body).voice_id).update(name=new_name)


def names(*bodies):
    return [post(body).voice.name for body in bodies]


def homes(*bodies):
    return [post(body).voice.thread for body in bodies]


def test_a_voice_goes_along_with_all_its_posts(one, two):
    new = thread_moves.split(thread=one, posts=posts("b"), title="N")
    assert homes("a", "b", "c") == [one, new, one]
    thread_moves.merge(thread=one, into=two)
    assert homes("a", "b", "c", "u") == [two, new, two, two]


def test_a_voice_with_posts_on_both_sides_stays_at_home(both):
    assert (homes("b", "e"), numbered_bodies(both.new)) == ([both, both], "1e")
    assert sorted(Voice.objects.speaking_in(both.new).values_list("pk", flat=True)) == [post("e").voice_id]
    assert Voice.objects.speaking_in(both).count() == 4


def test_a_voice_whose_last_post_at_home_leaves_goes_to_where_that_went(both, two):
    other = thread_moves.split(thread=both, posts=posts("b"), title="M")
    assert homes("b", "e") == [other, other]
    thread_moves.merge(thread=other, into=two)
    assert homes("b", "e") == [two, two]


def test_a_guest_stays_at_home_elsewhere_when_the_thread_is_merged(both, two):
    thread_moves.merge(thread=both.new, into=two)
    assert (homes("e"), post("e").thread) == ([both], two)


def test_a_post_that_was_taken_down_keeps_its_voice_at_home(both):
    withdraw(post=post("b"))
    assert homes("e") == [both]


def test_a_name_that_somebody_there_has_is_chosen_anew(one, two):
    name("u", "B")
    thread_moves.merge(thread=one, into=two)
    first, *others = names(*"bacduvw")
    assert (others, first in NAMES) == (["A", "C", "D", "B", "V", "W"], True)


def test_the_new_name_is_one_that_nobody_has_in_any_thread_where_the_voice_speaks(both, two):
    """Every name but one is taken in one thread or the other."""
    name("u", "B")
    free, *others = NAMES
    for number, word in enumerate(others):
        Voice.objects.create(thread=(both, two)[number % 2], code_digest=word, name=word)
    thread_moves.merge(thread=both.new, into=two)
    assert names("b", "e", "u") == [free, free, "B"]


def test_a_name_is_not_taken_from_a_guest_either(both, two):
    name("u", "E")
    name("e", "E")
    thread_moves.merge(thread=two, into=both.new)
    assert (names("e"), names("u")[0] in NAMES, homes("u")) == (["E"], True, [both.new])


def test_a_guest_who_comes_home_keeps_the_name(both):
    before = names("b")
    thread_moves.merge(thread=both.new, into=both)
    assert (names("b", "e"), homes("e")) == (before * 2, [both])


def test_a_new_voice_takes_no_guests_name(both):
    name("e", NAMES[0])
    for word in NAMES[1:]:  # the others are taken: the guest's would be the last
        Voice.objects.create(thread=both.new, code_digest=word, name=word)
    sent = reply(thread=both.new, submission_id=new_submission_id(), body="f")
    assert sent.post.voice.name.endswith(" 2")


def test_the_code_goes_on_working_in_both_threads(client, both, sam):
    for thread in (both, both.new):
        typed = {"post": "", "body": "More", "code": both.codes["b"], "submission_id": new_submission_id()}
        client.post(f"{thread.get_absolute_url()}reply/", typed)
    more = Post.objects.filter(body="More").order_by("pk")
    assert [(row.thread, row.voice) for row in more] == [(both, post("b").voice), (both.new, post("b").voice)]


def test_a_code_of_a_thread_in_which_it_does_not_speak_is_refused_and_the_text_kept(client, both):
    typed = {"body": "More", "code": both.codes["a"], "submission_id": new_submission_id()}
    page = client.post(f"{both.new.get_absolute_url()}reply/", typed)
    assert "That code does not belong to this thread" in words(page)
    assert not Post.objects.filter(body="More").exists()
    with pytest.raises(Refused):
        reply(thread=both.new, submission_id=new_submission_id(), body="More", code=both.codes["a"])


def test_the_page_of_a_code_shows_posts_in_both_threads(client, both):
    page = client.post("/code/", {"code": both.codes["b"]})
    html = page.content.decode()
    assert f'href="{both.get_absolute_url()}#post-2"' in html
    assert f'href="{both.new.get_absolute_url()}#post-1"' in html
    assert "Number 2 in the thread. " in words(page)
    assert "Number 1 in a thread to which a moderator moved it. " in words(page)
    assert f"In these threads you are {post('b').voice.name}." in words(page)


def test_the_page_of_a_code_after_a_merge(client, one, two, sam):
    thread_moves.merge(thread=one, into=two)
    page = client.post("/code/", {"code": one.codes["b"]})
    assert f'href="{two.get_absolute_url()}#post-5"' in page.content.decode()
    assert "Number 5 in the thread. " in words(page)
    assert "Replies since: 2." in words(page)
    assert f"In this thread you are {post('b').voice.name}." in words(page)


def test_a_new_version_of_a_refused_post_is_sent_to_the_thread_of_that_post(client, both, sam):
    decisions.remove(post=post("e"), by=sam, reason="spam", words="No.")
    html = client.post("/code/", {"code": both.codes["b"]}).content.decode()
    assert 'href="/forums/housing/new/">write again</a>' in html  # nothing is left to read in that thread


def test_a_moved_post_is_taken_down_by_its_code(client, both):
    client.post("/code/take-down/", {"code": both.codes["b"], "n": "2", "sure": "yes"})
    assert (numbered_bodies(both.new), numbered_bodies(both)) == ("1-", "1a 2b 3c 4d")
