"""Mails rendered from templates, three for each mail. The functions that call this are in each app's `emails.py`."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from mscos.mail.queue import enqueue
from mscos.models import User


def send(name: str, *, to: str, context: dict[str, Any]) -> None:
    """Queue a mail to one address; arguments as for `compose`."""
    enqueue(compose(name, to=to, context=context))


def notify_group(group: str, *, page: str) -> None:
    """Mail each active member of a group that something waits, without its content. `page` names the admin's page."""
    for email in User.objects.filter(groups__name=group, is_active=True).values_list("email", flat=True):
        send("mscos/emails/something_waits", to=email, context={"page": reverse(page)})


def compose(name: str, *, to: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Return a mail to one address, as text and as HTML.

    `name` is that of its templates: `mscos/emails/something_waits` has `_subject.txt`, `.txt` and `.html`.
    """
    context = {**context, "site_url": settings.SITE_URL, "site_name": settings.SITE_NAME}
    subject = " ".join(render_to_string(f"{name}_subject.txt", context).split())
    message = EmailMultiAlternatives(subject, render_to_string(f"{name}.txt", context), to=[to])
    message.extra_headers["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    message.attach_alternative(render_to_string(f"{name}.html", context), "text/html")
    return message
