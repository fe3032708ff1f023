"""An SMTP server for tests, which can misbehave by a script. It records a mail before it confirms it."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple


class Taken(NamedTuple):
    """A mail that the server took."""

    sender: str
    recipient: str
    content: bytes


class HangUp(Exception):
    """Raised by a script: the server closes the connection without an answer."""


class Hang(Exception):
    """Raised by a script: the server answers no more."""


# A script gets a step (connect, ehlo, mail, rcpt, data, content, taken), the recipient so far and the number of mails
# on this connection; it returns another answer, or None for the usual one. At 'taken' the mail is recorded in any case.
Script = Callable[[str, str, int], str | None]


@dataclass
class Server:
    """The mails that the server took, its connections, and its behaviour."""

    script: Script = lambda *_: None
    pipelining: bool = True
    seconds_a_mail: float = 0
    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    lines: int = 0

    def recipients(self) -> list[str]:
        """Return the recipients of the mails, in order."""
        return [mail.recipient for mail in self.taken]


@contextmanager
def smtp_server(**settings):
    """Run a server on a free port, in a thread with an event loop of its own."""
    server = Server(**settings)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def there(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    listening = there(asyncio.start_server(lambda *ends: serve(server, *ends), "127.0.0.1", 0))
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        there(_end(listening))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()


async def _end(listening):
    listening.close()
    talks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)


async def serve(server, reader, writer):
    """Serve one connection until either side closes it."""
    server.lines += 1
    try:
        await _talk(server, reader, writer)
    except (HangUp, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        pass
    except Hang:
        await asyncio.sleep(60)
    finally:
        writer.close()


async def _talk(server, reader, writer):
    connection = Connection(server, reader, writer)
    await connection.say("connect", "220 ready")
    while said := await reader.readline():
        command, _, rest = said.decode("latin-1").strip().partition(" ")
        await getattr(connection, f"on_{command.lower()}", connection.on_other)(rest)


class Connection:
    """One connection and its state."""

    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.sender, self.recipient, self.count = "", "", 0
        self.greeted = self.has_sender = False

    async def say(self, step, usual):
        words = self.server.script(step, self.recipient, self.count) or usual
        self.writer.write(words.encode("latin-1") + b"\r\n")
        await self.writer.drain()
        if words.startswith("421"):
            raise HangUp
        return words

    async def on_ehlo(self, _):
        self.greeted = True
        self.writer.write(b"250-here\r\n250-PIPELINING\r\n" if self.server.pipelining else b"250-here\r\n")
        await self.say("ehlo", "250 8BITMIME")

    async def on_mail(self, rest):
        self.sender, self.recipient = _address(rest), ""
        said = await self.say("mail", "250 ok" if self.greeted else "503 who are you?")
        self.has_sender = said.startswith("250")

    async def on_rcpt(self, rest):
        self.recipient = _address(rest)
        said = await self.say("rcpt", "250 ok" if self.has_sender else "503 from whom?")
        if not said.startswith("250"):
            self.recipient = ""

    async def on_data(self, _):
        usual = "354 go on" if self.recipient else "503 nobody to send to"
        if not (await self.say("data", usual)).startswith("354"):
            return
        content = await _content(self.reader)
        await asyncio.sleep(self.server.seconds_a_mail)
        refusal = self.server.script("content", self.recipient, self.count)
        if refusal:
            await self.say("content", refusal)
            return
        self.server.taken.append(Taken(self.sender, self.recipient, content))
        self.count += 1
        await self.say("taken", "250 taken")

    async def on_quit(self, _):
        await self.say("quit", "221 bye")
        raise HangUp

    async def on_other(self, _):
        await self.say("other", "250 ok")


async def _content(reader):
    lines = []
    while (line := await reader.readline()) != b".\r\n":
        if not line:
            raise HangUp
        lines.append(line.removeprefix(b"."))
    return b"".join(lines)


def _address(rest):
    return rest.partition("<")[2].partition(">")[0]


def use(server, settings):
    """Let the portal send its mail to this server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 1
