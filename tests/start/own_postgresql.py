"""A PostgreSQL server of a test's own, which asks for passwords and has roles with few rights."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg

PASSWORD = "the-administrators-password"


def programs():
    """Return the folder of PostgreSQL's programs, or None where there is no server on this machine."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = folders[-1] if folders else shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def server():
    """Start one; yield its port and a connection as administrator."""
    folder = Path(tempfile.mkdtemp(prefix="mscos-postgresql-"))
    try:
        (folder / "password").write_text(PASSWORD)
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            for path in (folder, folder / "password"):
                shutil.chown(path, "postgres")
        _run("initdb", "-D", folder / "data", "-U", "admin", "-A", "scram-sha-256", "--pwfile", folder / "password")
        port = _free_port()
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
        _run("pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start")
        try:
            with psycopg.connect(address("admin", PASSWORD, port, "postgres"), autocommit=True) as admin:
                yield port, admin
        finally:
            _run("pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def address(user, password, port, name):
    """Return a database's address as DATABASE_URL wants it."""
    return f"postgres://{user}:{password}@127.0.0.1:{port}/{name}"


def _run(program, *arguments):
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    command = [str(programs() / program), *map(str, arguments)]
    subprocess.run(
        command, user=user, cwd="/", check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120
    )


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]
