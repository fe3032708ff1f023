"""The portal's commands as an administrator runs them, with an environment of their own."""

import os
import subprocess
import sys
from typing import NamedTuple

from tests.database_template import put_file
from tests.subprocesses import ROOT

KEPT = ("PATH", "HOME", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
KEY = "k" * 32
# The least that a site over https needs.
HTTPS = {
    "SITE_URL": "https://community.example.org",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "SECRET_KEY": KEY,
    "CODE_KEY": KEY,
    "FIELD_KEY": KEY,
}


class CommandResult(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


def environment_of(folder, **settings):
    """Return the environment of a site with a data folder, without the settings of the test run."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", "VAR_DIR": str(folder), **settings}


def run(*command, under=(), **settings):
    """Run a command to its end, `under` another such as setpriv."""
    folder = settings.pop("folder")
    done = subprocess.run(
        [*under, *command],
        cwd=ROOT, env=environment_of(folder, **settings), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return CommandResult(done.returncode, done.stdout, done.stderr)


def manage(*arguments, **settings):
    """Run a command of manage.py to its end."""
    return run(sys.executable, "manage.py", *arguments, **settings)


def refused(*sentences):
    """Return the result of a command that prints why the portal does not start."""
    return CommandResult(1, "", "The portal did not start. " + "\n".join(sentences) + "\n")


def prepared(folder, **settings):
    """Make and return a data folder that `manage.py prepare` has prepared."""
    folder.mkdir(exist_ok=True)
    put_file(folder)
    done = manage("prepare", folder=folder, **settings)
    assert (done.code, done.err) == (0, "")
    return folder
