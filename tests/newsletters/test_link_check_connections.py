"""The check of links whose server uses TLS or never stops sending."""

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
from tests.newsletters.helpers import any_address

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
def sending(certificate):
    """Return a function that starts a server for one client and returns its address; it sends chunks one by one."""
    threads = []

    def start(scheme, chunks, pause=0.0):
        listener = socket.create_server(("127.0.0.1", 0))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def send():
            with listener, suppress(OSError):
                sock, _ = listener.accept()
                with context.wrap_socket(sock, server_side=True) if scheme == "https" else sock as sock:
                    sock.recv(1000)
                    for chunk in chunks:
                        sock.sendall(chunk)
                        time.sleep(pause)

        threads.append(threading.Thread(target=send))
        threads[-1].start()
        return f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    for thread in threads:
        thread.join(60)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_both_schemes_are_requested(sending, scheme):
    assert status_of(sending(scheme, [ANSWER]), is_allowed=any_address, seconds=5) == 204


def test_a_certificate_that_nobody_knows_is_no_answer(sending, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert status_of(sending("https", [ANSWER]), is_allowed=any_address, seconds=5) is None


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_server_that_never_stops_sending_is_cut_off(sending, scheme, first):
    address = sending(scheme, [first, *[b"x"] * 40], pause=0.05)
    start = time.monotonic()
    assert status_of(address, is_allowed=any_address, seconds=0.3) is None
    assert time.monotonic() - start < 1
