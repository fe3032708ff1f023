"""Events of a mail service: only authentic ones about our mail count."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, tracking
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.test import RequestFactory, override_settings
from django.utils import timezone

from newsletters.models import Delivery, Mailing, Subscriber
from newsletters.models.delivery import tag_of
from newsletters.sending.bounces import MAX_SOFT_BOUNCES, record_event
from tests.newsletters.conftest import make_issue, make_subscriber

ROOT = Path(__file__).resolve().parents[3]

# Prints facts of a new process: its apps, the receivers of the signal, the URLs.
LOOK = """
import django
django.setup()
from anymail.signals import tracking
from django.conf import settings
from django.core.checks import run_checks
from django.urls import Resolver404, resolve
from mscos.mail.transports import open_transport

def view(path):
    try:
        return resolve(path).view_name
    except Resolver404:
        return None

print([
    "anymail" in settings.INSTALLED_APPS,
    len(tracking.receivers),
    view("/mail-events/postmark/tracking/"),
    type(open_transport()).__name__,
    [problem.id for problem in run_checks()],
])
"""


@pytest.fixture
def delivery(db):
    return send(5, make_subscriber("kim@example.org"))


@pytest.fixture(autouse=True)
def listening():
    """Connect the receiver, as the app does where a service is configured."""
    tracking.connect(record_event)
    yield
    assert tracking.disconnect(record_event)


def send(number, reader):
    """Store a sent delivery to a subscriber, and return it."""
    now = timezone.now()
    mailing = Mailing.objects.create(issue=make_issue(number), state="done", finished_at=now)
    return Delivery.objects.create(mailing=mailing, subscriber=reader, state="sent", due_at=now)


def event_result(delivery, kind, **more):
    """Send an event about a delivery; return its state and code, and the state of its subscriber."""
    metadata = {"message": f"<{tag_of(delivery.pk)}@testserver>"}
    event = AnymailTrackingEvent(**{"event_type": kind, "metadata": metadata, **more})
    tracking.send(sender=None, event=event, esp_name="Test")
    delivery.refresh_from_db()
    return delivery.state, delivery.code, delivery.subscriber.state if delivery.subscriber else None


@pytest.mark.parametrize(
    ("kind", "reason", "said", "code", "reader"),
    [
        ("bounced", "bounced", "550 5.1.1 nobody here", "5.1.1", "bounced"),
        ("bounced", "bounced", None, "", "bounced"),
        ("bounced", "bounced", "552 5.2.2 the mailbox is full", "5.2.2", "confirmed"),
        ("bounced", "blocked", None, "", "confirmed"),
        ("bounced", "spam", "554 5.7.1 not wanted", "5.7.1", "confirmed"),
        ("bounced", "other", None, "", "confirmed"),
        ("rejected", "invalid", None, "", "bounced"),
        ("rejected", "bounced", None, "", "bounced"),  # it came back before, and the service sends there no more
        ("rejected", "timed_out", None, "", "confirmed"),
        ("failed", None, None, "", "confirmed"),
    ],
)
def test_bounces_are_recorded_and_an_invalid_address_ends_the_subscription(delivery, kind, reason, said, code, reader):
    assert event_result(delivery, kind, reject_reason=reason, mta_response=said) == ("bounced", code, reader)


@pytest.mark.parametrize("kind", ["queued", "sent", "deferred", "delivered", "autoresponded", "opened", "unknown"])
def test_deferred_and_delivered_events_change_nothing(delivery, kind):
    assert event_result(delivery, kind, mta_response="450 4.2.2 full") == ("sent", "", "confirmed")


@pytest.mark.parametrize("kind", ["complained", "unsubscribed"])
def test_spam_complaints_and_unsubscribe_events_end_the_subscription(delivery, kind):
    make_subscriber("sam@example.org")
    assert event_result(delivery, kind) == ("sent", "", None)
    assert list(Subscriber.objects.values_list("email", flat=True)) == ["sam@example.org"]
    assert event_result(delivery, kind) == ("sent", "", None)  # a service may say it twice


def test_enough_soft_bounces_end_the_subscription(delivery):
    reader = delivery.subscriber
    found = [
        event_result(row, "bounced", reject_reason="other")[2] for row in [delivery, *(send(n, reader) for n in (6, 7))]
    ]
    assert found == ["confirmed"] * (MAX_SOFT_BOUNCES - 1) + ["bounced"]


@pytest.mark.parametrize(
    "metadata", [{}, None, {"message": "<1@example.org>"}, {"message": ""}, {"other": 5}, {"message": None}, "word"]
)
def test_events_about_other_mail_are_ignored(delivery, metadata):
    assert event_result(delivery, "bounced", reject_reason="bounced", metadata=metadata) == ("sent", "", "confirmed")


def test_a_forged_tag_changes_nothing(delivery):
    forged = {"message": f"<{delivery.pk}-0123456789abcdef@testserver>"}
    assert event_result(delivery, "complained", metadata=forged) == ("sent", "", "confirmed")


def post_event(delivery, secret):
    """Post an event as a service does, with a secret; return the status of the response."""
    event = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "Details": "smtp;550 5.1.1 nobody here",
        "Email": "kim@example.org",
        "BouncedAt": "2026-11-24T12:00:00Z",
        "Metadata": {"message": f"<{tag_of(delivery.pk)}@testserver>"},
    }
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    request = RequestFactory().post("/", json.dumps(event), content_type="application/json", headers=headers)
    return PostmarkTrackingWebhookView.as_view()(request).status_code


@override_settings(ANYMAIL={"WEBHOOK_SECRET": "name:password"})
def test_events_need_the_secret(delivery):
    for secret in ("", "name:other", "password"):
        with pytest.raises(AnymailWebhookValidationFailure):
            post_event(delivery, secret)
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert post_event(delivery, "name:password") == 200
    delivery.refresh_from_db()
    assert (delivery.state, delivery.code, delivery.subscriber.state) == ("bounced", "5.1.1", "bounced")


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, [False, 0, None, "BackendTransport", []]),
        (
            {
                "EMAIL_SERVICE": "postmark",
                "EMAIL_SERVICE_SETTINGS": "POSTMARK_SERVER_TOKEN=a=b,WEBHOOK_SECRET=name:password",
            },
            [True, 1, "anymail:postmark_tracking_webhook", "BackendTransport", []],
        ),
        (
            {"EMAIL_SERVICE": "postmark", "EMAIL_SERVICE_SETTINGS": "POSTMARK_SERVER_TOKEN=word"},
            [True, 1, "anymail:postmark_tracking_webhook", "BackendTransport", ["mscos.E009"]],
        ),
    ],
)
def test_the_webhook_exists_only_where_a_service_is_configured(tmp_path, environment, found):
    around = {name: value for name, value in os.environ.items() if not name.startswith("EMAIL_")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOOK],
        cwd=ROOT,
        env={**around, "DJANGO_SETTINGS_MODULE": "mscos.settings", "VAR_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.stdout, done.stderr) == (f"{found}\n", "")
