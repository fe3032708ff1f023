"""An issue on its way to a few readers, and workers that send it."""

from datetime import timedelta

import time_machine
from django.db import transaction
from django.utils import timezone

from mscos.mail.worker import MailWorker
from newsletters import publishing
from newsletters.content.email import mail_of
from newsletters.models import Delivery, Mailing
from tests.newsletters.conftest import add_section, make_issue, make_subscriber


def make_readers(count):
    """Return that many confirmed readers: r0@example.org and so on."""
    return [make_subscriber(f"r{number}@example.org") for number in range(count)]


def addresses(count):
    return [f"r{number}@example.org" for number in range(count)]


def make_draft(number=5, body="Words."):
    """Return a draft that is ready to go out, with words only."""
    issue = make_issue(number)
    add_section(issue, "text", heading="Welcome", body=body)
    return issue


def seen(issue):
    """Return what an editor who looked at the issue now would have seen."""
    return publishing.look(issue=issue, mail=mail_of(issue))


def begin(by, **draft):
    """Publish an issue; return its sending."""
    issue = make_draft(**draft)
    with transaction.atomic():
        publishing.publish(issue=issue, by=by, seen=seen(issue))
    return Mailing.objects.get(issue=issue)


def work(after=timedelta(0), turns=100, **worker):
    """Let a new worker send, some time from now, until nothing is due; return how many the server answered."""
    with time_machine.travel(timezone.now() + after, tick=True):
        worker = MailWorker(**worker)
        sent = 0
        for _ in range(turns):
            left = worker.run_slice()
            sent += left
            if not left:
                break
        worker.close()
        return sent


def states(mailing):
    """Return how many deliveries are in each state, empty ones left out."""
    return {state: count for state, count in mailing.deliveries.counts().items() if count}


def state_of(email):
    return Delivery.objects.get(subscriber__email=email).state
