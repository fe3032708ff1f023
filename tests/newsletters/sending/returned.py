"""Mail that comes back, as mail systems write it: reports of failed delivery, holiday replies, mail of people."""

from email import message_from_bytes

from newsletters.models.delivery import tag_of


def way_back(delivery):
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
