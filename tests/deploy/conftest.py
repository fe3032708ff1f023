"""The portal as deploy/ lays it out: nginx with those very files in front of a web process."""

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy import rendering
from tests.deploy.visitors import Visitor
from tests.template import put_file

ONION = f"{'a2' * 28}.onion"


@dataclass(frozen=True)
class Running:
    """A portal behind nginx: its folder, its ports, and its web process."""

    folder: Path
    http: int
    https: int
    onion: int
    web: subprocess.Popen

    def visitor(self, **facts):
        return Visitor(self.https, **facts)


def required(program):
    """Return a program's path; skip where it is missing, unless REQUIRE names it."""
    path = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if path is None:
        message = f"{program} is not installed"
        (pytest.fail if program in os.environ.get("REQUIRE", "").split(",") else pytest.skip)(message)
    return path


def free_ports(count):
    """Return ports of 127.0.0.1 on which nothing listens."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(port, process):
    """Wait until a process that was started listens on its port."""
    with socket.socket() as probe:
        while probe.connect_ex(("127.0.0.1", port)):
            assert process.poll() is None, f"{process.args[0]} ended with {process.returncode}"
            time.sleep(0.05)


def environment_of(folder, **changes):
    """Return what deploy/portal.env gives a process, with a database of the test's own and keys."""
    ours = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    keys = dict.fromkeys(("SECRET_KEY", "CODE_KEY", "FIELD_KEY"), "0123456789abcdef" * 4)
    own = {"VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3", "ONION_URL": f"http://{ONION}"}
    return {**ours, **rendering.settings_file(), **keys, **own, **changes}


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    """Start a web process and nginx, and stop both after the last test."""
    required("nginx"), required("openssl")
    folder = tmp_path_factory.mktemp("deploy")
    http, https, onion, web, nobody = free_ports(5)
    put_file(folder)
    environment = environment_of(folder, PORT=str(web))
    for command in ("prepare", "add_first_content"):
        subprocess.run([sys.executable, "manage.py", command], cwd=rendering.ROOT, env=environment, check=True)
    main = rendering.write_nginx(folder / "nginx", http=http, https=https, onion=onion, web=[nobody, web])
    with (folder / "web.log").open("wb") as log:
        server = subprocess.Popen(
            rendering.start_command("portal-web@.service"),
            cwd=rendering.ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    proxy = subprocess.Popen(rendering.nginx_command(main))
    try:
        wait_for(web, server)
        wait_for(https, proxy)
        yield Running(folder, http, https, onion, server)
    finally:
        for process in (proxy, server):
            process.terminate()
            process.wait(timeout=60)
