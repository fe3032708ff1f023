"""The README's first command, in earnest: `make run` on an empty data folder, web and work together."""

import os
import shutil
import signal
import subprocess
import time

import pytest

from tests.browser.conftest import ROOT, _free_port, _wait_for

pytestmark = pytest.mark.skipif(
    not shutil.which("make") or not (ROOT / ".venv/installed").exists(), reason="needs make and the .venv that it makes"
)


def test_make_run_shows_the_portal_and_its_mail_leads_back_to_it(tmp_path):
    port = _free_port()
    left_out = {"DATABASE_URL", "CACHE_URL", "SITE_URL", "DJANGO_SETTINGS_MODULE", "SAMPLE_SITE", "PORT"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    printed = (tmp_path / "printed").open("w+")
    run = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=ROOT,
        env={**environment, "VAR_DIR": str(tmp_path / "var")},
        stdout=printed,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health/")
        # The sample content has posts that wait: the work loop tells the sample moderator at its first look.
        queue = f"http://127.0.0.1:{port}/admin/forums/post/"
        _wait_until(lambda: any(queue in path.read_text() for path in (tmp_path / "var/mail").glob("*")))
    finally:
        os.killpg(run.pid, signal.SIGINT)
        run.wait(timeout=40)
    printed.seek(0)
    text = printed.read()
    assert f"The portal answers at http://127.0.0.1:{port}/" in text
    assert "Sample moderator: moderator@example.org, password " in text
    assert "web.1 stopped (rc=0)" in text
    assert "work.1 stopped (rc=0)" in text


def _wait_until(is_so):
    """Wait until something is so, among the mails that come one after the other; fail after a time in which it must be."""
    for _ in range(100):
        if is_so():
            return
        time.sleep(0.2)
    pytest.fail("No mail led back within 20 seconds.")
