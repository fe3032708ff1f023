"""The web process: slow and broken requests, the WSGI environ, stops and kills."""

import os
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.subprocesses import is_listening, wait_until
from tests.web_server import parts, read_all, serving

MARK = b"marked-text"
MANY = 40  # ten times as many as the server has threads
POST = b"POST /tell/ HTTP/1.1\r\nHOST\r\nContent-Type: text/plain\r\nConnection: close\r\n"
BROKEN = {
    "another protocol": b"\x16\x03\x01 " + MARK + b"\r\n\r\n",
    "no protocol": b"GET /" + MARK + b"\r\n\r\n",
    "a header without a colon": b"GET /" + MARK + b" HTTP/1.1\r\nHOST\r\nbad header " + MARK + b"\r\n\r\n",
    "two lengths": b"POST /" + MARK + b" HTTP/1.1\r\nHOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length below nothing": b"POST /" + MARK + b" HTTP/1.1\r\nHOST\r\nContent-Length: -1\r\n\r\n",
    "bytes in the path": b"GET /\xff" + MARK + b" HTTP/1.1\r\nHOST\r\n\r\n",
    "another site": b"GET /" + MARK + b" HTTP/1.1\r\nHost: " + MARK + b"\r\nConnection: close\r\n\r\n",
    "two sites": b"GET /tell/ HTTP/1.1\r\nHOST\r\nHost: " + MARK + b"\r\nConnection: close\r\n\r\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("var"), READ_TIMEOUT="50", WEB_THREADS="4") as server:
        yield server


@pytest.fixture
def started(tmp_path):
    with serving(tmp_path, READ_TIMEOUT="1", WEB_THREADS="1") as server:
        yield server


def is_gone(process):
    """Return whether a process has ended."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_nobody_waits_for_those_who_send_or_read_slowly(server):
    slow = [server.connect(b"GET /tell/ HT") for _ in range(MANY)]
    slow += [server.connect(POST + b"Content-Length: 100\r\n\r\nhalf") for _ in range(MANY)]
    slow += [server.connect(b"GET /long/ HTTP/1.1\r\nHOST\r\n\r\n", receives=2048) for _ in range(MANY)]
    assert server.get("/tell/")[0] == 200
    for connection in slow[: 2 * MANY]:  # all of them were still waited for
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)
    for connection in slow:
        connection.close()


def test_a_slow_request_is_answered_once_it_is_whole(server):
    with server.connect(POST + b"Content-Length: 8\r\n\r\nslow") as connection:
        assert server.get("/tell/")[0] == 200
        connection.sendall(b"text")
        assert '"body": "slowtext"' in parts(read_all(connection))[1]


def test_a_request_that_is_never_finished_is_ended(started):
    assert started.ask(b"GET /tell/ HT") == b""
    status, sentence = parts(started.ask(POST + b"Content-Length: 100\r\n\r\nhalf"))
    assert (status, sentence) == (408, "Your request took too long to arrive. Please try again.")
    idle = started.connect(b"GET /tell/ HTTP/1.1\r\nHOST\r\n\r\n")
    assert parts(read_all(idle))[0] == 200


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
def test_a_broken_request_is_refused_and_leaves_nothing_in_the_log(server, sent):
    before = server.printed()
    assert parts(server.ask(sent))[0] == 400
    assert server.printed() == before


def test_who_goes_away_leaves_nothing_in_the_log(server):
    before = server.printed()
    for sent in (POST + b"Content-Length: 100\r\n\r\n" + MARK, b"GET /long/ HTTP/1.1\r\nHOST\r\n\r\n"):
        connection = server.connect(sent)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, 0, 0, 0, 0, 0, 0, 0]))  # at once
        connection.close()
    head = parts(server.ask(b"HEAD /tell/ HTTP/1.1\r\nHOST\r\nConnection: close\r\n\r\n"))
    assert (head, server.get("/tell/")[0]) == ((200, ""), 200)
    assert server.printed() == before


def test_what_did_not_arrive_whole_never_reaches_the_portal(server):
    with server.connect(POST + b"Content-Length: 100\r\n\r\nhalf") as connection:
        connection.shutdown(socket.SHUT_WR)
        assert parts(read_all(connection)) == (400, "Your request did not arrive whole. Please send it again.")
    chunks = b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n\r\n"
    assert parts(server.ask(POST + chunks)) == (400, "Your request did not arrive whole. Please send it again.")


def test_what_is_too_large_is_refused_and_not_kept(server):
    status, page = parts(server.ask(POST + b"Content-Length: 4000000\r\n\r\n" + b"a" * 4_000_000))
    assert (status, "<h1>That was too much at once</h1>" in page) == (413, True)
    status, sentence = parts(server.ask(POST + b"Content-Length: 40000000\r\n\r\n"))  # not even received
    assert (status, sentence) == (413, "What you sent is too large. Please send it in smaller parts.")
    for long in (b"GET /%b HTTP/1.1\r\nHOST\r\n\r\n" % (b"a" * 20_000), POST + b"X: %b\r\n\r\n" % (b"a" * 20_000)):
        assert parts(server.ask(long))[0] == 431


def test_the_portal_is_told_who_asks_and_by_which_proxies(server):
    request_meta = server.request_meta(b"X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2, 192.0.2.3\r\n")
    assert request_meta["REMOTE_ADDR"] == "127.0.0.1"
    assert request_meta["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.2, 192.0.2.3"


def test_no_header_passes_for_another_one_or_moves_the_site(server):
    request_meta = server.request_meta(
        b"X_Forwarded_For: 192.0.2.1\r\nRemote_Addr: 192.0.2.1\r\nScript-Name: /x\r\nSCRIPT_NAME: /x\r\n"
    )
    assert {name for name in request_meta if "FORWARDED" in name} == set()
    assert (request_meta["REMOTE_ADDR"], request_meta["SCRIPT_NAME"]) == ("127.0.0.1", "")


def test_the_portal_is_told_the_address_of_the_page(server):
    assert server.get("/t%C3%A9ll%FF/")[0] == 404
    assert server.request_meta(path="/tell/?a=%C3%A9")["QUERY_STRING"] == "a=%C3%A9"


def test_what_the_portal_writes_is_its_own_to_read(server):
    assert server.request_meta()["umask"] == 0o077


def test_what_arrived_is_answered_after_a_stop_is_asked_for(started):
    with ThreadPoolExecutor() as readers:
        answers = [readers.submit(started.get, "/wait/") for _ in range(3)]  # one is answered, two wait for the thread
        wait_until((started.folder / "begun").exists)
        started.process.terminate()
        wait_until(lambda: not is_listening(started.port))
        (started.folder / "go").touch()
        assert [answer.result() for answer in answers] == [(200, "answered")] * 3
    assert started.process.wait(60) == 0
    assert started.printed() == ""


def test_a_killed_process_is_replaced_and_all_end_with_the_first(started):
    killed = started.request_meta()["process"]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: is_gone(killed) and is_listening(started.port))
    assert started.request_meta()["process"] != killed
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\dh ERROR _granian Unexpected exit from worker-1\n", started.printed())
    started.process.kill()
    wait_until(lambda: not is_listening(started.port))


def test_sighup_brings_the_code_of_now(tmp_path):
    module = tmp_path / "changing_settings.py"
    module.write_text("from tests.web_server_settings import *; SITE_NAME = 'Before'")
    changing = {"DJANGO_SETTINGS_MODULE": "changing_settings", "PYTHONPATH": str(tmp_path)}
    with serving(tmp_path, **changing) as server:
        before = server.request_meta()
        assert before["site"] == "Before"
        module.write_text("from tests.web_server_settings import *; SITE_NAME = 'After, with new code'")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: is_listening(server.port) and server.request_meta()["site"] == "After, with new code")
        wait_until(lambda: is_gone(before["process"]))
        assert server.printed() == ""


def test_several_processes_share_the_port(tmp_path):
    with serving(tmp_path, WEB_CONCURRENCY="2") as server:
        seen = set()
        wait_until(lambda: seen.add(server.request_meta()["process"]) or len(seen) == 2)


def test_a_port_that_is_taken_stops_the_start(server):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PORT": str(server.port)}
    second = subprocess.run(
        [sys.executable, "manage.py", "serve"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (second.returncode, second.stderr) == (
        1,
        f"The portal did not start. It cannot listen on 127.0.0.1, port {server.port}: Address already in use. Stop what uses that "
        "port, or choose another: make run PORT=8080\n",
    )
