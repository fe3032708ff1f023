import pytest
from django.db import connection


@pytest.mark.django_db
def test_it_answers_ok_where_the_database_answers(client):
    answer = client.get("/health/")
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"ok\n", "text/plain")
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_it_answers_503_where_the_database_does_not(client):
    with connection.execute_wrapper(out_of_reach):
        answer = client.get("/health/")
    assert (answer.status_code, answer.content) == (503, b"The database does not answer.\n")


def test_it_answers_503_where_the_cache_does_not(client, db, settings):
    location = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": location}}
    answer = client.get("/health/")
    assert (answer.status_code, answer.content) == (503, b"The cache does not answer.\n")


def out_of_reach(*_):
    from django.db import OperationalError

    raise OperationalError("gone")
