"""A running site without PostgreSQL, Redis or disk space: no text is lost, no page is a 500."""

import re
import signal
import socket

import pytest

from tests.database_template import put_file
from tests.outages.helpers import Site, Visitor, texts_in
from tests.services import own_postgres, own_redis

pytestmark = pytest.mark.xdist_group("parts away")

FORM = "/forums/housing/new/"
ADD_FORUM = "from forums.models import Forum; Forum.objects.create(slug='housing', title='Housing', purpose='Homes.')"
BODIES = "from forums.models import Post; print(*sorted(Post.objects.values_list('body', flat=True)), sep='|')"
CODE = re.compile(r'<p class="code">([0-9A-Z-]{19})</p>')
ALWAYS = {"/safety/": 200, "/leave/": 303, "/static/favicon.svg": 200, "/nothing/": 404, "/contact/": 200}
TEXT = "My landlord\r\nkeeps my passport {}"


@pytest.fixture
def redis():
    with own_redis() as server:
        yield server


@pytest.fixture
def postgres():
    with own_postgres() as server:
        yield server


def written(visitor, number):
    """Return a filled-in form for a new thread."""
    return visitor.fill_in(FORM, title="A quiet room", body=TEXT.format(number), content_note="")


def works_without_services(site):
    """Return whether all pages that need no service answer a visitor without cookies: leaving deletes them."""
    return {path: Visitor(site).get(path) for path in ALWAYS} == ALWAYS


def refused(visitor, fields):
    """Send a form that cannot be stored; return whether it came back with its text and status 503."""
    status, page = visitor.send(FORM, fields)
    return (status, texts_in(page).get("body")) == (503, fields["body"])


def log_lines(site):
    """Return the lines of the site's log without stack traces."""
    text = site.log.read_text()
    assert "passport" not in text
    assert re.search(r"\d\d:\d\d", text) is None
    return [line for line in text.splitlines() if " ERROR " in line or " WARNING " in line]


def test_postgresql_and_redis_are_stopped_and_started(tmp_path, postgres, redis):
    site = Site(tmp_path, DATABASE_URL=postgres.url(), CACHE_URL=redis.url)
    site.manage("prepare", "--to-serve")
    site.shell(ADD_FORUM)
    visitor = Visitor(site)
    with site.running():
        first, second, third, fourth = (written(visitor, number) for number in range(4))
        code = CODE.search(visitor.send_until_taken(FORM, first))[1]

        postgres.stop()
        assert works_without_services(site)
        assert visitor.get("/forums/") == 503
        assert refused(visitor, second)
        assert refused(visitor, first)
        with socket.create_server(("127.0.0.1", postgres.port)):  # it accepts connections and never answers
            assert works_without_services(site)
            assert refused(visitor, second)
        postgres.start()
        assert CODE.search(visitor.send_until_taken(FORM, second))
        assert CODE.search(visitor.send_until_taken(FORM, first))[1] == code  # one form, sent twice, is one post

        redis.stop()
        assert works_without_services(site)
        assert visitor.get("/forums/") == 200
        assert refused(visitor, third)
        redis.start()
        assert CODE.search(visitor.send_until_taken(FORM, third))

        redis.process.send_signal(signal.SIGSTOP)  # it accepts connections and never answers
        assert refused(visitor, fourth)
        redis.process.send_signal(signal.SIGCONT)
        assert CODE.search(visitor.send_until_taken(FORM, fourth))
    assert site.shell(BODIES).splitlines() == "|".join(TEXT.format(number) for number in range(4)).splitlines()
    assert 500 not in visitor.statuses
    assert {line.split(maxsplit=2)[2] for line in log_lines(site)} == {
        "ERROR mscos.unavailable A part of the site is not available. Pages that need it answer 503."
    }


def test_postgresql_may_only_be_read(tmp_path, postgres):
    site = Site(tmp_path, DATABASE_URL=postgres.url())
    site.manage("prepare", "--to-serve")
    site.shell(ADD_FORUM)
    visitor = Visitor(site)
    site.shell(alter("on"))
    with site.running():
        assert visitor.get("/forums/") == 200
        fields = written(visitor, 0)
        assert refused(visitor, fields)
    site.shell(
        "from django.db import connection as c; c.cursor().execute('SET default_transaction_read_only = off')"
        + "\n"
        + alter("off")
    )
    with site.running():
        assert CODE.search(visitor.send_until_taken(FORM, fields))
    assert 500 not in visitor.statuses
    assert len(log_lines(site)) == 1


def alter(state):
    return (
        "from django.db import connection as c\n"
        f"c.cursor().execute('ALTER DATABASE postgres SET default_transaction_read_only = {state}')"
    )


def test_a_disk_that_is_full(tmp_path):
    put_file(tmp_path)
    site = Site(tmp_path)
    site.manage("prepare", "--to-serve")
    site.shell(ADD_FORUM)
    visitor = Visitor(site)
    accepted, lost = [], None
    with site.running(largest_file=12 * 4096):
        for number in range(20):
            fields = written(visitor, number)
            status, page = visitor.send(FORM, fields)
            if status != 200:
                assert texts_in(page)["body"] == fields["body"]
                lost = fields
                break
            accepted.append(number)
        assert visitor.get("/forums/") == 200
        assert works_without_services(site)
    assert site.shell(BODIES).count("passport") == len(accepted)
    with site.running():
        assert CODE.search(visitor.send_until_taken(FORM, lost))
    assert site.shell(BODIES).count("passport") == len(accepted) + 1
    assert 500 not in visitor.statuses
    assert len(log_lines(site)) == 1
