"""The short form of `make load`."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.deploy.conftest import required
from tests.services import REDIS_SERVER, require
from tests.subprocesses import ROOT

pytestmark = pytest.mark.xdist_group("whole sites")


def test_whatever_is_killed_readers_read_and_accepted_posts_are_kept_once(db):
    required("nginx")
    require("redis", REDIS_SERVER)
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "VAR_DIR"}}
    command = [sys.executable, "-m", "tests.load", "--database", connection.vendor]
    done = subprocess.run(
        [*command, "--seconds", "15", "--readers", "2", "--writers", "2", "--subscribers", "60"],
        check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{connection.vendor}: " in done.stdout
