"""The RSGI application of the web process: it reads a request on an event loop, then calls Django in a thread.

The server (granian) speaks RSGI, the portal WSGI. A request that arrives slowly waits here, where that costs little,
for at most `READ_TIMEOUT` seconds; a response that is read slowly waits in the server. A thread is busy only while
Django works.
"""

import asyncio
import atexit
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

MAX_BODY_BYTES = 10 * settings.STAFF_FORM_BYTES  # of a request; a larger one is not received
PARENT_CHECK_SECONDS = 1.0

logger = logging.getLogger(__name__)
Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]


class RequestRefused(Exception):
    """The request is not passed to Django. The arguments are a status and a sentence."""


class Application:
    """The portal as an RSGI application."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(settings.WEB_THREADS)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ignore SIGINT, since the parent process says when to stop, and stop when the parent is gone."""
        loop.add_signal_handler(signal.SIGINT, lambda: None)
        _stop_without_parent(os.getppid(), loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let a process that has stopped exit at once.

        Python would end the server's threads in the middle of Rust code, which then aborts the process with a message.
        """
        atexit.register(os._exit, 0)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        try:
            async with asyncio.timeout(settings.READ_TIMEOUT):
                body = await _read(scope, protocol)
        except TimeoutError:
            answer = _refusal(408, "Your request took too long to arrive. Please try again.")
        except RequestRefused as refused:
            answer = _refusal(*refused.args)
        else:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self.threads, _answer, environ(scope, body))
        protocol.response_bytes(*answer)


async def _read(scope: Scope, protocol: HTTPProtocol) -> bytes:
    """Return the body. Raises RequestRefused unless it is complete, with the length in its header.

    A body that the portal refuses for its length is received but not stored: a browser shows no answer before
    everything is sent.
    """
    length = int(scope.headers.get("content-length", "0"))
    if length > MAX_BODY_BYTES:
        raise RequestRefused(413, "What you sent is too large. Please send it in smaller parts.")
    body, arrived = bytearray(), 0
    async for chunk in protocol:
        arrived += len(chunk)
        if arrived > length:
            break
        if length <= settings.STAFF_FORM_BYTES:
            body += chunk
    if arrived != length:
        raise RequestRefused(400, "Your request did not arrive whole. Please send it again.")
    return bytes(body)


def environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """Return the WSGI environ of a request (PEP 3333).

    Headers with an underscore in their name are left out: X_Forwarded_For would look like X-Forwarded-For.
    """
    result: dict[str, Any] = {
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
            result[key] = f"{result[key]},{value}" if key in result else value
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        result[key] = result.pop(f"HTTP_{key}", "")
    return result


def _answer(environ: dict[str, Any]) -> Answer:
    """Return Django's response. Runs in a thread."""
    head: list[tuple[int, Headers]] = []
    body: list[bytes] = []

    def start_response(status: str, headers: Headers, *_: Any) -> Callable[[bytes], None]:
        head.append((int(status[:3]), headers))
        return body.append  # WSGI's `write`, which Django does not use

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


def _stop_without_parent(parent: int, loop: asyncio.AbstractEventLoop) -> None:
    if os.getppid() == parent:
        loop.call_later(PARENT_CHECK_SECONDS, _stop_without_parent, parent, loop)
    else:
        os.kill(os.getpid(), signal.SIGTERM)


application = Application()
