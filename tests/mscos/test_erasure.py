"""On a real SQLite file: words that were destroyed are in none of its pages, nor in its write-ahead log."""

from django.conf import settings

from tests.template import said_on_a_file

SCRIPT = """
from django.conf import settings
from django.db import connection
from forums.actions import start_thread, withdraw
from forums.models import Forum
connection.cursor().execute("PRAGMA wal_autocheckpoint=0")
forum = Forum.objects.create(slug="housing", title="Housing forum", purpose="P")
sent = start_thread(forum=forum, stamp="a stamp", title="Marked title", body="Marked words " * 300)
held = lambda: b"".join(path.read_bytes() for path in settings.VAR_DIR.glob("*.sqlite3*")).count(b"Marked")
before = held()
withdraw(post=sent.post)
print(before > 0, held())
"""


def test_no_byte_of_withdrawn_words_is_left_in_the_file_or_its_log(tmp_path):
    assert said_on_a_file(SCRIPT, tmp_path).split() == ["True", "0"]


def test_freed_pages_are_filled_with_zeros_whatever_sqlite_was_built_with():
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        assert "PRAGMA secure_delete=ON" in database["OPTIONS"]["init_command"]
        assert "PRAGMA auto_vacuum=FULL" in database["OPTIONS"]["init_command"]
