"""Deliveries by state in the admin, as files, with a subscriber and in the data stored about an address."""

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsletters.models import Delivery, Subscriber
from newsletters.subscribers.subject_access import stored_about
from tests.bulk_rows import store
from tests.newsletters.conftest import make_subscriber
from tests.newsletters.issue_admin.helpers import text_of
from tests.newsletters.sending.helpers import begin
from tests.newsletters.sending_admin.helpers import clock, figures, file, ledger, page, put

pytestmark = pytest.mark.django_db

HEADINGS = ["address", "state", "attempts", "last change", "answer of the mail server", "may have gone out twice"]
SUMMER = datetime(2026, 7, 1, 8, 30, 15, tzinfo=UTC)


def rows(client, mailing, state, query=""):
    """Return the rows of a list, each as its cells."""
    html = client.get(ledger(mailing, state) + query).content.decode()
    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def lines(client, mailing, state):
    """Return the lines of a file."""
    return list(csv.reader(StringIO(b"".join(client.get(file(mailing, state))).decode(), newline="")))


# Lists


def test_a_list_shows_the_result_of_each_delivery(client, mailing):
    put(mailing, "failed", 1, attempts=6, code="450 4.2.0")
    put(mailing, "failed", 2, attempts=1, code="553", doubted=True)
    put(mailing, "sent", 3)
    changed = clock(mailing.deliveries.filter(state="failed").first().changed_at)
    Subscriber.objects.filter(email="r2@example.org").delete()
    assert rows(client, mailing, "failed") == [
        ["r1@example.org", "6", changed, "450 4.2.0"],
        ["No longer on the list", "1", clock(Delivery.objects.get(subscriber=None).changed_at), "553. May have gone out twice"],
    ]  # fmt: skip
    assert rows(client, mailing, "queued")[0] == ["r0@example.org", "0", "None", "None"]
    assert text_of(client.get(ledger(mailing, "bounced"))).endswith("Sending of Week 5: Bounced None.")


def test_a_list_has_only_its_own_sending(client, mailing, editor):
    other = begin(editor, number=6)
    put(other, "sent", 0, 1)
    put(mailing, "sent", 2)
    assert [row[0] for row in rows(client, mailing, "sent")] == ["r2@example.org"]
    assert [line[0] for line in lines(client, mailing, "sent")] == ["address", "r2@example.org"]


def test_long_lists_have_pages(client, mailing):
    store(Delivery, [Delivery(mailing=mailing, state="sent", attempts=n, due_at=timezone.now()) for n in range(201)])
    seen = [row[1] for number in (1, 2, 3) for row in rows(client, mailing, "sent", f"?page={number}")]
    assert seen == [str(number) for number in range(201)]
    assert [len(rows(client, mailing, "sent", query)) for query in ("", "?page=3", "?page=x", "?page=4")] == [
        100, 1, 100, 100,
    ]  # fmt: skip
    ways = [text_of(client.get(ledger(mailing, "sent") + f"?page={number}"))[-45:] for number in (1, 2, 3)]
    assert [re.search(r"(Previous page · )?Page . of 3( · Next page)?$", way)[0] for way in ways] == [
        "Page 1 of 3 · Next page",
        "Previous page · Page 2 of 3 · Next page",
        "Previous page · Page 3 of 3",
    ]


def test_a_list_needs_as_many_queries_for_a_hundred_as_for_one(client, mailing):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(ledger(mailing, "sent"))
        return len(queries)

    put(mailing, "sent", 0)
    count()
    few = count()
    for number in range(100):
        make_subscriber(f"more{number}@example.org")
    more = Subscriber.objects.filter(email__startswith="more")
    store(
        Delivery, [Delivery(mailing=mailing, subscriber=reader, state="sent", due_at=timezone.now()) for reader in more]
    )
    assert (count(), few <= 8) == (few, True)


@pytest.mark.parametrize("address", [ledger, file])
def test_an_unknown_state_is_404(client, mailing, address):
    assert [client.get(address(mailing, state)).status_code for state in ("lost", "SENT", "1")] == [404] * 3


