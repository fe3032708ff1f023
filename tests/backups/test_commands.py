"""The commands `backup` and `restore` as they are run on a site."""

import gzip
import stat
import subprocess

import pytest
from django.utils import timezone

from mscos.backups.tables import KEY_GAP
from tests.backups.helpers import MAX_SECONDS, installation, make_age_key

pytestmark = pytest.mark.django_db

FILL = """
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMessage
from mscos import sample
from mscos.mail.queue import enqueue
sample.load_if_empty()
SessionStore().save()
enqueue(EmailMessage("S", "B", to=["a@example.org"]))
"""
COUNTS = """
from django.contrib.sessions.models import Session
from forums.models import Forum, Post
from mscos.models import Job, QueuedEmail
new = Forum.objects.create(slug="new", title="New", purpose="P").pk
print(Session.objects.count(), QueuedEmail.objects.count(), Job.objects.count(), new - Forum.objects.exclude(pk=new).latest("pk").pk)
"""


@pytest.fixture
def filled(tmp_path):
    with installation(tmp_path / "filled", empty=False) as made:
        made.shell(FILL)
        yield made


@pytest.fixture
def empty(tmp_path):
    with installation(tmp_path / "empty", empty=True) as made:
        yield made


def test_an_encrypted_backup_is_restored_row_by_row_without_sessions_and_waiting_mail(filled, empty, tmp_path):
    identity, recipient = make_age_key(tmp_path)
    written = filled.run_successfully("backup", "--recipient", recipient)
    folder = filled.folder / "backups"
    path = folder / f"portal-{timezone.localdate()}.jsonl.gz.age"
    assert written == f"{path} is written. Older backups deleted: 0.\n"
    assert sorted(each.name for each in folder.iterdir()) == ["erasures.csv", path.name]
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}

    given = (str(path), "--identity", identity, "--erasures", str(folder / "erasures.csv"))
    said = empty.run_successfully("restore", *given)
    contents = filled.lines()
    rows = sum(line.startswith("[") for line in contents)
    assert said.startswith(
        f"{rows:,} rows in {contents[-1][11:-1]} tables are restored, and each is as in the backup of "
    )
    assert "Erased again, since it was erased after the backup: 0.\nWhat remains to be done:\n" in said
    assert empty.lines() == contents
    assert empty.shell(COUNTS) == f"0 0 0 {KEY_GAP + 1}\n"

    again = empty.run("restore", *given)
    assert (again.returncode, again.stderr.split(".")[0]) == (
        1,
        "CommandError: The database is not empty, and nothing in it was changed",
    )


def test_a_damaged_backup_leaves_no_row(filled, empty):
    filled.run_successfully("backup")
    folder = filled.folder / "backups"
    [path] = folder.glob("portal-*")
    contents = gzip.decompress(path.read_bytes()).replace(b"Housing forum", b"Hausing forum")
    path.write_bytes(gzip.compress(contents))
    done = empty.run("restore", str(path), "--erasures", str(folder / "erasures.csv"))
    assert (done.returncode, done.stderr) == (
        1,
        "CommandError: The rows of forums_forum in the backup are not those that were written.\n",
    )
    assert empty.shell("from outcomes.models import Outcome; print(Outcome.objects.count())") == "0\n"


def test_a_backup_for_a_key_that_gpg_knows(filled, empty, tmp_path, monkeypatch):
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    new = ["gpg", "--batch", "--passphrase", "", "--quick-generate-key", "backup@example.org", "default", "default"]
    subprocess.run(new, check=True, capture_output=True, timeout=MAX_SECONDS)
    try:
        filled.run_successfully("backup", "--recipient", "backup@example.org")
        [path] = (filled.folder / "backups").glob("portal-*.jsonl.gz.gpg")
        empty.run_successfully("restore", str(path), "--without-erasures")
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], check=True, timeout=MAX_SECONDS)
    assert empty.lines() == filled.lines()
