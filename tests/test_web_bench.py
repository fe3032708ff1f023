"""`python -m tests.web_bench`: that it runs, not its results."""

import re
import subprocess
import sys

import pytest

from tests.subprocesses import ROOT

pytestmark = pytest.mark.xdist_group("whole sites")


def test_the_web_server_can_be_measured():
    command = [
        sys.executable,
        "-m",
        "tests.web_bench",
        "--rounds=1",
        "--seconds=0.2",
        "--threads=2",
        "--readers",
        "1",
        "4",
    ]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=250)
    title, rates, slow = done.stdout.splitlines()
    assert title.startswith("Requests a second for /forums/housing/: median")
    assert re.fullmatch(r"2 threads +1: \d+ \(\d+ to \d+\) +4: \d+ \(\d+ to \d+\) *", rates)
    assert re.fullmatch(r" +among 400 slow visitors an ordinary request takes \d+ ms", slow)
