"""The files of backups: written whole or not at all, deleted when old; errors of age and gpg."""

import fcntl
import gzip
import os
import resource
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mscos.backups import files
from mscos.backups.files import BackupError
from mscos.backups.tables import DamagedBackup
from tests.backups.helpers import make_age_key

TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path / "backups")
    return tmp_path / "backups"


def read(path, identity=""):
    with files.reading(path, identity=identity) as lines:
        return list(lines)


def test_a_second_backup_of_a_day_gets_a_number_and_both_can_be_read(folder):
    paths = [files.write([word], recipient="") for word in ("one", "two")]
    assert [path.name for path in paths] == [f"portal-{TODAY}.jsonl.gz", f"portal-{TODAY}-2.jsonl.gz"]
    assert [read(path) for path in paths] == [["one\n"], ["two\n"]]


def test_what_a_killed_process_left_is_written_over(folder):
    folder.mkdir()
    (folder / ".portal-draft").write_bytes(b"half of a backup" * 1_000)
    assert read(files.write(["whole"], recipient="")) == ["whole\n"]
    assert [path.name for path in folder.iterdir()] == [f"portal-{TODAY}.jsonl.gz"]


def test_two_backups_at_once_do_not_mix(folder):
    folder.mkdir()
    with (folder / ".portal-draft").open("w") as draft:
        fcntl.flock(draft, fcntl.LOCK_EX)
        with pytest.raises(BackupError, match=r"^Another backup is being written at this moment\. Wait for it\.$"):
            files.write(["whole"], recipient="")


@pytest.mark.parametrize("recipient", ["", "age"])
def test_a_fault_on_the_way_leaves_nothing(folder, tmp_path, recipient):
    def lines():
        yield "words" * 10_000
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        files.write(lines(), recipient=recipient and make_age_key(tmp_path)[1])
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_full_disk_is_told_and_leaves_nothing_half_made(folder, tmp_path, encrypted):
    recipient = make_age_key(tmp_path)[1] if encrypted else ""
    message = (
        "age failed: age: error: "
        if encrypted
        else f"The backup could not be written to {folder}: File too large. Nothing"
    )
    with files_of_at_most(100_000), pytest.raises(BackupError, match=f"^{message}"):
        files.write((os.urandom(1_000).hex() for _ in range(1_000)), recipient=recipient)
    assert list(folder.iterdir()) == []


@contextmanager
def files_of_at_most(size):
    """Let no file grow beyond a size, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_old_backups_of_ours_go_and_nothing_else(folder, settings):
    settings.BACKUP_DAYS = 10
    folder.mkdir()
    days = [TODAY - timedelta(days=number) for number in (0, 1, 10, 11)]
    names = [f"portal-{day}.jsonl.gz" for day in days] + [f"portal-{TODAY}-{n}.jsonl.gz.age" for n in (2, 10)]
    others = ["erasures.csv", "portal-2001-01-01.jsonl.gz.part", "notes-2001-01-01.jsonl.gz"]
    for name in names + others:
        (folder / name).touch()

    def left():
        return sorted({path.name for path in folder.iterdir()} - {*others})

    assert files.delete_old(keep=None) == 1
    assert left() == sorted(set(names) - {f"portal-{days[3]}.jsonl.gz"})
    assert files.delete_old(keep=2) == 3
    assert left() == sorted(names[4:])
    settings.BACKUP_DAYS = -1
    files.delete_old(keep=None)
    assert left() == [names[5]]  # the newest stays in any case
    assert {path.name for path in folder.iterdir()} == {names[5], *others}


@pytest.mark.parametrize("cut", [0.2, 0.9])
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_backup_that_is_cut_short_is_told(folder, tmp_path, cut, encrypted):
    identity, recipient = make_age_key(tmp_path) if encrypted else ("", "")
    path = files.write((f"line {number}" for number in range(50_000)), recipient=recipient)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])
    with pytest.raises(
        (DamagedBackup, BackupError), match=r"^(The backup is damaged or cut short|age failed: age: error: )"
    ):
        read(path, identity)


def test_what_is_no_backup_is_told(folder):
    folder.mkdir()
    path = folder / "notes"
    path.write_text("Some notes")
    with pytest.raises(DamagedBackup, match=r"^The backup is damaged or cut short\."):
        read(path)


def test_a_key_that_does_not_fit_and_none_are_told(folder, tmp_path):
    path = files.write(["words"], recipient=make_age_key(tmp_path)[1])
    with pytest.raises(BackupError, match=r"^The backup is encrypted with age\. Name the file"):
        read(path)
    (tmp_path / "other").mkdir()
    with pytest.raises(BackupError, match=r"^age failed: age: error: no identity matched"):
        read(path, make_age_key(tmp_path / "other")[0])


def test_a_recipient_that_is_none_and_a_tool_that_is_missing_are_told(folder, monkeypatch):
    with pytest.raises(BackupError, match=r"^age failed: age: error: .*age1nobody"):
        files.write(["words"], recipient="age1nobody")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BackupError, match=r"^age is not installed\. Install it \(Debian: apt install age\)\.$"):
        files.write(["words"], recipient="age1nobody")
    assert list(folder.iterdir()) == []


def test_nothing_in_a_file_tells_a_time_or_a_name(folder):
    packed = files.write(["words"], recipient="").read_bytes()
    assert packed[3:8] == b"\0" * 5  # no name, and no time
    assert gzip.decompress(packed) == b"words\n"


def test_keep_takes_a_number_from_one():
    with pytest.raises(CommandError, match=r"^--keep takes a number from 1\.$"):
        call_command("backup", keep=0)
