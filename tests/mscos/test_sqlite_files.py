"""The format of a new SQLite file, and that opening it waits for nobody."""

from tests.database_template import run_on_a_file

NEW = """
from django.db import connection
connection.settings_dict["NAME"] += ".new"
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE something (a)")
    print([cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("auto_vacuum", "journal_mode", "secure_delete")])
"""
WHILE_ONE_WRITES = """
from django.db import connection, transaction
from mscos.models import Job
other = connection.copy()
other.settings_dict["OPTIONS"]["timeout"] = 0
with transaction.atomic():
    Job.objects.create(name="held", due_at="2026-01-01T00:00Z")
    with other.cursor() as cursor:
        print(cursor.execute("SELECT count(*) FROM mscos_job").fetchone())
"""


def test_a_new_file_gives_pages_back_and_lets_its_readers_go_on(tmp_path):
    assert run_on_a_file(NEW, tmp_path) == "[1, 'wal', 1]\n"


def test_a_connection_is_opened_and_reads_while_another_writes(tmp_path):
    assert run_on_a_file(WHILE_ONE_WRITES, tmp_path) == "(0,)\n"
