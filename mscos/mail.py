"""How a mail is made: one function a mail (in a room's `emails.py`), three templates each. `mscos/outbox.py` sends it."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from mscos.models import User
from mscos.outbox import post


def send(name: str, *, to: str, context: dict[str, Any]) -> None:
    """Let a mail to one address leave soon; arguments as for `compose`."""
    post(compose(name, to=to, context=context))


def tell_group(group: str, *, page: str) -> None:
    """Tell each active member of a group that something waits, and nothing of what. `page` names the admin's page."""
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
