"""The progress page of a sending: state, counts and chart."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletters.models import Delivery, Issue, Mailing, Subscriber
from newsletters.sending.progress import progress_of
from tests.bulk_rows import store
from tests.newsletters.issue_admin.helpers import text_of
from tests.newsletters.sending.helpers import begin, make_readers
from tests.newsletters.sending_admin.helpers import LIST, bars, begun, clock, end, figures, offered, page, put

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
AGO = 2 * MINUTE
QUIET = (
    "Nothing was sent in the last minute: the mail server may be away or ask for patience, or no worker may be running."
)


@contextmanager
def one_moment():
    """Freeze the time."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


def said(client, mailing, query=""):
    """Return the text above the counts."""
    return text_of(client.get(page(mailing) + query)).partition("History ")[2].partition(" The ledger")[0]


# State and rate


def test_a_running_sending_shows_its_rate_and_the_time_left(client, mailing):
    with one_moment():
        begun(mailing, AGO)
        put(mailing, "sent", 0, ago=90 * SECOND)
        put(mailing, "sent", 1, 2, 3, ago=30 * SECOND)
        mailing.refresh_from_db()
        assert said(client, mailing) == (
            f"Being sent 4 of 10 settled (40 %), 4 of them sent Begun {clock(mailing.started_at)}. 3 a minute, about 2 minutes left."
            " Look again Follow it Steer Pause Stop for good"
        )


@pytest.mark.parametrize(
    ("ago", "sent", "rate"), [(10, 1, "6 a minute, about 2 minutes"), (10, 9, "54 a minute, about 1 minute")]
)
def test_in_its_first_minute_the_rate_is_that_since_it_began(client, mailing, ago, sent, rate):
    with one_moment():
        begun(mailing, ago * SECOND)
        put(mailing, "sent", *range(sent))
        assert f". {rate} left. " in said(client, mailing)


def test_a_sending_without_recent_mail_says_so(client, mailing):
    with one_moment():
        begun(mailing, timedelta(hours=1))
        put(mailing, "sent", 0, ago=61 * SECOND)
        assert f". {QUIET} Look again" in said(client, mailing)
        put(mailing, "sent", 0, ago=60 * SECOND)
        assert ". 1 a minute, about 9 minutes left. Look again" in said(client, mailing)


def test_a_paused_sending_says_that_it_waits(client, mailing):
    put(mailing, "sent", 0)
    Mailing.objects.update(state="paused")
    assert said(client, mailing) == (
        f"Paused 1 of 10 settled (10 %), 1 of them sent Begun {clock(mailing.started_at)}. Nothing is sent until it goes on."
        " Steer Go on Stop for good"
    )


@pytest.mark.parametrize(("state", "word"), [("done", "Done"), ("stopped", "Stopped")])
def test_an_ended_sending_shows_its_end(client, mailing, state, word):
    put(mailing, "sent", *range(9))
    put(mailing, "withheld", 9)
    end(mailing, state)
    mailing.refresh_from_db()
    assert said(client, mailing) == (
        f"{word} 10 of 10 settled (100 %), 9 of them sent Begun {clock(mailing.started_at)}. {word} {clock(mailing.finished_at)}."
    )


def test_a_stopped_sending_has_nothing_left_to_send(mailing):
    """The mail at the server at that moment included: it cannot be recalled."""
    put(mailing, "sending", 0)
    end(mailing, "stopped")
    mailing.refresh_from_db()
    assert (progress_of(mailing).open, progress_of(mailing).percent) == (0, 100)


def test_the_share_is_rounded_down(client, mailing):
    put(mailing, "sent", *range(9))
    left = [Delivery(mailing=mailing, state="sent", due_at=timezone.now()) for _ in range(190)]
    store(Delivery, left)
    assert said(client, mailing).startswith("Being sent 199 of 200 settled (99 %), 199 of them sent ")


def test_the_list_names_each_sending(client, mailing):
    assert re.search(
        r"Week 5</a></th><td class=\"field-state\">Being sent</td>.*<td class=\"field-readers\">10</td>",
        client.get(LIST).content.decode(),
    )


# Commands


@pytest.mark.parametrize(
    ("state", "rows", "acts"),
    [
        ("running", "sent", ["pause", "stop"]),
        ("paused", "sent", ["resume", "stop"]),
        ("running", "failed", ["pause", "stop", "retry"]),
        ("running", "uncertain", ["pause", "stop", "send-again", "take-as-sent"]),
        ("done", "sent", []),
        ("done", "bounced", []),
        ("done", "failed", ["retry"]),
        ("done", "uncertain", ["send-again", "take-as-sent"]),
        ("stopped", "failed", []),
        ("stopped", "uncertain", []),
    ],
)
def test_only_possible_commands_are_offered(client, mailing, state, rows, acts):
    put(mailing, rows, 0)
    Mailing.objects.update(state=state) if state in {"running", "paused"} else end(mailing, state)
    html = client.get(page(mailing)).content.decode()
    assert offered(html) == acts
    assert ("<h2>Steer</h2>" in html) == bool(acts)


def test_a_withdrawn_issue_has_no_commands(client, mailing):
    put(mailing, "failed", 0)
    put(mailing, "uncertain", 1)
    end(mailing)
    Issue.objects.update(state="withdrawn", withdrawn_on=timezone.localdate())
    assert offered(client.get(page(mailing)).content.decode()) == []


# Counts


