"""`make run` on an empty data folder: web process and background worker together."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import termios

import pytest

from tests.database_template import put_file
from tests.subprocesses import ROOT, answers, free_port, is_free, wait_until

pytestmark = pytest.mark.skipif(
    not shutil.which("make") or not (ROOT / ".venv/installed").exists(), reason="needs make and the .venv that it makes"
)


def test_make_run_shows_the_portal_and_its_mail_leads_back_to_it(tmp_path):
    port = free_port()
    left_out = {"DATABASE_URL", "CACHE_URL", "SITE_URL", "DJANGO_SETTINGS_MODULE", "SAMPLE_SITE", "PORT"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    printed = tmp_path / "printed"
    run = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=ROOT,
        env={**environment, "VAR_DIR": str(tmp_path / "var")},
        stdout=printed.open("w"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        wait_until(lambda: answers(port))
        wait_until(lambda: f"The portal answers at http://127.0.0.1:{port}/" in printed.read_text())
        # The sample content has posts that wait: the background worker mails the sample moderator at once.
        queue = f"http://127.0.0.1:{port}/admin/forums/post/"
        wait_until(lambda: any(queue in path.read_text() for path in (tmp_path / "var/mail").glob("*")))
    finally:
        os.killpg(run.pid, signal.SIGINT)
        run.wait(timeout=40)
    text = printed.read_text()
    assert "Sample moderator: moderator@example.org, password " in text
    assert re.findall(r"WARNING|ERROR|CRITICAL", text) == []  # both ended when they were told to, by themselves
    assert re.findall(r"\d\d:\d\d", text) == []  # no time finer than the hour
    assert is_free(port)


@pytest.mark.parametrize("ended", ["terminal", "make"])
def test_nothing_outlives_the_terminal_or_make(tmp_path, ended):
    put_file(tmp_path)
    port, (ours, theirs) = free_port(), os.openpty()
    make = subprocess.Popen(
        ["make", "run", f"PORT={port}", "SAMPLE_SITE=no"],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "mscos.settings"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  it takes no lock
    )
    os.close(theirs)
    assert any("The portal answers at" in line for line in make.stdout)
    if ended == "terminal":
        os.close(ours)
    else:
        make.kill()
    make.stdout.read()  # its end comes when the last process that could print is gone
    make.wait(60)
    assert is_free(port)
