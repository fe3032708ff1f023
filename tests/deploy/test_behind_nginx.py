"""Requests through nginx with the files of deploy/: pages, forms, IP addresses, logs."""

import http.client
import re
import socket
import ssl

import pytest

from tests.deploy.conftest import ONION, nginx_before
from tests.deploy.rendering import DEPLOY, NAME
from tests.subprocesses import free_ports

WRITE = {"title": "A quiet place", "body": "What helped us was a table by a window and nobody in a hurry."}


def test_a_page_comes_over_https_with_its_headers_and_without_a_cookie(site):
    answer = site.visitor().get("/outcomes/housing/")
    assert (answer.status, "Secure and suitable housing" in answer.text) == (200, True)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert "default-src 'none'" in headers["content-security-policy"].split("; ")
    assert headers["onion-location"] == f"http://{ONION}/outcomes/housing/"
    assert headers["server"] == "nginx"
    assert "set-cookie" not in headers


def test_static_files_come_by_the_portal_and_may_be_kept_for_good(site):
    page = site.visitor().get("/").text
    answer = site.visitor().get(re.search(r'href="(/static/site\.[^"]+\.css)"', page)[1])
    assert (answer.status, answer.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert "immutable" in answer.headers["Cache-Control"]


def test_http_leads_to_https(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.http)
    connection.request("GET", "/forums/?page=2", headers={"Host": NAME})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/forums/?page=2")


def test_another_name_gets_no_answer(site):
    with pytest.raises(ssl.SSLError):
        site.visitor(host="other.example.org").get("/")
    connection = http.client.HTTPConnection("127.0.0.1", site.http)
    connection.request("GET", "/", headers={"Host": "other.example.org"})
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()


def test_a_form_is_taken_with_a_cookie_that_only_https_carries(site):
    writer = site.visitor()
    page = writer.get("/forums/housing/new/")
    cookie = {part.strip() for part in page.headers["Set-Cookie"].split(";")[1:]}
    assert (list(writer.cookies), cookie) == (["__Host-form"], {"HttpOnly", "Path=/", "SameSite=Strict", "Secure"})
    assert "no-store" in page.headers["Cache-Control"]
    assert "Onion-Location" not in page.headers
    answer = writer.post("/forums/housing/new/", **WRITE)
    assert (answer.status, len(re.findall(r"\b(?:\w{4}-){3}\w{4}\b", answer.text)) > 0) == (200, True)


def test_a_visitor_is_known_by_the_real_address_and_never_by_one_that_was_sent_along(site):
    """After nine wrong codes from one address the tenth is refused, whatever was said; another address is not."""
    wrong = {"code": "K7QW-3MHT-9XRC-V2PD"}
    liar = site.visitor(address="127.0.0.9")
    answers = []
    for number in range(10):
        liar.headers = {
            "X-Forwarded-For": f"203.0.113.{number}",
            "X-Real-IP": "203.0.113.1",
            "Forwarded": "for=203.0.113.1",
        }
        answers.append(liar.post("/code/", **wrong).status)
    assert answers == [200] * 9 + [429]
    framed = site.visitor(address="127.0.0.10", headers={"X-Forwarded-For": "127.0.0.9"})
    assert framed.post("/code/", **wrong).status == 200


def tor(site, circuit):
    words = f"PROXY TCP6 fc00:dead:beef:4dad::{circuit} ::1 1 80\r\n".encode()
    visitor = site.visitor(host=ONION, scheme="http", address="127.0.0.1", first_words=words)
    visitor.port = site.onion
    return visitor


def test_the_onion_service_takes_forms_and_counts_each_circuit_apart(site):
    writer = tor(site, "1a:2b3")
    page = writer.get("/forums/safety/new/")
    assert (page.status, "Secure" in page.headers["Set-Cookie"]) == (200, True)
    assert writer.post("/forums/safety/new/", **WRITE).status == 200
    wrong = {"code": "K7QW-3MHT-9XRC-V2PD"}
    assert [tor(site, "1:2").post("/code/", **wrong).status for _ in range(10)] == [200] * 9 + [429]
    assert tor(site, "1:3").post("/code/", **wrong).status == 200
    assert tor(site, "2:2").post("/code/", **wrong).status == 200


def test_a_form_stays_in_memory_and_a_larger_one_than_any_is_refused(site):
    """Where nginx would write what was sent into a file there is no folder here: it would have to answer 500."""
    body = site.folder / "body"
    body.rmdir()
    body.touch()
    assert site.visitor(address="127.0.0.4").post("/code/", code="x" * 150_000).status == 200
    assert site.visitor(address="127.0.0.4").post("/code/", code="x" * 300_000).status == 413
    body.unlink()
    body.mkdir()


def test_people_who_send_slowly_keep_nobody_out(site):
    slow = [site.visitor(address="127.0.0.5").connect() for _ in range(60)]
    for connection in slow:
        connection.sendall(f"POST /code/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 1000\r\n\r\ncode=".encode())
    assert site.visitor().get("/").status == 200
    for connection in slow:
        connection.close()


def test_while_the_portal_is_away_everybody_gets_the_page_that_says_so(tmp_path):
    """Also whoever sends a form: loading the page again sends it once more."""
    with nginx_before(tmp_path / "nginx", *free_ports(2)) as proxy:
        answers = [proxy.visitor().get("/"), proxy.visitor().ask("POST", "/code/", "code=K7QW")]
        page = (DEPLOY / "nginx/away.html").read_text()
        assert [(answer.status, answer.text, answer.headers["Retry-After"]) for answer in answers] == [
            (503, page, "10")
        ] * 2
        assert proxy.logs() == {"access.log": "", "error.log": "", "start.log": ""}


def test_nothing_is_written_to_any_log(site):
    """Also not of what nginx counts as faults, such as a broken greeting, a broken request or a part that is away."""
    for greeting in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", b"\x00" * 50):
        with socket.create_connection(("127.0.0.1", site.https)) as connection:
            connection.sendall(greeting)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1000):
                pass
    assert site.visitor().get("/%00").status == 400
    assert site.visitor().get("/nowhere/").status == 404
    assert site.logs() == {"access.log": "", "error.log": "", "start.log": "", "web.log": ""}