@pytest.mark.parametrize("resend", [True, False])
def test_the_counts_add_up_with_what_is_left(client, mailing, settings, resend):
    settings.RESEND_UNCERTAIN = resend
    for number, state in enumerate(["sending", "sent", "sent", "uncertain", "failed", "bounced", "withheld"]):
        put(mailing, state, number)
    counts = figures(client.get(page(mailing)).content.decode())
    assert counts == {
        "Waiting": 3, "Being sent": 1, "Sent": 2, "Uncertain": 1, "Failed": 1, "Bounced": 1, "Not sent": 1, "All": 10,
    }  # fmt: skip
    left = 5 if resend else 4
    progress = progress_of(mailing)
    assert (progress.open, progress.settled, progress.total) == (left, 10 - left, 10)
    assert progress.open == mailing.deliveries.open().count()


def test_all_counts_of_a_page_are_of_one_moment(client, mailing):
    """A worker continues while the page is rendered."""
    waiting = list(mailing.deliveries.values_list("pk", flat=True))

    def work_on(execute, sql, *given):
        answer = execute(sql, *given)
        if sql.startswith("SELECT") and "newsletters_delivery" in sql:
            Delivery.objects.filter(pk=waiting.pop()).update(state="sent")
        return answer

    with connection.execute_wrapper(work_on):
        answer = client.get(page(mailing))
    html = answer.content.decode()
    counts = figures(html)
    settled = counts["All"] - counts["Waiting"]
    assert (counts["Sent"], counts["All"]) == (settled, 10)
    assert f'<progress class="sending" max="10" value="{settled}" aria-label="Settled">' in html
    assert f"{settled} of 10 settled ({10 * settled} %), {settled} of them sent" in text_of(answer)


def test_a_page_needs_as_many_queries_for_five_hundred_deliveries_as_for_five(client, editor):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page(mailing)).status_code == 200
        return len(queries)

    make_readers(5)
    mailing = begin(editor)
    put(mailing, "sent", 0, 1)
    put(mailing, "failed", 2)
    count()  # what is fetched once and kept
    few = count()
    mailing.issue.delete()
    Subscriber.objects.all().delete()
    make_readers(500)
    mailing = begin(editor)
    begun(mailing, timedelta(hours=7))
    for hour in range(7):
        put(mailing, "sent", *range(hour * 60, hour * 60 + 60), ago=timedelta(hours=hour))
    put(mailing, "failed", *range(420, 430))
    assert mailing.deliveries.count() == 500
    assert (count(), few <= 13) == (few, True)


# The chart


@pytest.mark.parametrize(
    ("length", "step", "words"),
    [
        (59 * SECOND, SECOND, "1 second"),
        (61 * SECOND, 2 * SECOND, "2 seconds"),
        (4 * MINUTE, 5 * SECOND, "5 seconds"),
        (6 * MINUTE, MINUTE, "60 seconds"),
        (50 * MINUTE, MINUTE, "60 seconds"),
        (240 * MINUTE, 5 * MINUTE, "5 minutes"),
        (6 * 60 * MINUTE, 60 * MINUTE, "60 minutes"),
        (100 * 60 * MINUTE, 120 * MINUTE, "120 minutes"),
    ],
)
def test_the_chart_and_its_table_have_the_same_counts(client, mailing, length, step, words):
    with one_moment():
        begun(mailing, length)
        put(mailing, "sent", 0, ago=length)
        put(mailing, "sent", 1, 2, 3, 4, ago=length / 3)
        put(mailing, "sent", 5, 6, ago=timedelta(0))
        put(mailing, "failed", 7)
        answer = client.get(page(mailing))
    heights, counts = bars(answer.content.decode())
    progress = answer.context["progress"]
    assert (progress.step, f" Each bar stands for {words}." in text_of(answer)) == (step, True)
    assert (counts, heights) == ([bar.count for bar in progress.bars], [100 * count / 4 for count in counts])
    moments = [*mailing.deliveries.filter(state="sent").values_list("changed_at", flat=True)]
    assert counts == [sum(bar.begins <= moment < bar.begins + step for moment in moments) for bar in progress.bars]
    assert (sum(counts), len(counts) <= 60) == (7, True)


def test_each_bar_of_the_night_when_the_clocks_go_back_has_its_own_count(mailing):
    began = datetime(2027, 10, 30, 22, 30, tzinfo=UTC)
    Mailing.objects.update(started_at=began)
    for number in range(7):
        mailing.deliveries.filter(subscriber__email=f"r{number}@example.org").update(
            state="sent", changed_at=began + number * 60 * MINUTE
        )
    mailing.refresh_from_db()
    assert [bar.count for bar in progress_of(mailing).bars] == [1] * 7


def test_bars_fill_the_width_of_the_chart(client, mailing):
    with one_moment():
        begun(mailing, 3 * SECOND)
        put(mailing, "sent", 0)
        html = client.get(page(mailing)).content.decode()
    assert re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/>', html) == [
        ("0.0", "100.0", "150.0", "0.0"),
        ("150.0", "100.0", "150.0", "0.0"),
        ("300.0", "100.0", "150.0", "0.0"),
        ("450.0", "0.0", "150.0", "100.0"),
    ]


def test_without_sent_mail_there_is_no_chart(client, mailing):
    html = client.get(page(mailing)).content.decode()
    assert (bars(html), "Over time" in html) == (([], []), False)


# Refreshing


def test_only_the_page_of_a_running_sending_refreshes(client, mailing):
    assert client.get(page(mailing)).get("Refresh") is None
    following = client.get(page(mailing) + "?follow")
    assert following["Refresh"] == "5"
    assert "Stop following This page comes anew every 5 seconds. Steer" in text_of(following)
    Mailing.objects.update(state="paused")
    assert client.get(page(mailing) + "?follow").get("Refresh") is None
    end(mailing)
    assert client.get(page(mailing) + "?follow").get("Refresh") is None
