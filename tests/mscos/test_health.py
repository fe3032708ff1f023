"""`/health/`: its answers, to whom, and that it always answers in time."""

import socket
import threading

import pytest
from django.test import Client
from redis.exceptions import RedisError

from mscos.health import PROBES, Probe
from tests.start.helpers import manage

STRANGE = {"host": "127.0.0.1:8000"}
SITE = {"host": "community.example.org", "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}
ALL_WELL = (200, b"database: ok\ncache: ok\n")
ASK = "from django.test import Client; answer = Client().get('/health/'); print(answer.status_code, answer.content)"


def status_and_body(answer):
    return answer.status_code, answer.content


@pytest.fixture
def https_site(settings):
    settings.ALLOWED_HOSTS = ["community.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return Client()


@pytest.mark.django_db
def test_it_names_the_parts_that_it_looked_at(client):
    answer = client.get("/health/")
    assert status_and_body(answer) == ALL_WELL
    assert answer.headers["Content-Type"] == "text/plain"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.9", "::1"])
def test_a_probe_on_this_machine_needs_neither_host_nor_tls(https_site, peer):
    assert status_and_body(https_site.get("/health/", headers=STRANGE, REMOTE_ADDR=peer)) == ALL_WELL
    assert https_site.head("/health/", headers=STRANGE, REMOTE_ADDR=peer).status_code == 200
    assert https_site.post("/health/", headers=STRANGE, REMOTE_ADDR=peer).status_code == 405


@pytest.mark.parametrize(
    ("path", "peer", "headers"),
    [
        ("/health/", "203.0.113.7", {}),
        ("/health/", "", {}),  # a Unix socket
        ("/health/", "127.0.0.1", {"x-forwarded-for": "127.0.0.1"}),
        ("/health/", "127.0.0.1", {"x-real-ip": "203.0.113.7"}),
        ("/health/", "127.0.0.1", {"forwarded": "for=203.0.113.7"}),
        ("/health/", "127.0.0.1", {"via": "1.1 proxy"}),
        ("/health", "127.0.0.1", {}),
        ("//health/", "127.0.0.1", {}),
        ("/about/", "127.0.0.1", {}),
    ],
)
def test_for_everybody_and_everything_else_the_host_must_be_the_sites(https_site, path, peer, headers):
    assert https_site.get(path, headers={**STRANGE, **headers}, REMOTE_ADDR=peer).status_code == 400


@pytest.mark.django_db
def test_through_a_proxy_it_is_a_page_like_all_others(https_site):
    answer = https_site.get("/health/", headers=SITE)
    assert status_and_body(answer) == ALL_WELL
    assert (answer["X-Frame-Options"], answer["Cross-Origin-Resource-Policy"]) == ("DENY", "same-origin")
    assert https_site.get("/health/", headers={**SITE, "x-forwarded-proto": "http"}).status_code == 301


@pytest.mark.parametrize("database", [{"DATABASE_URL": "postgres://portal:word@127.0.0.1:1/portal"}, {}])
def test_a_database_that_is_away_or_whose_file_is_lost(tmp_path, database):
    done = manage("shell", "--verbosity", "0", "-c", ASK, folder=tmp_path, SITE_URL="http://testserver", **database)
    assert (done.code, done.out) == (0, "503 b'database: away\\ncache: ok\\n'\n")


@pytest.mark.django_db
def test_a_cache_that_is_away(client, settings):
    settings.CACHES = redis_at(1)
    assert status_and_body(client.get("/health/")) == (503, b"database: ok\ncache: away\n")


@pytest.mark.django_db
def test_a_cache_that_says_nothing_holds_no_answer_up(client, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CACHES = redis_at(silent.getsockname()[1])
        assert status_and_body(client.get("/health/")) == (503, b"database: ok\ncache: away\n")
    _, asked_for_cache = [probe.start() for probe in PROBES]
    assert isinstance(asked_for_cache.exception(timeout=60), RedisError)  # and leaves no look for the next test


def test_a_part_that_hangs_is_asked_only_once():
    go_on, asked = threading.Event(), []
    part = Probe("slow", lambda: asked.append("once") or go_on.wait(60))
    first = part.start()
    assert part.start() is first
    go_on.set()
    assert first.result(timeout=60) is None
    assert asked == ["once"]
    part.start().result(timeout=60)
    assert asked == ["once", "once"]


def redis_at(port):
    location = f"redis://127.0.0.1:{port}/0"
    return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": location}}
