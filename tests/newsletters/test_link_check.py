"""What the work loop learns of outside links, from a server of this machine's own."""

import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from newsletters.models import CheckedLink, Issue
from newsletters.preflight import link_check
from newsletters.preflight.link_check import NOT_ASKED, check_links, is_own_site, is_public, outside_links, status_of
from tests.newsletters.conftest import add_section, make_issue, publish

State = CheckedLink.State
NOBODY = "http://127.0.0.1:9/"  # nothing listens there


def anything(address):
    """Let a check ask any address, that of this machine too."""
    return True


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
    """Make a draft whose one text links to some addresses."""

    def make(*urls):
        issue = make_issue(Issue.objects.next_number())
        add_section(issue, "text", body=" ".join(f"[words](<{url}>)" for url in urls))
        return issue

    return make


def check(**given):
    check_links(**{"may_ask": anything, "seconds": 0.3, **given})


def states():
    return {link.url: link.state for link in CheckedLink.objects.all()}


@pytest.mark.parametrize("status", [200, 204, 403, 404, 410, 429, 500, 503])
def test_the_status_is_what_comes_back(server, status):
    assert status_of(f"{server.url}/{status}", may_ask=anything) == status


def test_a_link_is_asked_by_head_and_its_body_is_left_alone(server):
    assert status_of(f"{server.url}/200", may_ask=anything) == 200
    assert [(command, path) for command, path, _ in server.seen] == [("HEAD", "/200")]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 501])
def test_a_head_that_is_refused_is_followed_by_get(server, status):
    assert status_of(f"{server.url}/head/{status}", may_ask=anything) == 200
    assert [command for command, _, _ in server.seen] == ["HEAD", "GET"]


def test_the_request_says_no_more_than_it_must(server):
    status_of(f"{server.url}/to/200#part", may_ask=anything)
    status_of(f"{server.url}/to//200", may_ask=anything)
    told = {name: value for _, _, headers in server.seen for name, value in headers.items() if name != "Host"}
    assert told == {"Accept-Encoding": "identity", "User-Agent": "link check (testserver)", "Connection": "close"}


def test_redirects_are_followed_five_times(server):
    assert status_of(f"{server.url}/hops/5", may_ask=anything) == 200
    assert status_of(f"{server.url}/hops/6", may_ask=anything) == 508
    assert status_of(f"{server.url}/loop", may_ask=anything) == 508


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "mailto:a@example.org"])
def test_a_redirect_leads_to_the_web_only(server, target):
    assert status_of(f"{server.url}/to/{target}", may_ask=anything) == NOT_ASKED


def test_a_slow_server_is_not_waited_for(server):
    start = time.monotonic()
    assert status_of(f"{server.url}/slow", may_ask=anything, seconds=0.1) is None
    assert time.monotonic() - start < 0.9


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "2130706433",
     "[::ffff:127.0.0.1]", "[fe80::1]", "224.0.0.1", "100.64.0.1", "0x7f.1", "0177.0.0.1", "127.1", "[fd00:ec2::254]",
     "[::127.0.0.1]", "[fec0::1]", "[2002:7f00:1::]", "[64:ff9b::169.254.169.254]", "[64:ff9b:1::1]",
     "[::ffff:0:127.0.0.1]", "127%2e0%2e0%2e1"],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_our_own_network_is_never_asked(host, scheme):
    assert status_of(f"{scheme}://{host}/") == NOT_ASKED


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_internet_may_be_asked(address):
    assert is_public(address) is True


@pytest.mark.parametrize("host", ["127.0.0.1", "127%2e0%2e0%2e1", "name@127.0.0.1", "10.0.0.1"])
@pytest.mark.parametrize("no_proxy", ["", "127.0.0.1"])
def test_our_own_network_is_not_asked_by_a_proxy_either(server, monkeypatch, host, no_proxy):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", no_proxy)
    assert status_of(f"http://{host}/200") == NOT_ASKED
    assert server.seen == []


