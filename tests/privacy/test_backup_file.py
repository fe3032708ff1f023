"""A stolen backup: it decrypts nothing, and an encrypted one shows nothing."""

import gzip

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMessage
from django.core.management import call_command

from forums.writer_actions import start_thread
from mscos.forms import new_submission_id
from mscos.mail.queue import enqueue
from tests.backups.helpers import make_age_key
from tests.forums.call_requests.helpers import ANSWERS, make_request
from tests.privacy.helpers import forms_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def secrets(forum, settings, tmp_path):
    """Secrets that a backup must not contain, by name; all exist when the backup is made."""
    settings.BACKUP_DIR = str(tmp_path / "backups")
    sent = start_thread(forum=forum, submission_id=new_submission_id(), title="A marked title", body="Marked words")
    asked = make_request(forum=forum)
    session = SessionStore()
    session["marked"] = "in a session"
    session.save()
    enqueue(EmailMessage("Marked subject", "Marked letter", to=["marked@example.org"]))
    keys = {name: getattr(settings, name) for name in ("SECRET_KEY", "CODE_KEY", "FIELD_KEY")}
    codes = {"code": sent.code, "code of a call": asked.code}
    return {
        **keys,
        **codes,
        "session": session.session_key,
        "letter": "marked@example.org",
        "number": ANSWERS["contact"],
    }


def written(tmp_path, **options):
    """Make a backup and return the content of its folder."""
    call_command("backup", **options)
    return {path.name: path.read_bytes() for path in (tmp_path / "backups").iterdir()}


def test_a_backup_holds_no_code_no_key_no_session_no_letter_and_no_contact(secrets, tmp_path):
    files = written(tmp_path)
    [packed] = [held for name, held in files.items() if name.endswith(".gz")]
    held = gzip.decompress(packed) + files["erasures.csv"]
    assert b"Marked words" in held
    found = {name for name, secret in secrets.items() if any(form in held for form in plain_forms(secret))}
    assert found == set()


def plain_forms(secret):
    return [form for name, form in forms_of(secret).items() if " with " not in name]


def test_an_encrypted_backup_shows_no_word(secrets, tmp_path):
    files = written(tmp_path, recipient=make_age_key(tmp_path)[1])
    assert sorted(name.partition(".")[2] for name in files) == ["csv", "jsonl.gz.age"]
    listed = files.pop("erasures.csv")  # which names tables and days in clear, and nothing else
    [encrypted] = files.values()
    assert [word for word in (b"Marked", b"forums_post", b"\x1f\x8b\x08\0\0\0\0\0") if word in encrypted] == []
    assert [word for word in (b"Marked", settings.SECRET_KEY.encode()) if word in listed + encrypted] == []
