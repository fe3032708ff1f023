"""The check of outside links, against a server of the test."""

import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from mscos.safe_http import is_public
from newsletters.models import CheckedLink, Issue
from newsletters.preflight import link_check
from newsletters.preflight.link_check import NOT_ASKED, check_links, is_own_site, outside_links, status_of
from tests.newsletters.conftest import add_section, make_issue, publish
from tests.newsletters.helpers import any_address

State = CheckedLink.State
UNREACHABLE = "http://127.0.0.1:9/"  # nothing listens there


class Handler(BaseHTTPRequestHandler):
    """Answers with the status that the path names: /404, /head/405 (to HEAD only), /to/<address>, /loop, /slow."""

    def do_GET(self):
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        _, kind, *rest = self.path.split("/", 2)
        if kind == "slow":
            time.sleep(1)
        if kind in {"to", "loop", "hops"}:
            self.send_response(302)
            self.send_header("Location", self.target(kind, *rest))
            self.send_header("Set-Cookie", "a=b")
        elif kind == "head":
            self.send_response(int(rest[0]) if self.command == "HEAD" else 200)
        else:
            self.send_response(int(kind) if kind.isdigit() else 200)
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815

    def target(self, kind, rest=""):
        if kind == "hops":
            return f"/hops/{int(rest) - 1}" if int(rest) > 1 else "/200"
        return {"to": rest, "loop": "/loop"}[kind]

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.seen = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join(60)
    server.server_close()


@pytest.fixture
def linking(db):
    """Return a function that creates a draft with a text that links to some URLs."""

    def make(*urls):
        issue = make_issue(Issue.objects.next_number())
        add_section(issue, "text", body=" ".join(f"[words](<{url}>)" for url in urls))
        return issue

    return make


def check(**given):
    check_links(**{"is_allowed": any_address, "seconds": 0.3, **given})


def states():
    return {link.url: link.state for link in CheckedLink.objects.all()}


@pytest.mark.parametrize("status", [200, 204, 403, 404, 410, 429, 500, 503])
def test_the_status_is_that_of_the_response(server, status):
    assert status_of(f"{server.url}/{status}", is_allowed=any_address) == status


def test_a_link_is_requested_by_head(server):
    assert status_of(f"{server.url}/200", is_allowed=any_address) == 200
    assert [(command, path) for command, path, _ in server.seen] == [("HEAD", "/200")]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 501])
def test_a_head_that_is_refused_is_followed_by_get(server, status):
    assert status_of(f"{server.url}/head/{status}", is_allowed=any_address) == 200
    assert [command for command, _, _ in server.seen] == ["HEAD", "GET"]


def test_the_request_has_no_more_headers_than_it_must(server):
    status_of(f"{server.url}/to/200#part", is_allowed=any_address)
    status_of(f"{server.url}/to//200", is_allowed=any_address)
    sent = {name: value for _, _, headers in server.seen for name, value in headers.items() if name != "Host"}
    assert sent == {"Accept-Encoding": "identity", "User-Agent": "link check (testserver)", "Connection": "close"}


def test_redirects_are_followed_five_times(server):
    assert status_of(f"{server.url}/hops/5", is_allowed=any_address) == 200
    assert status_of(f"{server.url}/hops/6", is_allowed=any_address) == 508
    assert status_of(f"{server.url}/loop", is_allowed=any_address) == 508


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "mailto:a@example.org"])
def test_a_redirect_leads_to_the_web_only(server, target):
    assert status_of(f"{server.url}/to/{target}", is_allowed=any_address) == NOT_ASKED


def test_a_slow_server_times_out(server):
    start = time.monotonic()
    assert status_of(f"{server.url}/slow", is_allowed=any_address, seconds=0.1) is None
    assert time.monotonic() - start < 0.9


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "2130706433",
     "[::ffff:127.0.0.1]", "[fe80::1]", "224.0.0.1", "100.64.0.1", "0x7f.1", "0177.0.0.1", "127.1", "[fd00:ec2::254]",
     "[::127.0.0.1]", "[fec0::1]", "[2002:7f00:1::]", "[64:ff9b::169.254.169.254]", "[64:ff9b:1::1]",
     "[::ffff:0:127.0.0.1]", "127%2e0%2e0%2e1"],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_internal_addresses_are_never_requested(host, scheme):
    assert status_of(f"{scheme}://{host}/") == NOT_ASKED


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_public(address):
    assert is_public(address) is True


