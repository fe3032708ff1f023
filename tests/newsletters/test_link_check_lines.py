"""Links whose server encrypts, or talks without an end: a server of this machine's own, with a certificate of its own."""

import ipaddress
import socket
import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from newsletters.preflight.link_check import status_of
from tests.newsletters.test_link_check import anything

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A key and a certificate for 127.0.0.1, in one file, which is trusted during the test."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now, host = datetime.now(UTC), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([host]), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = tmp_path / "certificate.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(pem, *form) + made.public_bytes(pem))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return file


@pytest.fixture
def talking(certificate):
    """Return a function that starts a server for one visitor, and gives its address: it sends pieces one by one."""
    threads = []

    def start(scheme, pieces, pause=0.0):
        listener = socket.create_server(("127.0.0.1", 0))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def talk():
            with listener, suppress(OSError):
                line, _ = listener.accept()
                with context.wrap_socket(line, server_side=True) if scheme == "https" else line as line:
                    line.recv(1000)
                    for piece in pieces:
                        line.sendall(piece)
                        time.sleep(pause)

        threads.append(threading.Thread(target=talk))
        threads[-1].start()
        return f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    for thread in threads:
        thread.join(60)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_both_schemes_are_asked(talking, scheme):
    assert status_of(talking(scheme, [ANSWER]), may_ask=anything, seconds=5) == 204


def test_a_certificate_that_nobody_knows_is_no_answer(talking, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert status_of(talking("https", [ANSWER]), may_ask=anything, seconds=5) is None


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_server_that_talks_without_an_end_is_not_listened_to_for_long(talking, scheme, first):
    address = talking(scheme, [first, *[b"x"] * 40], pause=0.05)
    start = time.monotonic()
    assert status_of(address, may_ask=anything, seconds=0.3) is None
    assert time.monotonic() - start < 1
