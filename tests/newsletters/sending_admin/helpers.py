"""Requests to the admin of sendings, and readers of its responses."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from newsletters.models import Issue, Mailing

LIST = reverse("admin:newsletters_mailing_changelist")
COMMANDS = ("pause", "resume", "stop", "retry", "send-again", "take-as-sent")


def page(mailing):
    return reverse("admin:newsletters_mailing_change", args=[mailing.pk])


def do(mailing, act):
    return reverse("admin:newsletters_mailing_do", args=[mailing.pk, act])


def ledger(mailing, state):
    return reverse("admin:newsletters_mailing_deliveries", args=[mailing.pk, state])


def file(mailing, state):
    return reverse("admin:newsletters_mailing_file", args=[mailing.pk, state])


def put(mailing, state, *numbers, ago=timedelta(0), **fields):
    """Put the deliveries of some subscribers, by their numbers, into a state some time ago."""
    emails = [f"r{number}@example.org" for number in numbers]
    rows = mailing.deliveries.filter(subscriber__email__in=emails)
    assert rows.update(state=state, changed_at=timezone.now() - ago, **fields) == len(numbers)


def begun(mailing, ago):
    """Set the start of a sending to some time ago."""
    Mailing.objects.filter(pk=mailing.pk).update(started_at=timezone.now() - ago)


def end(mailing, state="done"):
    """End a sending now."""
    Mailing.objects.filter(pk=mailing.pk).update(state=state, finished_at=timezone.now())
    Issue.objects.filter(pk=mailing.issue_id).update(state="sent")


def clock(moment):
    """Return a time in the format of the pages."""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y, %H:%M:%S}"


def figures(html):
    """Return the count of each state on the page, by its label."""
    table = html.split("<h2>The ledger</h2>")[1].split("</table>")[0]
    rows = re.findall(r'<th scope="row">([^<]+)</th>\s*<td>(?:<strong>)?([\d,]+)', table)
    return {label: int(count.replace(",", "")) for label, count in rows}


def bars(html):
    """Return the heights in percent and the counts of the chart and its table."""
    picture = [float(height) for height in re.findall(r"<rect[^>]* height=\"([\d.]+)\"", html)]
    table = html.partition("<summary>The figures</summary>")[2].partition("</table>")[0]
    return picture, [int(count) for count in re.findall(r"<td>(\d+)</td></tr>", table)]


def offered(html):
    """Return the commands that a page offers."""
    return [act for act in COMMANDS if re.search(rf'(?:formaction|href)="[^"]*/do/{act}/"', html)]
