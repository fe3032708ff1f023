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


# Mail that comes back, as mail systems write it


def bounce_address(delivery):
    """Return the address to which mail about a delivery comes back."""
    return f"bounces+{tag_of(delivery.pk)}@example.org"


def quoted(delivery):
    """Return the head of our mail, as a mail system quotes it."""
    return f"From: community@testserver\nSubject: Week 5\nMessage-ID: <{tag_of(delivery.pk)}@testserver>\n"


def report(status, *, to="someone@example.org", action="failed", says="", back="", header="To"):
    """Return a report by RFC 3464 about a mail to r0@example.org; `back` is what it quotes."""
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
    """Return what exim writes: words, and a header of its own with the address."""
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
    """Return what qmail writes: words in a set form."""
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
    """Return what postfix wrote before reports had a form: words for people, marked as the notice."""
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
    """Return a word, not in the form of a report, that a mail is late and is still tried."""
    return f"""\
From: mailer-daemon@mx.example.net
To: {to}
Subject: Delivery Status Notification (Delay)

Delivery to the following recipient has been delayed:

     r0@example.org

Message will be retried for 2 more days.
"""


def mail(subject, *, to, **headers):
    """Return a plain mail; in the names of headers underscores stand for hyphens."""
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"From: r0@example.org\nTo: {to}\nSubject: {subject}\n{more}\nWords.\n"


def parsed(text):
    """Return a mail as a mailbox gives it."""
    return message_from_bytes(text if isinstance(text, bytes) else text.encode())
