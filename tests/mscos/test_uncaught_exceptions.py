"""Uncaught exceptions are logged like all others: the hour, the type, the stack, no message."""

import re
import subprocess

import pytest

from tests.subprocesses import Running

MARK = "marked-text"
FAIL = f"def fail(*_): raise RuntimeError('{MARK}')\n"
PLACES = {
    "in a command": FAIL + "fail()",
    "in a thread": FAIL + "import threading\nthread = threading.Thread(target=fail)\nthread.start()\nthread.join()",
    "at an object's end": FAIL + "type('Thing', (), {'__del__': fail})()",
}


@pytest.mark.parametrize("script", PLACES.values(), ids=PLACES)
def test_an_uncaught_exception_is_written_without_its_message(tmp_path, script):
    with Running("manage.py", "shell", "-v", "0", "-c", script, VAR_DIR=str(tmp_path)) as command:
        command.wait_for_end()
    first, kind, *places = command.lines
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\dh CRITICAL mscos An exception was not caught\.\n", first)
    assert kind == "RuntimeError (message left out)\n"
    assert re.fullmatch(r"  \S+:\d+ in fail\n", places[-1])
    assert MARK not in command.text()


def test_a_module_under_the_portal_s_care_that_fails_is_as_quiet(tmp_path):
    with Running(
        "-m", "mscos.processes.child", MARK, stdin=subprocess.PIPE, VAR_DIR=str(tmp_path)
    ) as child:  # the parent's end
        child.wait_for_end()
    assert child.lines[1] == "ImportError (message left out)\n"
    assert MARK not in child.text()


def test_a_line_that_cannot_be_written_shows_none_of_its_arguments(tmp_path):
    script = f"import logging\nlogging.getLogger('mscos').warning('%d of them', '{MARK}')"
    with Running("manage.py", "shell", "-v", "0", "-c", script, VAR_DIR=str(tmp_path)) as command:
        command.wait_for_end()
    assert command.lines == []
