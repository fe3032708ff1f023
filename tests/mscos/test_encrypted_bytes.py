"""The bytes of a database with a request for a call: no typed word in clear, and after an erasure none in any token."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from forums.call_requests import requester_actions, team_actions
from forums.models import CallRequest
from mscos.encryption import LOST, EncryptedText
from mscos.forms import new_submission_id
from mscos.groups import CALL_HANDLERS
from tests.database_template import run_on_a_file
from tests.forums.call_requests.helpers import ANSWERS, TYPED, make_request
from tests.people import make_staff

TOKEN = re.compile(rb"gAAAAAAAAAA(?:(?!gAAAAAAAAAA)[A-Za-z0-9_-]){60,}={0,2}")
WORDS = [*(text.split("\n")[0] for text in TYPED), "Would Monday do", "Not on Friday"]
ON_A_FILE = """
from django.conf import settings
from django.db import connection
from tests.mscos.test_encrypted_bytes import fill, found_in, words_in
connection.cursor().execute("PRAGMA wal_autocheckpoint=0")
stored = lambda: b"".join(path.read_bytes() for path in settings.VAR_DIR.glob("*.sqlite3*"))
asked = fill()
print(len(stored()) > 0, found_in(stored()), len(words_in(stored())) > 0)
from forums.call_requests.requester_actions import withdraw
withdraw(call_request=asked.call_request)
print(found_in(stored()), words_in(stored()))
"""


def fill():
    """Ask for a call, and write both ways."""
    asked = make_request(**ANSWERS)
    sam = make_staff("encrypted-sam@example.org", display_name="Handler", groups=[CALL_HANDLERS])
    team_actions.claim(call_request=asked.call_request, by=sam)
    team_actions.write(call_request=asked.call_request, by=sam, words="Would Monday do?")
    requester_actions.write(call_request=asked.call_request, submission_id=new_submission_id(), words="Not on Friday.")
    return asked


def found_in(stored):
    """Return the words that stand in some bytes, as they were typed."""
    return [word for word in WORDS if word.encode() in stored]


def words_in(stored):
    """Return the words that stand in any token among some bytes that our key opens."""
    opened = [opened_in(run) for run in TOKEN.findall(stored)]
    return [word for word in WORDS if any(word in text for text in opened)]


def opened_in(run):
    """Return the words of the token that some letters begin with: those of the next column may follow at once."""
    for end in range(len(run) // 4 * 4, 60, -4):
        words = EncryptedText(run[:end].decode()).reveal()
        if words != LOST:
            return words
    return ""


def test_no_word_stands_in_the_file_and_after_an_erasure_in_no_token_either(tmp_path):
    assert run_on_a_file(ON_A_FILE, tmp_path).splitlines() == ["True [] True", "[] []"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a dump of PostgreSQL")
def test_no_word_stands_in_a_dump_and_after_an_erasure_in_no_token_either():
    asked = fill()
    before = dump()
    assert (found_in(before), len(words_in(before))) == ([], len(WORDS))
    requester_actions.withdraw(call_request=asked.call_request)
    assert (found_in(dump()), words_in(dump())) == ([], [])
    assert not CallRequest.objects.exists()


def dump():
    """Return the test database as pg_dump writes it."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    program = next((str(folder / "pg_dump") for folder in folders[::-1]), shutil.which("pg_dump"))
    parameters = settings.DATABASES["default"]
    address = {
        "PGHOST": parameters["HOST"], "PGPORT": str(parameters["PORT"] or 5432), "PGUSER": parameters["USER"],
        "PGPASSWORD": parameters["PASSWORD"], "PGDATABASE": connection.settings_dict["NAME"],
    }  # fmt: skip
    return subprocess.run([program], env={**os.environ, **address}, capture_output=True, check=True, timeout=120).stdout
