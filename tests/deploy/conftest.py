"""nginx with the files of deploy/ in front of a web process."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.database_template import put_file
from tests.deploy import rendering
from tests.deploy.visitors import Visitor
from tests.services import require
from tests.subprocesses import free_port, free_ports, wait_for_port

ONION = f"{'a2' * 28}.onion"


@dataclass(frozen=True)
class Proxy:
    """nginx on ports of 127.0.0.1, with its files and logs in a folder."""

    folder: Path
    http: int
    https: int
    onion: int

    def visitor(self, **facts):
        return Visitor(self.https, **facts)

    def logs(self):
        """Return the contents of all logs by file name."""
        return {path.name: path.read_text() for path in self.folder.parent.rglob("*.log")}


def required(program):
    """Return a program's path; skip the test, or fail it, where it is missing."""
    path = shutil.which(program, path=rendering.PROGRAMS)
    require(program, path)
    return path


def environment_of(folder, **changes):
    """Return the environment of deploy/portal.env, with keys, a data folder and an SQLite database."""
    ours = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    keys = dict.fromkeys(("SECRET_KEY", "CODE_KEY", "FIELD_KEY"), "0123456789abcdef" * 4)
    own = {"VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3", "ONION_URL": f"http://{ONION}"}
    return {**ours, **rendering.settings_file(), **keys, **own, **changes}


@contextmanager
def nginx_before(folder, *web):
    """Start nginx in front of the web processes on these ports, and stop it at the end."""
    required("nginx"), required("openssl")
    http, https, onion = free_ports(3)
    main = rendering.write_nginx(folder, http=http, https=https, onion=onion, web=web)
    process = subprocess.Popen(rendering.nginx_command(main))
    try:
        wait_for_port(https, process)
        yield Proxy(folder, http, https, onion)
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def web_process(folder):
    """Start a web process with an empty site's first content, yield its port, and stop it at the end."""
    port = free_port()
    put_file(folder)
    environment = environment_of(folder, PORT=str(port))
    for command in ("prepare", "add_first_content"):
        subprocess.run(
            [sys.executable, "manage.py", command], cwd=rendering.ROOT, env=environment, check=True, timeout=120
        )
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(
            rendering.start_command("portal-web@.service"),
            cwd=rendering.ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_for_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A portal behind nginx. Of the two web processes that nginx knows, one is away."""
    folder = tmp_path_factory.mktemp("deploy")
    closed_port = free_port()
    with web_process(folder) as web, nginx_before(folder / "nginx", closed_port, web) as proxy:
        yield proxy