def test_each_state_with_deliveries_links_to_its_list_and_file(client, mailing):
    put(mailing, "sent", 0)
    html = client.get(page(mailing)).content.decode()
    assert re.findall(r'href="([^"]+/(?:list|file)/)"', html) == [
        address(mailing, state) for state in ("queued", "sent") for address in (ledger, file)
    ]
    for state in ("queued", "sent"):
        label = Delivery.State(state).label
        assert len(rows(client, mailing, state)) == figures(html)[label] == len(lines(client, mailing, state)) - 1


# Files


def test_a_file_has_the_result_of_each_delivery(client, mailing):
    put(mailing, "failed", 1, 2, attempts=2, code="550 5.1.1")
    mailing.deliveries.filter(state="failed").update(changed_at=SUMMER)
    Delivery.objects.filter(subscriber__email="r2@example.org").update(doubted=True)
    Subscriber.objects.filter(email="r2@example.org").delete()
    assert lines(client, mailing, "failed") == [
        HEADINGS,
        ["r1@example.org", "Failed", "2", "2026-07-01T09:30:15+01:00", "550 5.1.1", "no"],
        ["", "Failed", "2", "2026-07-01T09:30:15+01:00", "550 5.1.1", "yes"],
    ]
    assert lines(client, mailing, "queued")[1] == ["r0@example.org", "Waiting", "0", "", "", "no"]
    assert lines(client, mailing, "bounced") == [HEADINGS]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_address_is_a_spreadsheet_formula(client, mailing, start):
    address = f'{start}cmd|"/c calc"!A1,x@example.org'
    Subscriber.objects.filter(email="r0@example.org").update(email=address)
    assert lines(client, mailing, "queued")[1][0] == f"'{address}"
    assert lines(client, mailing, "queued")[2][0] == "r1@example.org"


def test_a_file_has_a_name_is_not_cached_and_its_download_is_logged(client, mailing):
    put(mailing, "sent", 0)
    answer = client.get(file(mailing, "sent"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="week-5-sent.csv"'
    assert "no-store" in answer["Cache-Control"].split(", ")
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.change_message) == ("Sending of Week 5", "File of state 'sent' taken.")
    history = text_of(client.get(reverse("admin:newsletters_mailing_history", args=[mailing.pk])))
    assert ("File of state 'sent' taken." in history.replace("&#x27;", "'"), "r0@" in history) == (True, False)


# Deliveries of a subscriber


def test_a_subscribers_page_shows_the_result_of_each_issue(client, mailing, editor):
    later = begin(editor, number=6)
    put(mailing, "sent", 0, code="250")
    put(later, "failed", 0, code="553")
    reader = Subscriber.objects.get(email="r0@example.org")
    text = text_of(client.get(reverse("admin:newsletters_subscriber_change", args=[reader.pk])))
    assert "Issues sent: Week 6: Failed 553 Week 5: Sent 250" in text


def test_the_data_stored_about_an_address_has_each_delivery(mailing):
    put(mailing, "sent", 0, code="250 2.0.0", attempts=1)
    mailing.deliveries.update(changed_at=SUMMER, due_at=SUMMER - timedelta(minutes=1))
    row = Delivery.objects.get(subscriber__email="r0@example.org")
    words = dict(stored_about("r0@example.org").in_words())
    assert list(words) == ["Newsletter", "Week 5, as it was sent to you"]
    assert words["Week 5, as it was sent to you"] == [
        ("number of the row", str(row.pk)),
        ("mailing", "Week 5"),
        ("subscriber", "you"),
        ("state", "Sent"),
        ("attempts", "1"),
        ("due at", "1 July 2026"),
        ("changed at", "1 July 2026"),
        ("answer of the mail server", "250 2.0.0"),
        ("may have gone out twice", "No"),
    ]
    delivery = stored_about("r0@example.org").for_file()["held"][1]
    assert (delivery["what"], delivery["state"], delivery["changed at"]) == (
        "Week 5, as it was sent to you",
        "Sent",
        "2026-07-01T08:30:15+00:00",
    )
    assert len(stored_about("nobody@example.org").rows) == 0
