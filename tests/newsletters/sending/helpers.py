"""Issues on their way to a few subscribers, workers that send them, and mail that comes back."""

from datetime import timedelta
from email import message_from_bytes

import time_machine
from django.db import transaction
from django.utils import timezone

from mscos.mail.worker import MailWorker
from newsletters import publishing
from newsletters.content.email import mail_of
from newsletters.models import Delivery, Mailing
from newsletters.models.delivery import tag_of
from tests.newsletters.conftest import add_section, make_issue, make_subscriber


def make_readers(count):
    """Return that many confirmed subscribers: r0@example.org and so on."""
    return [make_subscriber(f"r{number}@example.org") for number in range(count)]


def addresses(count):
    return [f"r{number}@example.org" for number in range(count)]


def make_draft(number=5, body="Words."):
    """Return a draft with text only that is ready to be published."""
    issue = make_issue(number)
    add_section(issue, "text", heading="Welcome", body=body)
    return issue


def version(issue):
    """Return the version of the issue that an editor sees now."""
    return publishing.issue_version(issue=issue, mail=mail_of(issue))


def begin(by, **draft):
    """Publish an issue; return its mailing."""
    issue = make_draft(**draft)
    with transaction.atomic():
        publishing.publish(issue=issue, by=by, version=version(issue))
    return Mailing.objects.get(issue=issue)


def work(after=timedelta(0), turns=100, **worker):
    """Run a new worker, some time from now, until nothing is due; return the number of mails handled."""
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
    """Return the number of deliveries in each state, without zeros."""
    return {state: count for state, count in mailing.deliveries.counts().items() if count}


def state_of(email):
    return Delivery.objects.get(subscriber__email=email).state


# Returned mail of different mail systems


def bounce_address(delivery):
    """Return the bounce address of a delivery."""
    return f"bounces+{tag_of(delivery.pk)}@example.org"


def quoted(delivery):
    """Return the headers of our mail, as a mail system quotes them."""
    return f"From: community@testserver\nSubject: Week 5\nMessage-ID: <{tag_of(delivery.pk)}@testserver>\n"


def report(status, *, to="someone@example.org", action="failed", says="", back="", header="To"):
    """Return a report of RFC 3464 about a mail to r0@example.org; `back` is what it quotes."""
    return f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
{header}: {to}
Subject: Undelivered mail
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

A mail of yours could not be handed over.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 20 Mar 2023 09:00:00 +0000

Final-Recipient: rfc822; r0@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {says or status}

--cut
Content-Type: text/rfc822-headers

{back}
--cut--
"""


def exim(says, to):
    """Return a report of exim: text, and a header with the address."""
    return f"""\
Return-path: <>
X-Failed-Recipients: r0@example.org
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example.net>
To: {to}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software (Exim 4.96.0).

  r0@example.org
    host mx.example.com [192.0.2.5]
    SMTP error from remote mail server after RCPT TO:<r0@example.org>:
    {says}
"""


def qmail(says, to):
    """Return a report of qmail: text in a fixed form."""
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I could not deliver your mail. I have given up.

<r0@example.org>:
{says}

--- Below this line is a copy of the message.

"""


def postfix(says, to):
    """Return a report of an old postfix: text for people, marked as a notification."""
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="cut"

--cut
Content-Description: Notification
Content-Type: text/plain

I could not deliver your mail to one or more people. Write to postmaster for help.

                        The Postfix program

<r0@example.org>: host mx.example.com[192.0.2.5] said: {says}

--cut--
"""


def warning(to):
    """Return a notice, not in the form of a report, that a mail is delayed."""
    return f"""\
From: mailer-daemon@mx.example.net
To: {to}
Subject: Delivery Status Notification (Delay)

Delivery to the following recipient has been delayed:

     r0@example.org

Message will be retried for 2 more days.
"""


def mail(subject, *, to, **headers):
    """Return a plain mail; underscores in the names of headers become hyphens."""
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"From: r0@example.org\nTo: {to}\nSubject: {subject}\n{more}\nWords.\n"


def parsed(text):
    """Return a mail parsed as from a mailbox."""
    return message_from_bytes(text if isinstance(text, bytes) else text.encode())
