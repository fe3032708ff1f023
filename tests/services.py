"""Programs and servers that tests need beside the portal: found, required, or started for a test."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.subprocesses import free_port, wait_for_port

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
REQUIRED = os.environ.get("REQUIRE", "").split(",")
# The headless shell is Chromium without its window: tests/browser/test_pages.py takes half the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in BROWSERS if (found := shutil.which(name))), None)
REDIS_SERVER = shutil.which("redis-server") or shutil.which("valkey-server")


def require(name, is_there):
    """Skip a test that needs what is missing here, or fail it where REQUIRE names it."""
    if not is_there:
        (pytest.fail if name in REQUIRED else pytest.skip)(f"{name} is not installed, or does not answer")


class Redis:
    """A Redis or Valkey server of a test's own, which keeps nothing on a disk."""

    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([REDIS_SERVER, *options], stdout=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def stop(self):
        self.process.kill()
        self.process.wait(60)


class Postgres:
    """A PostgreSQL server of a test's own, with its data in a folder; where it is given a password it asks for it."""

    def __init__(self, folder, password):
        self.folder, self.port, self.password = folder, free_port(), password
        folder.mkdir()
        (folder / "password").write_text(password)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            shutil.chown(folder / "password", "postgres")
        options = ["--auth", "scram-sha-256", "--pwfile", folder / "password"] if password else ["--auth", "trust"]
        self._run("initdb", "-D", folder / "data", "-U", "postgres", "--encoding", "UTF8", "-N", *options)

    def url(self, user="postgres", password=None, database="postgres"):
        """Return a database's address as DATABASE_URL wants it."""
        password = self.password if password is None else password
        return f"postgres://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self):
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self):
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-m", "fast", "stop")

    def _run(self, program, *arguments):
        # PostgreSQL refuses to run as root, and its user may not be allowed into our folder.
        user = "postgres" if os.geteuid() == 0 else None
        command = [str(postgres_programs() / program), *map(str, arguments)]
        subprocess.run(command, user=user, cwd="/", stdout=subprocess.DEVNULL, check=True, timeout=120)


def postgres_programs():
    """Return the folder of PostgreSQL's programs, or None where there is no server on this machine."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = folders[-1] if folders else shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def own_redis():
    """Start a Redis server; yield it, and stop it at the end."""
    require("redis", REDIS_SERVER)
    server = Redis()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def own_postgres(password=""):
    """Start a PostgreSQL server; yield it, and stop it at the end."""
    require("postgres", postgres_programs())
    with TemporaryDirectory() as folder:  # not in pytest's, which the user postgres may not enter
        Path(folder).chmod(0o755)
        server = Postgres(Path(folder) / "postgres", password)
        server.start()
        try:
            yield server
        finally:
            server.stop()