@pytest.mark.parametrize("host", ["127.0.0.1", "127%2e0%2e0%2e1", "name@127.0.0.1", "10.0.0.1"])
@pytest.mark.parametrize("no_proxy", ["", "127.0.0.1"])
def test_internal_addresses_are_not_requested_by_a_proxy_either(server, monkeypatch, host, no_proxy):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", no_proxy)
    assert status_of(f"http://{host}/200") == NOT_ASKED
    assert server.seen == []


def test_a_proxy_resolves_names_that_only_it_knows(server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", "")
    assert status_of("http://nobody.invalid/") == 200
    assert [path for _, path, _ in server.seen] == ["http://nobody.invalid/"]


@pytest.mark.parametrize("answers", [("93.184.216.34", "127.0.0.1"), ("127.0.0.1", "93.184.216.34")])
def test_a_name_that_resolves_differently_each_time_reaches_nothing_internal(server, monkeypatch, answers):
    resolve, addresses = socket.getaddrinfo, iter(answers * 9)

    def changing(host, *args, **kwargs):
        return resolve(next(addresses) if host == "changing.example" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert status_of(f"http://changing.example:{server.server_port}/200", seconds=0.3) in {NOT_ASKED, None}
    assert server.seen == []


def test_nothing_is_sent_to_an_internal_address(server):
    assert status_of(f"{server.url}/200") == NOT_ASKED
    assert server.seen == []


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://[::1]/", "https://192.168.1.1/"])
def test_each_redirect_is_checked_again(server, target):
    assert status_of(f"{server.url}/to/{target}", is_allowed=lambda address: address == "127.0.0.1") == NOT_ASKED
    assert [path for _, path, _ in server.seen] == [f"/to/{target}"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:99999/", "http://127.0.0.1:port/", "http://", "http:///x", "http://[::1/", "http://a b/",
        "http://name@127.0.0.1/", "http://127%2e0%2e0%2e1/", f"http://{'a' * 70}.example/", "http://..", "http://\x00/",
        UNREACHABLE, "https://127.0.0.1:9/", "http://-.invalid/", "http://*/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_allowed", [is_public, any_address])
def test_no_url_raises(url, is_allowed):
    assert status_of(url, is_allowed=is_allowed, seconds=0.3) in {None, NOT_ASKED}


def test_a_path_may_have_spaces_and_characters_of_all_scripts(server):
    assert status_of(f"{server.url}/200/ä b?q=ö ü", is_allowed=any_address) == 200
    assert [path for _, path, _ in server.seen] == ["/200/%C3%A4%20b?q=%C3%B6%20%C3%BC"]


def test_a_response_that_is_no_http_is_no_answer():
    listener = socket.create_server(("127.0.0.1", 0))

    def send():
        connection, _ = listener.accept()
        connection.sendall(b"nonsense\r\n\r\n")
        connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    port = listener.getsockname()[1]
    assert status_of(f"http://127.0.0.1:{port}/", is_allowed=any_address, seconds=1) is None
    thread.join(60)
    listener.close()


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://testserver", True), ("https://testserver/outcomes/", True), ("http://TESTSERVER/#a", True),
        ("http://testserver:8000/", False), ("http://testserver.example/", False), ("ftp://testserver/", False),
        ("http://[bad/", False), ("http://testserver:port/", False), ("/outcomes/", False),
    ],
)  # fmt: skip
def test_the_own_site_is_recognised_by_its_host(url, own):
    assert is_own_site(url) is own


def test_outside_links_come_from_text_buttons_and_references(issue):
    add_section(issue, "notice", body="x", link_url="https://c.example/", link_words="Book")
    add_section(
        issue,
        "text",
        body="[a](https://a.example/?b&c) https://b.example [i](/about/) [s](http://testserver/) [m](mailto:a@b.c)",
    )
    assert outside_links() == {
        "https://example.org/",
        "https://a.example/?b&c",
        "https://b.example",
        "https://c.example/",
    }


def test_links_that_are_too_long_are_not_checked(linking):
    linking(f"https://a.example/{'b' * 2000}")
    assert outside_links() == set()


