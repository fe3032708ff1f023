"""The web process's way in: a request is read to its end on an event loop, and only then given to a thread.

The server (granian) speaks RSGI, the portal WSGI. What arrives slowly waits here, where it costs next to nothing, and is
ended after `READ_TIMEOUT` seconds; what is read slowly waits in the server. A thread is busy only while the portal works.
"""

import asyncio
import io
import logging
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from granian.rsgi import HTTPProtocol, Scope

from mscos.wsgi import application as portal

MAX_BODY_BYTES = 10 * settings.STAFF_FORM_BYTES  # of a request; more than that is not even received
LOOK_FOR_PARENT = 1.0  # seconds between looks

logger = logging.getLogger(__name__)
Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]


class Refused(Exception):
    """A request that does not reach the portal. Its arguments are a status and a sentence."""


class Application:
    """The portal as an RSGI application."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(settings.WEB_THREADS)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Leave it to the parent process to say when to stop, and stop where there is no parent any more."""
        loop.add_signal_handler(signal.SIGINT, lambda: None)
        _stop_without(os.getppid(), loop)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        try:
            async with asyncio.timeout(settings.READ_TIMEOUT):
                body = await _read(scope, protocol)
        except TimeoutError:
            answer = _refusal(408, "Your request took too long to arrive. Please try again.")
        except Refused as refused:
            answer = _refusal(*refused.args)
        else:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self.threads, _answer, environ(scope, body))
        protocol.response_bytes(*answer)


async def _read(scope: Scope, protocol: HTTPProtocol) -> bytes:
    """Return the body; raises Refused unless it arrived whole, as long as its header says.

    Of a body that the portal refuses by its length nothing is kept. It is received all the same: a browser shows no answer
    before everything is sent.
    """
    length = int(scope.headers.get("content-length", "0"))
    if length > MAX_BODY_BYTES:
        raise Refused(413, "What you sent is too large. Please send it in smaller parts.")
    body, arrived = bytearray(), 0
    async for chunk in protocol:
        arrived += len(chunk)
        if arrived > length:
            break
        if length <= settings.STAFF_FORM_BYTES:
            body += chunk
    if arrived != length:
        raise Refused(400, "Your request did not arrive whole. Please send it again.")
    return bytes(body)


def environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """Return what a WSGI application is told of a request (PEP 3333).

    Headers whose names have an underscore are left out: X_Forwarded_For would look like X-Forwarded-For.
    """
    told: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": settings.HOST,
        "SERVER_PORT": settings.PORT,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": settings.WEB_PROCESSES > 1,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = f"HTTP_{name.upper().replace('-', '_')}"
        if "_" not in name:
            told[key] = f"{told[key]},{value}" if key in told else value
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        told[key] = told.pop(f"HTTP_{key}", "")
    return told


def _answer(environ: dict[str, Any]) -> Answer:
    """Return what the portal answers. Runs in a thread."""
    head: list[tuple[int, Headers]] = []
    body: list[bytes] = []

    def start_response(status: str, headers: Headers, *_: Any) -> Callable[[bytes], None]:
        head.append((int(status[:3]), headers))
        return body.append  # the older way to send one, which Django does not use

    try:
        response = portal(environ, start_response)
        try:
            body.extend(response)
        finally:
            response.close()
    except Exception:
        logger.exception("A request failed outside of its view")
        return _refusal(500, "Something went wrong. Please try again.")
    return (*head[-1], b"".join(body))


def _refusal(status: int, sentence: str) -> Answer:
    return status, [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")], sentence.encode()


def _stop_without(parent: int, loop: asyncio.AbstractEventLoop) -> None:
    if os.getppid() == parent:
        loop.call_later(LOOK_FOR_PARENT, _stop_without, parent, loop)
    else:
        os.kill(os.getpid(), signal.SIGTERM)


application = Application()
