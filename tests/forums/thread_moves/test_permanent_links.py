"""Links to published posts after any sequence of moves: each still leads to its post."""

import random

import pytest

from forums.models import Post, Thread, Voice
from forums.moderation import thread_moves
from mscos.refusals import Refused
from tests.forums.helpers import published_reply

pytestmark = pytest.mark.django_db


def do_at_random(chance, forums, sam):
    """Do one operation at random; an impossible one is refused and changes nothing."""
    threads = list(Thread.objects.visible().order_by("pk"))
    one, two = chance.choice(threads), chance.choice(threads)
    act = chance.choice(["publish", "publish", "publish with a code", "move", "merge", "split", "split"])
    try:
        if act == "move":
            thread_moves.move(thread=one, to=chance.choice(forums))
        elif act == "merge" and len(threads) > 2:
            thread_moves.merge(thread=one, into=two)
        elif act == "split":
            shown = list(one.posts.shown().order_by("number"))[1:]
            thread_moves.split(thread=one, posts=chance.sample(shown, min(2, len(shown))), title="N")
        else:
            answered = chance.choice([None, *one.posts.shown().order_by("number")])
            published_reply(one, sam, f"{act} {chance.random()}", in_reply_to=answered)
    except Refused:
        pass


def assert_names_are_of_one(thread):
    voices = Voice.objects.speaking_in(thread)
    assert len(Voice.objects.names_in([thread.pk])) == voices.count()


@pytest.mark.parametrize("seed", range(3))
def test_every_link_leads_to_its_post(client, start, forum, safety, sam, seed):
    chance, links = random.Random(seed), {}
    for letters in ("abcd", "uvw", "xyz"):
        start(letters)
    for _ in range(20):
        do_at_random(chance, [forum, safety], sam)
        for row in Post.objects.exclude(number=None).select_related("thread"):
            assert links.setdefault((row.thread_id, row.number), row.pk) == row.pk
        for (thread, number), key in links.items():
            assert Thread.objects.get(pk=thread).numbered_post(number).pk == key
        for thread in Thread.objects.visible():
            assert_names_are_of_one(thread)
            shown = thread.posts.shown().filter(number__gt=1).count()
            assert (thread.reply_count, thread.voices.exclude(posts__thread=thread).count()) == (shown, 0)
    for thread in Thread.objects.all():
        page = client.get(f"/forums/housing/t/{thread.code}/", follow=True)
        assert page.status_code == 200