def test_only_drafts_and_scheduled_issues_have_links_checked(linking):
    linking("https://draft.example/")
    scheduled, published = linking("https://scheduled.example/"), linking("https://published.example/")
    Issue.objects.filter(pk=scheduled.pk).update(state="scheduled", publish_at=timezone.now())
    publish(published)
    assert outside_links() == {"https://draft.example/", "https://scheduled.example/"}


def test_a_link_has_one_row_until_no_issue_has_it(server, linking):
    issue = linking(f"{server.url}/200", f"{server.url}/404")
    linking(f"{server.url}/200")
    CheckedLink.objects.create(url="https://old.example/", state=State.WORKING, checked_at=timezone.now())
    check()
    assert states() == {f"{server.url}/200": "working", f"{server.url}/404": "gone"}
    issue.delete()
    check()
    assert states() == {f"{server.url}/200": "working"}


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("200", "working"), ("204", "working"), ("304", "working"), ("404", "gone"), ("410", "gone"),
        ("403", "no answer"), ("429", "no answer"), ("500", "no answer"), ("503", "no answer"), ("loop", "no answer"),
        ("slow", "no answer"), ("to/file:///etc/passwd", "no answer"), ("head/405", "working"), ("hops/2", "working"),
    ],
)  # fmt: skip
def test_the_state_of_each_response(server, linking, path, state):
    linking(f"{server.url}/{path}", f"{server.url}/200/other")
    check()
    assert states() == {f"{server.url}/{path}": state, f"{server.url}/200/other": "working"}


def test_a_check_stores_its_time(server, linking):
    linking(f"{server.url}/200")
    before = timezone.now()
    check()
    assert before < CheckedLink.objects.get().checked_at < timezone.now()


def test_a_server_that_refuses_has_no_answer_as_one_that_is_not_there(server, linking):
    linking(f"{server.url}/503", UNREACHABLE)
    check()
    assert states() == {f"{server.url}/503": "no answer", UNREACHABLE: "no answer"}


def test_where_nothing_answers_states_stay(linking):
    linking(UNREACHABLE, "http://127.0.0.1:9/worked")
    week_ago = timezone.now() - timedelta(days=7)
    CheckedLink.objects.create(url="http://127.0.0.1:9/worked", state=State.WORKING, checked_at=week_ago)
    check()
    assert states() == {UNREACHABLE: "not checked", "http://127.0.0.1:9/worked": "working"}
    assert list(CheckedLink.objects.order_by("url").values_list("checked_at", flat=True)) == [None, week_ago]


def test_an_internal_address_has_no_answer_and_does_not_show_that_there_is_a_network(linking):
    linking("http://127.0.0.1/", "https://nobody.invalid/")
    check(is_allowed=is_public)
    assert states() == {"http://127.0.0.1/": "no answer", "https://nobody.invalid/": "not checked"}


def test_a_link_is_checked_once_a_day(server, linking):
    linking(f"{server.url}/200")
    check()
    check()
    assert len(server.seen) == 1
    CheckedLink.objects.update(checked_at=timezone.now() - timedelta(hours=25))
    check()
    assert len(server.seen) == 2


def test_a_link_that_comes_back_works_again(server, linking):
    linking(f"{server.url}/200")
    CheckedLink.objects.create(
        url=f"{server.url}/200", state=State.GONE, checked_at=timezone.now() - timedelta(hours=25)
    )
    check()
    assert states() == {f"{server.url}/200": "working"}


def test_a_run_checks_fifty_links(server, linking):
    linking(*[f"{server.url}/200/{number}" for number in range(52)])
    check()
    assert len(server.seen) == 50
    check()
    assert len(server.seen) == 52
    assert set(states().values()) == {"working"}


def test_a_run_ends_in_time_for_other_jobs(server, linking, monkeypatch):
    monkeypatch.setattr(link_check, "SECONDS_PER_RUN", 0.5)
    linking(*[f"{server.url}/slow/{number}" for number in range(9)])
    start = time.monotonic()
    check()
    assert time.monotonic() - start < 2
    assert 1 < len(server.seen) < 5


def test_without_links_nothing_is_requested(db):
    check_links()
    assert states() == {}
