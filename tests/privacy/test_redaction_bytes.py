"""Words that were taken out, taken down or erased stand in no byte of what the portal keeps, and on no page.

On SQLite a real file with its write-ahead log is searched, which nothing cuts but the portal itself; on PostgreSQL a
dump. Beside them: the cache, the admin's log, sessions, feeds and pages.
"""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forums.models import Forum, Post, Report
from forums.moderation import decisions
from forums.moderation.reports import close_reports, erase_old_reports, report
from forums.writer_actions import answer_moderators, correct, erase_refused_posts, start_thread, withdraw
from mscos.forms import new_submission_id
from tests.database_template import run_on_a_file
from tests.mscos.test_encrypted_bytes import dump
from tests.people import make_staff, sign_in

MARK = "Zqxj"  # what every word to be destroyed begins with
LONG_AGO = timedelta(days=31)
ON_A_FILE = """
from django.db import connection
connection.cursor().execute("PRAGMA wal_autocheckpoint=0")
import json
from tests.privacy.test_redaction_bytes import files, rehearse
print(json.dumps(rehearse(files)))
"""


class Scene:
    """A forum, a moderator at work and somebody who reads and has a code."""

    def __init__(self):
        self.forum = Forum.objects.create(slug="housing", title="Housing forum", purpose="P")
        self.sam = make_staff("bytes-sam@example.org", display_name="Sam", is_superuser=True)
        self.desk, self.reader = Client(), Client()
        sign_in(self.desk, self.sam)

    def send(self, title="Ztitle", body="Zbody", content_note=""):
        """Send a thread, long enough to fill pages of the file of its own."""
        self.sent = start_thread(
            forum=self.forum,
            submission_id=new_submission_id(),
            title=title,
            body=f"{body} " * 1_000,
            content_note=content_note,
        )
        self.post = self.sent.post

    def publish(self):
        decisions.publish(post=self.post, by=self.sam)

    def decide(self, **typed):
        """Decide in the admin, as its pages do."""
        answer = self.desk.post(reverse("admin:forums_post_change", args=[self.post.pk]), typed)
        assert answer.status_code == 302, answer.content.decode()

    def take_down(self):
        """Take the post down with its code."""
        typed = {"code": self.sent.code, "n": "1", "sure": "yes"}
        assert self.reader.post("/code/take-down/", typed).status_code == 200

    def beside(self):
        """Return what is kept and shown beside the database file."""
        thread = self.post.thread.get_absolute_url()
        read = ["/", "/forums/", "/forums/housing/", "/forums/housing/feed/", thread, f"{thread}feed/"]
        queue = reverse("admin:forums_post_changelist")
        managed = [
            f"{queue}?state=all",
            reverse("admin:forums_post_change", args=[self.post.pk]),
            reverse("admin:index"),
        ]
        pages = [self.reader.get(path) for path in read] + [self.desk.get(path) for path in managed]
        pages.append(self.reader.post("/code/", {"code": self.sent.code}))
        kept = [
            cache._cache,
            list(LogEntry.objects.values()),
            [session.get_decoded() for session in Session.objects.all()],
        ]
        return repr(kept).encode() + b"".join(page.content for page in pages)


# Each scene writes marked words, waits until they were looked for, and then has them destroyed.


def published_with_changes(scene):
    scene.send("Zqxjtitle", "Zqxjbody", "Zqxjnote")
    decisions.ask_writer(post=scene.post, words="Zqxjquestion")
    answer_moderators(post=scene.post, submission_id="s", words="Zqxjanswer")
    yield
    scene.decide(
        decision="change",
        version=decisions.post_version(scene.post),
        title="T",
        body="B",
        words="One word less.",
        sure="on",
    )


def taken_down_by_its_writer(scene):
    scene.send("Zqxjtitle", "Zqxjbody", "Zqxjnote")
    decisions.ask_writer(post=scene.post, words="Zqxjquestion")
    answer_moderators(post=scene.post, submission_id="s", words="Zqxjanswer")
    scene.publish()
    yield
    scene.take_down()


def taken_down_by_a_moderator(scene):
    scene.send("Zqxjtitle", "Zqxjbody", "Zqxjnote")
    answer_moderators(post=scene.post, submission_id="s", words="Zqxjanswer " * 1_000)
    scene.publish()
    yield
    scene.decide(decision="remove", reason="person", words="It named somebody.", sure="on")


def refused_long_ago(scene):
    scene.send("Zqxjtitle", "Zqxjbody", "Zqxjnote")
    decisions.refuse(post=scene.post, by=scene.sam, reason="person", words="Zqxjwhy")
    Post.objects.filter(pk=scene.post.pk).update(day=timezone.localdate() - LONG_AGO)
    yield
    erase_refused_posts()


