"""Keys: made once, readable by their owner alone, and recognised by their check value."""

import os
import sqlite3
import subprocess
import sys

import pytest

from tests.start.helpers import HTTPS, KEY, CommandResult, environment_of, manage, prepared, refused
from tests.subprocesses import ROOT

pytestmark = pytest.mark.xdist_group("keys")

PUT_BACK = "Put the key back from your copy. If nothing was ever kept with it, delete the file: a new key is then made."
ANOTHER = (
    "CODE_KEY is not the key with which this database was begun, so no writer's code would open anything. Set CODE_KEY to "
    "that key, or put the file code_key back into VAR_DIR, from your copy. If it is lost for good, set CODE_KEY_LOST=yes for "
    "one run of 'manage.py prepare': the site then starts, and the codes given out before stay without use."
)


def test_an_empty_setting_makes_no_key(tmp_path):
    sentence = "CODE_KEY is set and empty. Set it to your key, or leave it out: one is then made."
    assert manage("prepare", folder=tmp_path, CODE_KEY=" ") == refused(sentence)


def test_a_setting_that_is_no_text(tmp_path):
    sentence = "CODE_KEY holds something that is not text. Set it to letters, digits and signs."
    assert manage("prepare", folder=tmp_path, CODE_KEY=os.fsdecode(b"\xff" * 40)) == refused(sentence)


@pytest.mark.parametrize(
    ("content", "mode", "sentence"),
    [
        (b"", 0o600, f"{{}} is empty. {PUT_BACK}"),
        (b" \n", 0o600, f"{{}} is empty. {PUT_BACK}"),
        (b"\xff" * 40, 0o600, f"{{}} holds something that is not text. {PUT_BACK}"),
        (b"\0" * 40, 0o600, f"{{}} holds something that is not text. {PUT_BACK}"),
        (b"k" * 40, 0o604, "Everybody on this machine may open {0}. Run: chmod 600 '{0}'"),
        (b"k" * 40, 0o602, "Everybody on this machine may open {0}. Run: chmod 600 '{0}'"),
    ],
)
def test_a_file_that_is_no_key(tmp_path, content, mode, sentence):
    path = tmp_path / "code_key"
    path.write_bytes(content)
    path.chmod(mode)
    assert manage("prepare", folder=tmp_path) == refused(sentence.format(path))
    assert path.read_bytes() == content


def test_a_file_that_its_owner_cannot_read(tmp_path):
    path = tmp_path / "code_key"
    path.mkdir()
    sentence = f"{path} cannot be read: Is a directory. Let the portal's user read this file, or set CODE_KEY."
    assert manage("prepare", folder=tmp_path) == refused(sentence)


def test_many_that_start_at_once_agree_on_one_key(tmp_path):
    program = (
        "import sys; from pathlib import Path; from mscos.secret_files import secret; sys.stdin.read(); "
        "print(secret('CODE_KEY', Path(sys.argv[1])))"
    )
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            cwd=ROOT, env=environment_of(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(8)
    ]  # fmt: skip
    for one in crowd:
        one.stdin.close()  # what they wait for
    keys = {one.stdout.read().strip() for one in crowd}
    assert {one.wait(60) for one in crowd} == {0}
    assert keys == {(tmp_path / "code_key").read_text()}
    assert [path.name for path in tmp_path.iterdir()] == ["code_key"]


def test_a_lost_code_key_stops_the_start_until_somebody_says_to_go_on(tmp_path):
    folder = prepared(tmp_path / "var")
    first = (folder / "code_key").read_text()
    (folder / "code_key").unlink()
    for command in (("prepare",), ("run_worker", "--once"), ("check_start",)):
        done = manage(*command, folder=folder)
        assert (done.code, done.err) == (1, f"The portal did not start. {ANOTHER}\n")

    done = manage("prepare", folder=folder, CODE_KEY_LOST="yes")
    told = "CODE_KEY: the new key is known from now on. Take CODE_KEY_LOST out of the settings again."
    assert (done.code, done.out.splitlines()[2], done.err) == (0, told, "")
    assert manage("check_start", folder=folder) == CommandResult(0, "", "")
    assert manage("check_start", folder=folder, CODE_KEY=first) == refused(ANOTHER)


def test_secret_key_may_change_and_the_check_value_holds_no_key(tmp_path):
    folder = prepared(tmp_path / "var")
    (folder / "secret_key").unlink()
    assert manage("check_start", folder=folder) == CommandResult(0, "", "")
    with sqlite3.connect(folder / "portal.sqlite3") as database:
        [(name, value)] = database.execute("SELECT name, value FROM mscos_keycheckvalue").fetchall()
    assert (name, len(value)) == ("CODE_KEY", 64)
    assert (folder / "code_key").read_text() not in value


@pytest.mark.parametrize("name", ["SECRET_KEY", "CODE_KEY", "FIELD_KEY"])
def test_a_site_over_https_takes_no_short_key(tmp_path, name):
    sentence = (
        f"{name} has 31 characters. Set it to 32 random characters or more (openssl rand -base64 48), or leave it unset: then "
        "one is made in VAR_DIR."
    )
    assert manage("prepare", folder=tmp_path, **HTTPS | {name: KEY[1:]}) == refused(sentence)


def test_an_older_field_key_may_be_short(tmp_path):
    prepared(tmp_path / "var", **HTTPS | {"FIELD_KEY": f"{KEY},short"})
