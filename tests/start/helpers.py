"""The portal's commands as an administrator runs them: in a process of their own, with an environment of its own."""

import os
import subprocess
import sys
from typing import NamedTuple

from tests.database_template import put_file
from tests.subprocesses import ROOT

KEPT = ("PATH", "HOME", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
LONG = "k" * 32
# What a site over https needs at the least.
HTTPS = {
    "SITE_URL": "https://community.example.org",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "SECRET_KEY": LONG,
    "CODE_KEY": LONG,
    "FIELD_KEY": LONG,
}


class Said(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


def environment_of(folder, **settings):
    """Return the environment of a site whose data lie in a folder, without anything of the test run's own."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", "VAR_DIR": str(folder), **settings}


def run(*command, under=(), **settings):
    """Run a command to its end; `under` is what runs it in turn, such as setpriv."""
    folder = settings.pop("folder")
    done = subprocess.run(
        [*under, *command],
        cwd=ROOT, env=environment_of(folder, **settings), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def manage(*arguments, **settings):
    """Run a command of manage.py to its end."""
    return run(sys.executable, "manage.py", *arguments, **settings)


def refused(*sentences):
    """Return how a command ends that says why the portal does not start."""
    return Said(1, "", "The portal did not start. " + "\n".join(sentences) + "\n")


def prepared(folder, **settings):
    """Make a folder with a database whose tables are made, prepare it and return it."""
    folder.mkdir(exist_ok=True)
    put_file(folder)
    done = manage("prepare", folder=folder, **settings)
    assert (done.code, done.err) == (0, "")
    return folder
