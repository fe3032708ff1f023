"""The upgrade and the roll-back of `docs/backup.md`."""

import shutil
from dataclasses import replace

import pytest

from tests import database_template
from tests.backups.helpers import installation

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("whole sites")]

FOLDERS = ("mscos", "outcomes", "events", "forums", "newsletters", "templates", "static", "tests")
MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mscos", "0001_initial")]
    operations = [migrations.RunSQL("CREATE TABLE of_the_next_version (id integer)", "DROP TABLE of_the_next_version")]
"""
WRITE = "from forums.models import Forum; Forum.objects.create(slug='{0}', title='{0}', purpose='P')"


@pytest.fixture
def next_version(tmp_path):
    """Return a copy of the portal with another migration."""
    source = tmp_path / "next"
    for folder in FOLDERS:
        shutil.copytree(database_template.ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "requirements.txt"):
        shutil.copy(database_template.ROOT / name, source)
    (source / "mscos/migrations/9999_next.py").write_text(MIGRATION)
    return source


def test_upgrade_and_roll_back(next_version, tmp_path):
    with installation(tmp_path / "site", empty=False) as old, installation(tmp_path / "again", empty=True) as again:
        old.run_successfully("prepare")
        old.shell(WRITE.format("before"))
        old.run_successfully("backup")
        contents = old.lines()
        new = replace(old, source=next_version)
        new.run_successfully("prepare")
        new.shell(WRITE.format("since"))
        upgraded = new.lines()
        assert [row for row in contents[1:] if row.startswith("[")] == [
            row for row in upgraded[1:] if row.startswith("[") and "since" not in row
        ]

        [path] = (old.folder / "backups").glob("portal-*")
        given = ("restore", str(path), "--erasures", str(old.folder / "backups" / "erasures.csv"))
        refused = replace(again, source=next_version).run(*given)
        assert (refused.returncode, refused.stderr.split(".")[0]) == (
            1,
            "CommandError: The backup was made by another version of the portal",
        )
        again.run_successfully(*given)
        without_key = again.run("prepare")
        assert without_key.stderr.startswith(
            "The portal did not start. CODE_KEY is not the key with which this database"
        )
        for key in old.folder.glob("*_key"):
            shutil.copy(key, again.folder)
        again.run_successfully("prepare")
        assert again.lines() == contents
