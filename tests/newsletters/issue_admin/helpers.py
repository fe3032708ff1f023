"""Requests to the admin of issues, and readers of its responses."""

import re
from html import unescape

from django.urls import reverse

LIST = reverse("admin:newsletters_issue_changelist")


ADD = reverse("admin:newsletters_issue_add")


PREVIEWS = ("faces", "face_web", "face_mail", "face_mail_dark")


COMMANDS = ("duplicate", "send_test", "make_preview", "end_preview", "publish", "withdraw")


FIELDS = ["number", "slug", "title", "subject", "plain_subject", "preheader", "credits", "version"]


def url(name, issue):
    return reverse(f"admin:newsletters_issue_{name}", args=[issue.pk])


def form_of(answer):
    return answer.context["adminform"].form


def opened(client, address):
    """Return the data of the form on a page, as a browser would send them."""
    fields = form_of(client.get(address))
    return {field.name: "" if field.value() is None else field.value() for field in fields}


def add(client, **typed):
    return client.post(ADD, {**opened(client, ADD), "title": "Week 1: a heading", "subject": "Week 1", **typed})


def change(client, issue, **typed):
    return client.post(url("change", issue), {**opened(client, url("change", issue)), **typed})


def problems_of(answer):
    return [problem for field in form_of(answer).errors.values() for problem in field]


def text_of(answer):
    html = answer.content.decode().split('id="content"', 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def messages_on(answer):
    """Return the messages of Django on a page."""
    html = answer.content.decode().partition('<ul class="messagelist">')[2].partition("</ul>")[0]
    return [unescape(words) for words in re.findall(r"<li[^>]*>(.*?)</li>", html)]


def directives(answer):
    lines = (line.split() for line in answer["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in lines}


def version_shown(client, issue):
    """Return the version that the button to publish sends."""
    return client.get(url("faces", issue)).context["version"]
