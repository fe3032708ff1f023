"""The processes of a site: a proxy, two web processes, two background workers and Redis.

The proxy reads the files of deploy/nginx; the others start as in the units of deploy/systemd.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.deploy import rendering
from tests.deploy.conftest import environment_of
from tests.deploy.visitors import Visitor
from tests.services import REDIS_SERVER
from tests.subprocesses import free_ports, wait_for_port

MAX_WAIT = 60  # seconds within which a process must answer
WEBS, WORKERS = ("web-1", "web-2"), ("worker-1", "worker-2")


class WithoutProxy(Visitor):
    """A visitor who reaches one web process as the proxy does: without TLS, and with the headers that it sets."""

    def connect(self):
        """Return a connection to the web process."""
        self.headers = {"X-Forwarded-For": self.address, "X-Forwarded-Proto": "https"}
        return socket.create_connection(("127.0.0.1", self.port), timeout=MAX_WAIT)


class Layout:
    """Processes by name, each of which can be killed and started again as its service manager would."""

    def __init__(self, folder, database_url, smtp_port):
        self.folder = Path(folder)
        https, redis, http, onion, first, second = free_ports(6)
        self.ports = {"nginx": https, "redis": redis, WEBS[0]: first, WEBS[1]: second}
        self._environment = environment_of(
            folder,
            DATABASE_URL=database_url,
            CACHE_URL=f"redis://127.0.0.1:{redis}/0",
            EMAIL_URL=f"smtp://127.0.0.1:{smtp_port}",
            SAMPLE_SITE="yes",
            MAIL_LEASE="5",  # seconds after which what a killed worker had claimed is sent by another
        )
        main = rendering.write_nginx(self.folder / "nginx", http=http, https=https, onion=onion, web=[first, second])
        web, worker = (rendering.start_command(f"portal-{name}.service") for name in ("web@", "worker"))
        self._commands = {
            "redis": [
                REDIS_SERVER,
                *f"--bind 127.0.0.1 --port {redis} --appendonly no --dir {folder} --save".split(),
                "",
            ],
            "nginx": rendering.nginx_command(main),
            **dict.fromkeys(WEBS, web),
            **dict.fromkeys(WORKERS, worker),
        }
        self._running = {}

    def prepare(self):
        """Fill the database with sample content; return the sample accounts' passwords by address."""
        self.start("redis")
        self.run("prepare")
        notes = (self.folder / "sample-sign-in.txt").read_text().splitlines()
        return dict(line.split(": ", 1)[1].split(", password ") for line in notes if ", password " in line)

    def run(self, *command):
        """Run a command of manage.py and return what it printed."""
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=rendering.ROOT, env=self._environment, stdout=subprocess.PIPE, text=True, check=True, timeout=300,
        ).stdout  # fmt: skip

    def start(self, name):
        """Start a process, and wait until it listens where it is one that does."""
        port = self.ports.get(name)
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name],
                cwd=rendering.ROOT, env=self._environment | ({"PORT": str(port)} if port else {}),
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        if port:
            wait_for_port(port, self._running[name])
        if name in WEBS:
            WithoutProxy(port).get("/health/")

    def kill(self, name):
        """End a process and all that it started, without warning."""
        os.killpg(self._running[name].pid, signal.SIGKILL)
        self._running[name].wait(MAX_WAIT)

    def stop(self):
        """Stop all processes; kill those that do not end."""
        for process in self._running.values():
            process.terminate()
        for name, process in self._running.items():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill(name)

    def logs(self):
        """Return what all processes logged."""
        return "".join(path.read_text(errors="replace") for path in self.folder.rglob("*.log"))
