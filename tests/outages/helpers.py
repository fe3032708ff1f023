"""The portal as it runs in earnest, beside a PostgreSQL and a Redis of its own that can be stopped and started."""

import html
import os
import re
import resource
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = {"DATABASE_URL", "CACHE_URL", "SITE_URL", "SAMPLE_SITE", "DJANGO_SETTINGS_MODULE"}
REDIS = shutil.which("redis-server") or shutil.which("valkey-server")
POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
# PostgreSQL refuses to run as root: whoever is root becomes the user that the package made.
AS_POSTGRES = ["su", "postgres", "-s", "/bin/sh", "-c", '"$0" "$@"', "--"] if os.geteuid() == 0 else []
MAX_SECONDS = 60  # until an answer has failed to come, and until a server has failed to start


def needed(name, is_there):
    """Skip a test whose server is not installed, or fail it where REQUIRE names that server."""
    if not is_there and name in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(f"{name} is required and not installed.")
    if not is_there:
        pytest.skip(f"{name} is not installed")


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Redis:
    """A Redis or Valkey that keeps nothing on a disk."""

    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([REDIS, *options], stdout=subprocess.DEVNULL)
        wait_for_port(self.port)

    def stop(self):
        self.process.kill()
        self.process.wait(60)


class Postgres:
    """A PostgreSQL server in a folder."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        folder.mkdir()
        if AS_POSTGRES:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", folder / "data", "-U", "postgres", "--auth", "trust", "--encoding", "UTF8", "-N")
        self.start()

    def start(self):
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder} -c fsync=off"
        )
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self):
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-m", "fast", "stop")

    def _run(self, command, *arguments):
        # With "/" as its folder: the user postgres may not be allowed into ours.
        call = [*AS_POSTGRES, str(POSTGRES / command), *map(str, arguments)]
        subprocess.run(call, cwd="/", stdout=subprocess.DEVNULL, check=True, timeout=60)


class Site:
    """The web process that the Procfile names, with a data folder of its own."""

    def __init__(self, folder, **settings):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        self.environment = {
            **kept,
            "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}",
            "DJANGO_SETTINGS_MODULE": "mscos.settings",
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "SITE_URL": self.url,
            **settings,
        }

    def manage(self, *arguments):
        """Run a command of manage.py and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        ).stdout

    def shell(self, script):
        """Run a script in the portal's shell and return what it printed."""
        return self.manage("shell", "-v", "0", "-c", script).strip()

    @contextmanager
    def running(self, largest_file=resource.RLIM_INFINITY):
        """Serve until the block ends; no file can become larger than that many bytes."""
        [command] = [
            line.split(":", 1)[1] for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:")
        ]
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        process = subprocess.Popen(
            shlex.split(command.removeprefix(" exec")),
            cwd=ROOT,
            env=self.environment,
            stdout=self.log.open("a"),
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, hard)),  # noqa: PLW1509  no threads here
        )
        try:
            wait_for_port(self.port)
            yield
        finally:
            process.terminate()
            process.wait(timeout=MAX_SECONDS)


def wait_for_port(port):
    """Wait until somebody listens on a port."""
    for _ in range(MAX_SECONDS * 10):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"Nobody listens on port {port}.")


class Visitor:
    """A browser without script: it keeps cookies, follows no redirect and sends forms as they stand in a page."""

    def __init__(self, site):
        class NoRedirect(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        self.site, self.statuses = site, []
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), NoRedirect)

    def get(self, path):
        """Return the status of a page."""
        return self._open(path)[0]

    def fill_in(self, path, **typed):
        """Open a form; return what would be sent: its hidden fields and what is typed."""
        return {**hidden_in(self._open(path)[1]), **typed}

    def send(self, path, fields):
        """Send a form; return the status and the page."""
        return self._open(path, urllib.parse.urlencode(fields).encode())

    def send_until_taken(self, path, fields):
        """Send a form again and again, as its page says, until it is taken; return that page."""
        for _ in range(MAX_SECONDS):
            status, page = self.send(path, fields)
            if status != 503:
                return page
            fields = {**hidden_in(page), **texts_in(page)}
            time.sleep(0.5)
        pytest.fail("The form was not taken.")

    def _open(self, path, body=None):
        try:
            answer = self.opener.open(f"{self.site.url}{path}", body, timeout=MAX_SECONDS)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            page = answer.read().decode(errors="replace")
        self.statuses.append(answer.status)
        return answer.status, page


def hidden_in(page):
    """Return the hidden fields of a page: name and value."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def texts_in(page):
    """Return what stands in the text areas of a page: name and text."""
    found = re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(text) for name, text in found}
