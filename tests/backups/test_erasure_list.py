"""The list of erasures: the database adds an entry, whatever deletes or empties a row."""

import ast
import stat
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, models
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.module_loading import import_string

from forums.models import Forum, Post, Thread
from forums.moderation import decisions
from forums.writer_actions import start_thread
from mscos.backups import erasures
from mscos.backups.erasures import Entry
from mscos.backups.tables import backed_up_models
from mscos.models import Erasure, User
from newsletters.models import Subscriber
from outcomes.models import Quotation
from tests.newsletters.conftest import make_issue
from tests.newsletters.sending.helpers import begin, make_readers
from tests.outcomes.conftest import make_quotation
from tests.test_architecture import APPS, SOURCES

NOT_WORDS_OF_PEOPLE = {
    "assigned_to": "which moderator was asked to look",
    "change_note": "what editors tell of an event",
    "decided_by": "which moderator decided",
    "handled_by": "which moderator dealt with a report",
    "preview_token": "a link for editors",
    "topic": "which side of a consultation a thread answers",
    "subscriber": "a reader moves: their row is noted",
}


def noted():
    return sorted(Erasure.objects.values_list("table", "row", "became"))


@pytest.fixture
def post(db):
    forum = Forum.objects.create(slug="a", title="A", purpose="P")
    return start_thread(forum=forum, submission_id="s", title="Title", body="Words").post


def emptied():
    """Yield the names of columns that the code empties: `row.column = ""`, `update(column=None)` and the like."""
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text()))]
    for node in nodes:
        if isinstance(node, ast.Assign) and is_nothing(node.value):
            targets = [each for target in node.targets for each in getattr(target, "elts", [target])]
            yield from (target.attr for target in targets if isinstance(target, ast.Attribute))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
            yield from (word.arg for word in node.keywords if word.arg and is_nothing(word.value))


def is_nothing(value):
    if isinstance(value, ast.Tuple):
        return any(map(is_nothing, value.elts))
    return isinstance(value, ast.Constant) and value.value in ("", None)


def columns_of_words():
    """Return the names of columns with text or a person: those with an erasure rule, and the others."""
    watched, others = set(), set()
    for model in backed_up_models():
        rule = erasures.erasure_rules().get(model._meta.db_table)
        for field in model._meta.concrete_fields if model._meta.app_label in APPS else []:
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if rule and field.name in rule.columns:
                watched.add(field.name)
            elif is_text or field.related_model in (User, Subscriber):
                others.add(field.name)
    return watched, others


def test_words_that_a_write_destroys_are_watched_where_their_row_stays():
    """A new write that empties a column needs a `ErasureRule`, or a reason."""
    watched, others = columns_of_words()
    follows = {"body_html": "body", "credit": "withdrawn_on", "text": "withdrawn_on"}  # written together with these
    assert set(follows.values()) <= watched
    found = set(emptied()) & others - watched - follows.keys()
    assert found == {*NOT_WORDS_OF_PEOPLE}


@pytest.mark.django_db
def test_each_table_has_a_trigger_but_for_those_made_from_others():
    with connection.cursor() as cursor:
        there = erasures._existing_triggers(cursor)
    tables = {model._meta.db_table for model in backed_up_models() if model._meta.label not in erasures.DERIVED_MODELS}
    assert len(there) == len(tables) + len(settings.ERASURE_RULES)
    assert {table for table in tables if not any(name.startswith(f"erased_{table}_") for name in there)} == set()


def test_a_row_that_any_statement_deletes_is_noted_with_its_day_and_no_words(post):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM forums_post")
    [note] = Erasure.objects.values()
    assert len(note.pop("key")) == 32
    assert abs(note.pop("day") - timezone.localdate()) <= timedelta(days=1)
    assert note == {"table": "forums_post", "row": str(post.pk), "became": ""}


