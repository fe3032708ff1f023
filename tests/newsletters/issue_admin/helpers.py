"""Requests to the admin of issues, and readers of its responses."""

import re
from html import unescape

from django.urls import reverse
from django.utils import timezone

from newsletters.models import Issue

LIST = reverse("admin:newsletters_issue_changelist")


ADD = reverse("admin:newsletters_issue_add")


SHOWN = ("faces", "face_web", "face_mail", "face_mail_dark")


COMMANDS = ("duplicate", "send_test", "make_preview", "end_preview", "publish", "withdraw")


FIELDS = ["number", "slug", "title", "subject", "plain_subject", "preheader", "credits", "seen"]


def url(name, issue):
    return reverse(f"admin:newsletters_issue_{name}", args=[issue.pk])


def form_of(answer):
    return answer.context["adminform"].form


def opened(client, address):
    """Return what the form on a page holds, as a browser would send it."""
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


def told(answer):
    """Return what is said above the page that an act leads to."""
    html = answer.content.decode().partition('<ul class="messagelist">')[2].partition("</ul>")[0]
    return [unescape(words) for words in re.findall(r"<li[^>]*>(.*?)</li>", html)]


def freeze(issue, state):
    now = timezone.now()
    Issue.objects.filter(pk=issue.pk).update(
        state=state, publish_at=now, withdrawn_on=now.date() if state == "withdrawn" else None
    )


def directives(answer):
    lines = (line.split() for line in answer["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in lines}


def look(client, issue):
    """Return what the button to publish carries."""
    return client.get(url("faces", issue)).context["seen"]
