import hashlib
import hmac
from contextlib import ExitStack, suppress

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory

from mscos.limits import Limit, client_network, visitor_digest
from tests.concurrency import all_at_once

ADDRESS = "203.0.113.9"


def visitor(address=ADDRESS, forwarded=None):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return RequestFactory().get("/", REMOTE_ADDR=address, **headers)


# Who counts as one visitor


def test_a_visitor_has_one_digest_a_day_and_another_the_next_day():
    with time_machine.travel("2023-03-27 00:00+01:00", tick=False) as clock:
        first = visitor_digest(visitor())
        clock.shift(24 * 60 * 60 - 1)
        assert visitor_digest(visitor()) == first
        clock.shift(1)
        assert visitor_digest(visitor()) != first


def test_two_visitors_have_two_digests():
    assert visitor_digest(visitor()) != visitor_digest(visitor("203.0.113.10"))


def test_a_digest_is_made_with_a_key_that_only_the_cache_has(settings):
    first = visitor_digest(visitor())
    plain = [hashlib.new(name, ADDRESS.encode()).hexdigest()[:32] for name in ("md5", "sha1", "sha256")]
    keyed = [
        hmac.new(key.encode(), ADDRESS.encode(), hashlib.sha256).hexdigest()[:32]
        for key in (settings.SECRET_KEY, settings.CODE_KEY, settings.FIELD_KEY)
    ]
    assert first not in plain + keyed
    cache.clear()
    assert visitor_digest(visitor()) != first


def test_a_copy_of_the_cache_alone_gives_no_address_back(settings):
    digest = visitor_digest(visitor())
    (key,) = (cache.get(name.removeprefix(":1:")) for name in cache._cache if "limit-key" in name)
    assert hmac.new(key, ADDRESS.encode(), hashlib.sha256).hexdigest()[:32] != digest
    keyed = hmac.new(settings.SECRET_KEY.encode() + key, ADDRESS.encode(), hashlib.sha256).hexdigest()[:32]
    assert keyed == digest


def test_a_limit_is_not_pushed_out_by_many_other_visitors():
    limit = Limit("post", 1, 60)
    limit.count(visitor())
    for number in range(2000):
        limit.count(visitor(f"2001:db8:{number:x}::1"))
    assert limit.reached(visitor())


def test_the_cache_holds_no_address():
    limit = Limit("post", 2, 60)
    limit.count(visitor())
    assert ADDRESS not in f"{list(cache._cache)} {list(cache._cache.values())}"
    assert len(cache._cache) == 2  # the day's key and one count


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (ADDRESS, ADDRESS),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("198.51.100.1:4711", "198.51.100.1"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_a_household_of_ipv6_is_one_visitor(address, network):
    assert client_network(visitor(address)) == network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, None, "10.0.0.2"),
        (0, "198.51.100.7", "10.0.0.2"),  # no proxy of ours: the header is the visitor's own invention
        (1, None, "10.0.0.2"),
        (1, ADDRESS, ADDRESS),
        (1, f"198.51.100.7, {ADDRESS}", ADDRESS),  # further left the visitor wrote
        (2, f"198.51.100.7, {ADDRESS}, 10.0.0.1", ADDRESS),
        (2, f"{ADDRESS}, 10.0.0.1", ADDRESS),
        (2, ADDRESS, ADDRESS),
        (1, "rubbish", "unknown"),
        (1, " , ,", "10.0.0.2"),
    ],
)
def test_only_proxies_of_ours_are_believed(settings, proxies, forwarded, network):
    settings.TRUSTED_PROXIES = proxies
    assert client_network(visitor("10.0.0.2", forwarded)) == network


# Counting


def test_a_limit_is_reached_after_so_many_uses_by_one_visitor():
    limit = Limit("post", 2, 60)
    seen = []
    for _ in range(3):
        seen.append(limit.reached(visitor()))
        limit.count(visitor())
    assert seen == [False, False, True]
    assert not limit.reached(visitor("203.0.113.10"))
    assert not Limit("reply", 2, 60).reached(visitor())


def test_asking_does_not_count():
    limit = Limit("post", 1, 60)
    assert [limit.reached(visitor()) for _ in range(3)] == [False] * 3


def test_a_window_opens_again_after_its_seconds():
    limit = Limit("post", 1, 600)
    with time_machine.travel("2023-03-27 10:00Z", tick=False) as clock:
        limit.count(visitor())
        clock.shift(299)
        limit.count(visitor())  # counting on does not hold the window open
        assert limit.reached(visitor())
        clock.shift(302)
        assert not limit.reached(visitor())
        limit.count(visitor())
        assert limit.reached(visitor())


def test_the_end_of_a_window_does_not_tell_when_it_began():
    limit = Limit("post", 1, 600)
    with time_machine.travel("2023-03-27 10:00Z", tick=False) as clock:
        people = [visitor(f"203.0.113.{number}") for number in range(50)]
        for person in people:
            limit.count(person)
        clock.shift(450)
        assert 0 < sum(limit.reached(person) for person in people) < 50


def test_a_new_header_for_each_try_does_not_help():
    limit = Limit("post", 1, 60)
    limit.count(visitor(forwarded="198.51.100.1"))
    assert limit.reached(visitor(forwarded="198.51.100.2"))


def test_of_a_hundred_uses_at_once_no_more_than_the_limit_are_allowed():
    limit = Limit("post", 20, 60)
    assert sum(all_at_once(*[lambda: limit.count(visitor())] * 100)) == 20


def test_a_use_that_failed_is_not_counted():
    limit = Limit("post", 1, 60)
    with suppress(OSError), limit.counted(visitor()):
        raise OSError
    with limit.counted(visitor()) as is_allowed:
        assert is_allowed
    with limit.counted(visitor()) as is_allowed:
        assert not is_allowed


def test_a_use_is_taken_back_from_its_own_window_only():
    limit = Limit("post", 1, 600)
    with time_machine.travel("2023-03-27 10:00Z", tick=False) as clock, ExitStack() as undo:
        limit.count(visitor(), undo)
        clock.shift(601)
        undo.close()
        assert limit.count(visitor())
        assert not limit.count(visitor())
