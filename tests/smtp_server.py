"""A mail server on this machine that can be told to misbehave. It writes down what it took before it says so."""

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
    """Raised by a script: the server drops the connection without a word."""


class Hang(Exception):
    """Raised by a script: the server says nothing any more."""


# Told a step (connect, mail, rcpt, data, content, taken), the recipient so far and how many mails came on this line,
# a script returns another answer, or None for the usual one. At 'taken' the mail is taken whatever it does.
Script = Callable[[str, str, int], str | None]


@dataclass
class Server:
    """What the server took, how often it was connected to, and how it behaves."""

    script: Script = lambda *_: None
    pipelining: bool = True
    seconds_a_mail: float = 0
    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    lines: int = 0

    def recipients(self) -> list[str]:
        """Return to whom the mails went, in order."""
        return [mail.recipient for mail in self.taken]


@contextmanager
def smtp_server(**settings):
    """Run a server on a free port of this machine, in a thread with a loop of its own."""
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
    """Talk on one line until either side hangs up."""
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
    line = Line(server, reader, writer)
    await line.say("connect", "220 ready")
    while said := await reader.readline():
        command, _, rest = said.decode("latin-1").strip().partition(" ")
        await getattr(line, f"on_{command.lower()}", line.on_other)(rest)


class Line:
    """One connection and what was said on it so far."""

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
    """Let the portal send to this server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 1