def test_a_proxy_is_asked_for_names_that_only_it_knows(server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", "")
    assert status_of("http://nobody.invalid/") == 200
    assert [path for _, path, _ in server.seen] == ["http://nobody.invalid/"]


@pytest.mark.parametrize("answers", [("93.184.216.34", "127.0.0.1"), ("127.0.0.1", "93.184.216.34")])
def test_a_name_that_stands_for_another_address_each_time_reaches_nothing_of_ours(server, monkeypatch, answers):
    look_up, turns = socket.getaddrinfo, iter(answers * 9)

    def changing(host, *args, **kwargs):
        return look_up(next(turns) if host == "changing.example" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert status_of(f"http://changing.example:{server.server_port}/200", seconds=0.3) in {NOT_ASKED, None}
    assert server.seen == []


def test_nothing_is_sent_to_our_own_network(server):
    assert status_of(f"{server.url}/200") == NOT_ASKED
    assert server.seen == []


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://[::1]/", "https://192.168.1.1/"])
def test_each_redirect_asks_for_leave_again(server, target):
    assert status_of(f"{server.url}/to/{target}", may_ask=lambda address: address == "127.0.0.1") == NOT_ASKED
    assert [path for _, path, _ in server.seen] == [f"/to/{target}"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:99999/", "http://127.0.0.1:port/", "http://", "http:///x", "http://[::1/", "http://a b/",
        "http://name@127.0.0.1/", "http://127%2e0%2e0%2e1/", f"http://{'a' * 70}.example/", "http://..", "http://\x00/",
        NOBODY, "https://127.0.0.1:9/", "http://-.invalid/", "http://*/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("may_ask", [is_public, anything])
def test_no_address_raises(url, may_ask):
    assert status_of(url, may_ask=may_ask, seconds=0.3) in {None, NOT_ASKED}


def test_spaces_and_letters_of_all_scripts_may_stand_in_a_path(server):
    assert status_of(f"{server.url}/200/ä b?q=ö ü", may_ask=anything) == 200
    assert [path for _, path, _ in server.seen] == ["/200/%C3%A4%20b?q=%C3%B6%20%C3%BC"]


def test_a_server_that_talks_nonsense_has_not_answered():
    listener = socket.create_server(("127.0.0.1", 0))

    def talk():
        connection, _ = listener.accept()
        connection.sendall(b"nonsense\r\n\r\n")
        connection.close()

    thread = threading.Thread(target=talk)
    thread.start()
    port = listener.getsockname()[1]
    assert status_of(f"http://127.0.0.1:{port}/", may_ask=anything, seconds=1) is None
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
def test_the_own_site_is_known_by_its_host(url, own):
    assert is_own_site(url) is own


def test_outside_links_come_from_words_buttons_and_references(issue):
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


def test_links_too_long_to_keep_are_left_out(linking):
    linking(f"https://a.example/{'b' * 2000}")
    assert outside_links() == set()


def test_only_issues_on_their_way_have_links_checked(linking):
    linking("https://draft.example/")
    scheduled, published = linking("https://scheduled.example/"), linking("https://published.example/")
    Issue.objects.filter(pk=scheduled.pk).update(state="scheduled", publish_at=timezone.now())
    publish(published)
    assert outside_links() == {"https://draft.example/", "https://scheduled.example/"}


def test_links_are_noted_once_and_forgotten_when_they_stand_nowhere(server, linking):
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
def test_what_each_answer_means(server, linking, path, state):
    linking(f"{server.url}/{path}", f"{server.url}/200/other")
    check()
    assert states() == {f"{server.url}/{path}": state, f"{server.url}/200/other": "working"}


def test_a_check_notes_its_moment(server, linking):
    linking(f"{server.url}/200")
    before = timezone.now()
    check()
    assert before < CheckedLink.objects.get().checked_at < timezone.now()


def test_a_server_that_refuses_is_told_from_one_that_is_not_there(server, linking):
    linking(f"{server.url}/503", NOBODY)
    check()
    assert states() == {f"{server.url}/503": "no answer", NOBODY: "no answer"}


def test_where_nothing_answers_nothing_is_known(linking):
    linking(NOBODY, "http://127.0.0.1:9/worked")
    week_ago = timezone.now() - timedelta(days=7)
    CheckedLink.objects.create(url="http://127.0.0.1:9/worked", state=State.WORKING, checked_at=week_ago)
    check()
    assert states() == {NOBODY: "not checked", "http://127.0.0.1:9/worked": "working"}
    assert list(CheckedLink.objects.order_by("url").values_list("checked_at", flat=True)) == [None, week_ago]


def test_an_address_of_our_own_network_has_no_answer_and_is_no_sign_of_a_network(linking):
    linking("http://127.0.0.1/", "https://nobody.invalid/")
    check(may_ask=is_public)
    assert states() == {"http://127.0.0.1/": "no answer", "https://nobody.invalid/": "not checked"}


def test_a_link_is_asked_once_a_day(server, linking):
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


def test_a_run_asks_after_fifty_links(server, linking):
    linking(*[f"{server.url}/200/{number}" for number in range(52)])
    check()
    assert len(server.seen) == 50
    check()
    assert len(server.seen) == 52
    assert set(states().values()) == {"working"}


def test_a_run_ends_in_time_for_other_jobs(server, linking, monkeypatch):
    monkeypatch.setattr(link_check, "RUN_SECONDS", 0.5)
    linking(*[f"{server.url}/slow/{number}" for number in range(9)])
    start = time.monotonic()
    check()
    assert time.monotonic() - start < 2
    assert 1 < len(server.seen) < 5


def test_without_links_nothing_is_asked(db):
    check_links()
    assert states() == {}
