"""Limits that several web processes share, on a real Redis or Valkey (TEST_REDIS_URL, else the local one)."""

import pytest
import redis
from django.core.cache import cache
from django.test import Client, RequestFactory

from mscos.limits import Limit
from tests.concurrency import all_at_once
from tests.services import REDIS_URL, require


@pytest.fixture
def shared_cache(settings):
    """A cache in Redis, empty before and after."""
    try:
        redis.Redis.from_url(REDIS_URL).ping()
    except redis.ConnectionError:
        require("redis", is_there=False)
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    cache.clear()
    yield redis.Redis.from_url(REDIS_URL)
    cache.clear()


@pytest.mark.django_db
def test_wrong_codes_are_counted_across_processes_without_an_address(shared_cache):
    for _ in range(9):
        Client(REMOTE_ADDR="203.0.113.7").post("/code/", {"code": "K7QW-3MHT-9XRC-V2PD"})
    assert Client(REMOTE_ADDR="203.0.113.7").post("/code/", {"code": "K7QW-3MHT-9XRC-V2PD"}).status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.8").post("/code/", {"code": "K7QW-3MHT-9XRC-V2PD"}).status_code == 200
    cached = b" ".join(key + (shared_cache.get(key) or b"") for key in shared_cache.scan_iter())
    assert b"203.0.113" not in cached
    assert b"K7QW" not in cached
    assert [key for key in shared_cache.scan_iter() if shared_cache.ttl(key) < 0] == []


def test_of_a_hundred_uses_at_once_no_more_than_the_limit_are_allowed(shared_cache):
    limit = Limit("post", 20, 60)
    visitor = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")
    assert sum(all_at_once(*[lambda: limit.count(visitor)] * 100)) == 20