def refusal_undone(scene):
    scene.send()
    decisions.refuse(post=scene.post, by=scene.sam, reason="person", words="Zqxjwhy " * 1_000)
    yield
    scene.decide(act="undo")


def changed_once_published(scene):
    scene.send("Zqxjtitle", "Zqxjbody", "Zqxjnote")
    scene.publish()
    report(post=scene.post, submission_id="s", reason="points", words="Zqxjreport " * 90)
    scene.post.refresh_from_db()
    yield
    scene.decide(
        decision="change", version=decisions.post_version(scene.post), title="T", body="B", words="Less.", sure="on"
    )


def replaced_by_a_new_version(scene):
    scene.send("Zqxjtitle", "Zqxjbody", "Zqxjnote")
    decisions.refuse(post=scene.post, by=scene.sam, reason="person", words="It names somebody.")
    yield
    typed = {"code": scene.sent.code, "n": "1", "submission_id": new_submission_id(), "title": "T", "body": "B"}
    assert "Sent." in scene.reader.post("/code/new-version/", typed).content.decode()


def new_version_taken_down(scene):
    scene.send("Zqxjtitle", "Zqxjbody", "Zqxjnote")
    decisions.refuse(post=scene.post, by=scene.sam, reason="person", words="Zqxjwhy " * 1_000)
    correct(post=scene.post, code=scene.sent.code, submission_id="v", title="Zqxjtwice", body="Zqxjlast")
    scene.post = Post.objects.latest("pk")
    yield
    withdraw(post=scene.post)


def question_taken_back(scene):
    scene.send()
    scene.decide(act="ask", question="Zqxjquestion " * 100)
    yield
    scene.decide(act="take_back")


def notes_on_what_is_gone(scene):
    scene.send()
    scene.publish()
    decisions.remove(post=scene.post, by=scene.sam, reason="person", words="Zqxjwhy " * 1_000)
    yield
    scene.take_down()


def report_dealt_with_long_ago(scene):
    scene.send()
    scene.publish()
    report(post=scene.post, submission_id="s", reason="other", words="Zqxjreport " * 100)
    close_reports(post=scene.post, by=scene.sam)
    Report.objects.update(handled_on=timezone.localdate() - LONG_AGO)
    yield
    erase_old_reports()


WORDS = {
    published_with_changes: ["Zqxjanswer", "Zqxjbody", "Zqxjnote", "Zqxjquestion", "Zqxjtitle"],
    taken_down_by_its_writer: ["Zqxjanswer", "Zqxjbody", "Zqxjnote", "Zqxjquestion", "Zqxjtitle"],
    taken_down_by_a_moderator: ["Zqxjanswer", "Zqxjbody", "Zqxjnote", "Zqxjtitle"],
    refused_long_ago: ["Zqxjbody", "Zqxjnote", "Zqxjtitle", "Zqxjwhy"],
    refusal_undone: ["Zqxjwhy"],
    changed_once_published: ["Zqxjbody", "Zqxjnote", "Zqxjreport", "Zqxjtitle"],
    replaced_by_a_new_version: ["Zqxjbody", "Zqxjnote", "Zqxjtitle"],
    new_version_taken_down: ["Zqxjlast", "Zqxjtwice", "Zqxjwhy"],
    question_taken_back: ["Zqxjquestion"],
    notes_on_what_is_gone: ["Zqxjwhy"],
    report_dealt_with_long_ago: ["Zqxjreport"],
}


def rehearse(held):
    """Return the words of each scene that are found in the database before, and how many marks anywhere after."""
    scene, found = Scene(), {}
    for play, words in WORDS.items():
        steps = play(scene)
        next(steps)
        scene.beside()  # whatever keeps what it shows may keep it now
        before = [word for word in words if word.encode() in held()]
        assert list(steps) == []
        after = {"in the database": held(), "beside it": scene.beside()}
        found[play.__name__] = [before, {place: there.count(MARK.encode()) for place, there in after.items()}]
        start_afresh()
    return found


def start_afresh():
    """Write over what one scene may have left, for the next to find nothing but its own."""
    if connection.vendor == "sqlite":
        connection.cursor().execute("VACUUM")
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def files():
    """Return all that lies in the folder of the portal's data: the database file, its log, and what else there is."""
    return b"".join(path.read_bytes() for path in sorted(settings.VAR_DIR.rglob("*")) if path.is_file())


DESTROYED = {play.__name__: [words, {"in the database": 0, "beside it": 0}] for play, words in WORDS.items()}


def test_no_destroyed_word_is_left_in_the_file_its_log_or_on_any_page(tmp_path):
    assert json.loads(run_on_a_file(ON_A_FILE, tmp_path).splitlines()[-1]) == DESTROYED


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a dump of PostgreSQL")
def test_no_destroyed_word_is_left_in_a_dump_or_on_any_page():
    assert rehearse(dump) == DESTROYED
