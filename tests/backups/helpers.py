"""Installations of the portal with a data folder and a database of their own, to run its commands in."""

import os
import re
import subprocess
import sys
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests import database_template

MAX_SECONDS = 300  # that a command may take on a busy machine


@dataclass(frozen=True)
class Installation:
    """A data folder, and a database of the kind that this run is on."""

    folder: Path
    url: str
    source: Path = database_template.ROOT

    def run(self, *arguments, **more):
        """Run a command of manage.py to its end; return the finished process."""
        command = [sys.executable, "manage.py", *arguments]
        given = {"cwd": self.source, "env": self.environment(), "capture_output": True, "text": True, **more}
        return subprocess.run(command, check=False, timeout=MAX_SECONDS, **given)

    def environment(self):
        left = {name: value for name, value in os.environ.items() if name != "CACHE_URL"}
        ours = {"DJANGO_SETTINGS_MODULE": "tests.settings", "VAR_DIR": str(self.folder), "DATABASE_URL": self.url}
        return {**left, **ours}

    def run_successfully(self, *arguments):
        """Run a command that has to succeed; return what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def shell(self, script):
        """Run a script in the shell; return what it printed."""
        return self.run_successfully("shell", "--verbosity", "0", "-c", script)

    def lines(self):
        """Return the lines that a backup would contain."""
        return self.shell("from mscos.backups.tables import lines\nfor line in lines(): print(line)").splitlines()


@contextmanager
def installation(folder, *, empty):
    """Yield an installation, with or without tables."""
    folder.mkdir(exist_ok=True)
    if connection.vendor == "postgresql":
        with database_template.new_database(server(), f"installation_{uuid.uuid4().hex[:12]}", empty=empty) as url:
            made = Installation(folder, url)
            if not empty:
                made.run_successfully("migrate", "--verbosity", "0")  # where there is no template
            yield made
    else:
        if not empty:
            database_template.put_file(folder)
        yield Installation(folder, f"sqlite:///{folder / 'portal.sqlite3'}")


def server():
    """Return the address of the PostgreSQL server of this run."""
    facts = settings.DATABASES["default"]
    return f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT'] or 5432}/postgres"


def make_age_key(folder):
    """Make a key for age; return its file and its recipient."""
    identity = folder / "age.key"
    subprocess.run(["age-keygen", "-o", identity], check=True, capture_output=True, timeout=MAX_SECONDS)
    return str(identity), re.search(r"age1\w+", identity.read_text())[0]
