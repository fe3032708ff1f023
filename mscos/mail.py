"""How a mail is made and leaves: one function a mail (in a room's `emails.py`), three templates each.

`send` waits for the mail server, so it is for the work loop. A page answers first and uses `post`.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

# Mail leaves after the answer: neither the time that an answer takes nor a failing mail server may tell an address
# that is known from one that is not. One hand, so that mails leave in order.
POST_ROOM = ThreadPoolExecutor(max_workers=1, thread_name_prefix="post-room")


def send(name: str, *, to: str, context: dict[str, Any]) -> None:
    """Send one mail to one address, as text and as HTML.

    `name` is that of its templates: `forums/emails/something_waits` has `_subject.txt`, `.txt` and `.html`. Raises
    OSError or smtplib.SMTPException where the mail server does not take it.
    """
    compose(name, to=to, context=context).send()


def compose(name: str, *, to: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Return the mail that `send` would send."""
    context = {**context, "site_url": settings.SITE_URL, "site_name": settings.SITE_NAME}
    subject = " ".join(render_to_string(f"{name}_subject.txt", context).split())
    message = EmailMultiAlternatives(subject, render_to_string(f"{name}.txt", context), to=[to])
    message.extra_headers["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    message.attach_alternative(render_to_string(f"{name}.html", context), "text/html")
    return message


def post(message: EmailMessage) -> None:
    """Send a mail soon, without waiting for it; a failure is logged. An action calls this on commit."""
    POST_ROOM.submit(_deliver, message)


def _deliver(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception:
        logger.exception("A mail could not be sent.")
