"""The management commands."""

import os
import pty
import subprocess
import sys
import termios
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from newsletters.models import Mailing
from tests.mailbox import sent_mail
from tests.newsletters.sending.helpers import begin, make_readers, states

ROOT = Path(__file__).resolve().parent.parent.parent


def said(*command):
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().splitlines()


def test_nothing_to_send(editor):
    assert said("deliver") == ["Nothing is being sent. 'manage.py sendings' tells how the last issues went."]
    assert said("sendings") == ["No issue has been sent yet."]


def test_an_issue_is_sent_and_summarised(editor):
    make_readers(5)
    mailing = begin(editor)
    assert said("sendings") == ["Week 5: being sent. 5 waiting."]
    assert said("deliver") == ["Week 5: done. 5 sent."]
    assert states(mailing) == {"sent": 5}
    assert len(sent_mail()) == 5
    assert said("sendings") == ["Week 5: done. 5 sent."]


def test_a_paused_sending_is_not_sent(editor):
    make_readers(1)
    mailing = begin(editor)
    Mailing.objects.update(state="paused")
    assert said("deliver")[0].startswith("Nothing is being sent.")
    assert states(mailing) == {"queued": 1}


SCRIPT = """
import os, sys
from tests import worker_faults
worker_faults.settle_in(sys.argv[1], None, 1)
os.environ["EMAIL_URL"] = "filemail:"
worker_faults.begin(3)
from django.core.management import call_command
call_command("deliver", *sys.argv[2:])
"""


def test_a_terminal_shows_a_progress_bar(tmp_path):
    reading, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        check=False, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=terminal, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout == "Week 5: done. 3 sent.\n"
    os.close(terminal)
    assert "100%" in _all_of(reading)


def _all_of(reading):
    shown = b""
    try:
        while piece := os.read(reading, 100_000):
            shown += piece
    except OSError:  # so a terminal ends on Linux
        pass
    return shown.decode()