def test_words_that_any_statement_changes_are_noted_with_the_state_and_other_changes_are_not(post):
    Post.objects.update(state="refused", reason="other", day="2026-03-01")
    assert noted() == []
    Post.objects.update(body="Other words")
    assert noted() == [("forums_post", str(post.pk), "refused")]


def test_reading_and_writing_the_list_changes_nothing_and_tells_no_order(post, settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path / "new")
    Post.objects.all().delete()
    Thread.objects.all().delete()
    path = erasures.write_list()
    listed = erasures.read_list(path)
    assert {entry[1:] for entry in listed} == {
        (str(day), *rest) for day, *rest in Erasure.objects.values_list("day", "table", "row", "became")
    }
    keys = [line.split(",")[0] for line in path.read_text().splitlines()[1:]]
    assert keys == sorted(keys)
    assert (stat.S_IMODE(path.stat().st_mode), [each.name for each in path.parent.iterdir()]) == (0o600, [path.name])


def test_notes_are_forgotten_a_day_after_the_oldest_backup(post, settings):
    settings.BACKUP_DAYS = 10
    today = timezone.localdate()
    for number in (0, 11, 12):
        Erasure.objects.create(key=str(number), day=today - timedelta(days=number), table="forums_post", row="1")
    erasures.delete_old_entries()
    assert sorted(Erasure.objects.values_list("key", flat=True)) == ["0", "11"]


def test_rows_that_hold_others_fast_go_first(post, sam):
    Post.objects.update(author=sam, voice=None)
    entries = [
        Entry("a", "2026-03-01", "mscos_user", str(sam.pk), ""),
        Entry("b", "2026-03-01", "forums_post", str(post.pk), ""),
        Entry("c", "2026-03-01", "forums_post", "404", ""),
    ]
    assert (erasures.repeat_erasures(entries=entries), Post.objects.count(), User.objects.count()) == (2, 0, 0)


def test_what_holds_a_row_fast_and_was_not_erased_stops_it(post, sam):
    Post.objects.update(author=sam, voice=None)
    with pytest.raises(ProtectedError):
        erasures.repeat_erasures(entries=[Entry("a", "2026-03-01", "mscos_user", str(sam.pk), "")])
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("became", "number", "state"),
    [
        ("withdrawn", 1, "withdrawn"),
        ("withdrawn", None, "withdrawn"),
        ("removed", 1, "removed"),
        ("changed", 1, "removed"),
        ("changed", None, "refused"),
        ("refused", None, "refused"),
    ],
)
def test_a_post_is_taken_down_as_it_was(post, sam, became, number, state):
    if number:
        decisions.publish(post=post, by=sam)
    entry = Entry("a", "2026-03-01", "forums_post", str(post.pk), became)
    assert erasures.repeat_erasures(entries=[entry]) == 1
    post.refresh_from_db()
    assert (post.state, post.number, post.body, post.body_html) == (state, number, "", "")
    assert (
        erasures.repeat_erasures(entries=[entry, Entry("b", "2026-03-01", "forums_post", str(post.pk), "changed")]) == 2
    )
    post.refresh_from_db()
    assert post.state == state


def test_a_quotation_whose_consent_was_changed_is_shown_nowhere(db):
    quotation = make_quotation("Words")
    Quotation.objects.update(consent_scope="both")
    assert noted() == [("outcomes_quotation", str(quotation.pk), "changed")]
    erasures.repeat_erasures(entries=[Entry("a", "2026-03-01", "outcomes_quotation", str(quotation.pk), "changed")])
    assert (Quotation.objects.with_live_consent().count(), Quotation.objects.get().text) == (0, "Words")


def test_newsletters_wait_for_somebody_to_look_after_a_restore(sam):
    make_readers(1)
    mailing = begin(sam)
    issue = make_issue(6, state="scheduled", publish_at=timezone.now() + timedelta(days=1))
    for name in settings.AFTER_RESTORE:
        import_string(name)()
    mailing.refresh_from_db()
    issue.refresh_from_db()
    assert (mailing.state, issue.state, issue.publish_at) == ("paused", "draft", None)
