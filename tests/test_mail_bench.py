"""The short form of `make bench`: that it runs, not its results."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

pytestmark = pytest.mark.xdist_group("whole sites")

ROOT = Path(__file__).resolve().parent.parent
RATE = (
    r"{}, {} kB: \d\.\d\d of a bare smtplib loop \(\d\.\d\d–\d\.\d\d in 2 rounds\), \d+\.\d\d to \d+\.\d\d ms a mail\n"
)
TOLD = {
    "sqlite": [
        RATE.format("SQLite", r"33\.\d"),
        RATE.format("SQLite", r"7\.\d"),
        r"A worker's memory: \d+ MB for 20 readers, \d+ MB for 40\n",
    ],
    "postgresql": [
        RATE.format("PostgreSQL", r"33\.\d"),
        RATE.format("PostgreSQL", r"7\.\d"),
        r"4 workers, PostgreSQL, 20 ms a mail: \d\.\d\d times 1 worker \(\d+ to \d+ mails a second\)\n",
    ],
}


def test_each_measurement_can_be_made(db):
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "VAR_DIR"}}
    if connection.vendor == "postgresql":
        environment["TEST_POSTGRES_URL"] = os.environ["DATABASE_URL"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.mail_bench", "--short", "--on", connection.vendor],
        check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch("".join(TOLD[connection.vendor]), done.stdout), done.stdout
