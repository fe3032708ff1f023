"""The contents of a backup: a snapshot, its checksums, and what a restore refuses before it changes a row."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from forums.models import Forum
from mscos.backups import restoring, tables
from mscos.backups.tables import DamagedBackup
from mscos.management.commands.restore import check_age
from tests.concurrency import elsewhere

moment = pytest.mark.django_db(transaction=True)


def make_forum(slug):
    return Forum.objects.create(slug=slug, title=f"Forum {slug}", purpose="P")


def loaded(contents):
    """Load the contents of a backup; return the names of the tables that differ from it."""
    with transaction.atomic():
        return tables.differing_tables(tables.load(iter(contents[1:])))


@moment
def test_a_backup_is_one_moment_of_a_site_that_goes_on():
    make_forum("before")
    lines = tables.lines()
    contents = [next(lines), next(lines)]
    elsewhere(lambda: make_forum("after"))
    contents += lines
    assert ("Forum before" in "".join(contents), "Forum after" in "".join(contents)) == (True, False)
    assert sorted(Forum.objects.values_list("slug", flat=True)) == ["after", "before"]
    assert loaded(contents) == []
    assert list(Forum.objects.values_list("slug", flat=True)) == ["before"]


@moment
def test_a_row_that_differs_is_found():
    make_forum("a")
    contents = list(tables.lines())
    with transaction.atomic():
        found = tables.load(iter(contents[1:]))
        assert tables.differing_tables(found) == []
        Forum.objects.update(purpose="Q")
        assert tables.differing_tables(found) == ["forums_forum"]


@moment
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda contents: contents[:-1], "The backup ends too early."),
        (
            lambda contents: [line for line in contents if '"P"' not in line],
            "The rows of forums_forum in the backup are not",
        ),
        (
            lambda contents: [line.replace('"P"', '"Q"') for line in contents],
            "The rows of forums_forum in the backup are not",
        ),
        (
            lambda contents: [line.replace('"forums_forum"', '"forums_other"') for line in contents],
            "The backup holds a table that",
        ),
        (lambda contents: [line.replace('"purpose"', '"aim"') for line in contents], "The backup holds a table that"),
    ],
)
def test_a_backup_that_is_not_as_it_was_written_is_refused_and_nothing_changes(damage, message):
    make_forum("a")
    contents = list(tables.lines())
    make_forum("b")
    with pytest.raises(DamagedBackup, match=f"^{message}"):
        loaded(damage(contents))
    assert sorted(Forum.objects.values_list("slug", flat=True)) == ["a", "b"]


def header(**changes):
    said = {"database": connection.vendor, "day": "2026-03-01", "migrations": tables.known_migrations(), **changes}
    return iter([json.dumps(said)])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"database": "oracle"}, "The backup is of oracle, and DATABASE_URL names "),
        ({"migrations": []}, "The backup was made by another version of the portal."),
        (
            {"migrations": [*tables.known_migrations(), ["forums", "9999_later"]]},
            "The backup was made by another version",
        ),
        ({}, "The database is not empty, and nothing in it was changed."),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    with pytest.raises(restoring.BackupError, match=f"^{message}"):
        restoring.check_header(header(**changes))


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["[1]", '{"a": 1}', "null"])
def test_a_file_that_begins_otherwise_is_refused(first):
    with pytest.raises(DamagedBackup, match=r"^This is no backup of the portal\.$"):
        restoring.check_header(iter([first]))
    with pytest.raises(DamagedBackup, match=r"^This is no backup of the portal\.$"):
        restoring.check_header(iter([]))


@pytest.mark.parametrize("contents", [None, "Some notes", ""])
def test_without_a_list_of_erasures_nothing_is_restored(tmp_path, settings, contents):
    settings.BACKUP_DIR = str(tmp_path)
    (tmp_path / "backup").touch()
    if contents is not None:
        (tmp_path / "erasures.csv").write_text(contents)
    with pytest.raises(CommandError, match=r"is not there, or is no list of erasures\. What people erased since"):
        call_command("restore", str(tmp_path / "backup"))


@pytest.mark.django_db
def test_a_backup_to_which_the_list_does_not_reach_back_is_refused(settings):
    settings.BACKUP_DAYS = 10
    today = timezone.localdate()
    check_age(today - timedelta(days=10))
    with pytest.raises(
        CommandError, match=r"is older than 10 days \(BACKUP_DAYS\)\. The list of erasures does not reach"
    ):
        check_age(today - timedelta(days=11))


def test_every_table_is_in_a_backup_but_for_those_with_a_reason():
    kept = {model._meta.db_table for model in tables.backed_up_models()}
    left = ["account_emailconfirmation", "django_session", "mscos_job", "mscos_queuedemail"]
    assert sorted({*every_table()} - kept) == left
    assert kept - {*every_table()} == set()


def every_table():
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
