"""The short form of `make faults`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

pytestmark = pytest.mark.xdist_group("whole sites")

ROOT = Path(__file__).resolve().parent.parent


def test_whoever_is_killed_nobody_is_missed(db):
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "VAR_DIR"}}
    if connection.vendor == "postgresql":
        environment["DATABASE_URL"] = os.environ["DATABASE_URL"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.worker_faults", "--readers", "600", "--kills", "6"],
        check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(
        r"600 readers, 6 kills: nobody missed, \d+ in doubt, \d got the same mail twice\.\n", done.stdout
    )
