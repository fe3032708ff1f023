"""The web process of `manage.py serve`, and raw HTTP requests to it."""

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.database_template import put_file
from tests.subprocesses import ROOT, free_port, wait_for_port

SERVE = (sys.executable, "manage.py", "serve")
LEFT_OUT = {"DATABASE_URL", "CACHE_URL", "SITE_URL", "HOST", "TRUSTED_PROXIES"}
MAX_WAIT = 30  # seconds that an answer may take


@dataclass(frozen=True)
class Server:
    """A running web process."""

    process: subprocess.Popen
    port: int
    folder: Path

    def connect(self, sent=b"", *, receives=None):
        """Open a connection and send bytes on it; HOST in them stands for the Host header."""
        connection = socket.socket()
        connection.settimeout(MAX_WAIT)
        if receives:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(sent.replace(b"HOST", b"Host: 127.0.0.1:%d" % self.port))
        return connection

    def ask(self, sent):
        """Send bytes and return all that the server sends until it closes the connection."""
        with self.connect(sent) as connection:
            return read_all(connection)

    def get(self, page, headers=b""):
        """Return the status and the body of a page."""
        return parts(self.ask(b"GET %b HTTP/1.1\r\nHOST\r\nConnection: close\r\n%b\r\n" % (page.encode(), headers)))

    def request_meta(self, headers=b"", path="/tell/"):
        return json.loads(self.get(path, headers)[1])

    def printed(self):
        return (self.folder / "printed").read_text()


def read_all(connection):
    answer = b""
    while part := connection.recv(65536):
        answer += part
    return answer


def parts(answer):
    """Return the status and the body of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


def environment_for(folder, port, **settings):
    """Return the environment of a web process with a port and a data folder."""
    return {
        **{name: value for name, value in os.environ.items() if name not in LEFT_OUT},
        "DJANGO_SETTINGS_MODULE": "tests.web_server_settings",
        "VAR_DIR": str(folder),
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
        **settings,
    }


@contextmanager
def serving(folder, *, command=SERVE, **settings):
    """Start the web process on a free port with a data folder, yield it once it listens, and stop it."""
    if not (folder / "portal.sqlite3").exists():
        put_file(folder)
    port = free_port()
    words = [word.replace("PORT", str(port)) for word in command]
    with (folder / "printed").open("w") as printed:
        environment = environment_for(folder, port, **settings)
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=printed, stderr=subprocess.STDOUT)
    try:
        wait_for_port(port, process)
        yield Server(process, port, folder)
    finally:
        process.terminate()
        process.wait(timeout=2 * MAX_WAIT)
