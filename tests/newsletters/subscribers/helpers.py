"""Forms and mails of subscribers."""

import re

from django.conf import settings

from mscos.forms import new_submission_id
from tests.mailbox import sent_mail


def fields(**typed):
    """Return the data of the contact form of a person who wants the newsletter."""
    given = {"purpose": "newsletter", "email": "reader@example.org", "name": "", "organisation": "", "message": ""}
    return {**given, "subject_style": "plain", "submission_id": new_submission_id(), "leave_empty": "", **typed}


def question(**typed):
    """Return the data of the contact form of a person who asks something."""
    return fields(**{"purpose": "message", "message": "Do you know a toolkit?", **typed})


def links_in(message):
    """Return the paths of the links in a mail."""
    return [link.removeprefix(settings.SITE_URL) for link in re.findall(r"^http\S+$", message.body, re.MULTILINE)]


def last_link():
    """Return the path of the first link in the last mail."""
    return links_in(sent_mail()[-1])[0]


def subjects():
    """Return the recipients and subjects of all mails."""
    return [(message.to, message.subject) for message in sent_mail()]


def answer(response):
    """Return a page without its CSRF token."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def sender(client, on_commit):
    """Return a function that sends a form, by default the contact form, and its mail."""

    def send(sent=None, to="/contact/", **extra):
        with on_commit(execute=True):
            return client.post(to, sent or {}, **extra)

    return send
