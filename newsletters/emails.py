"""Mail to subscribers about their own address, and to editors. Issues are sent by `sending/`.

No mail to a subscriber contains text that somebody typed: nobody may send text to strangers by a form.
"""

from django.core.mail import EmailMessage

from mscos.groups import EDITORS
from mscos.mail.messages import compose, notify_group, send
from mscos.models import User
from newsletters.models import Enquiry, Issue, Subscriber
from newsletters.subscribers import links


def confirm(subscriber: Subscriber) -> EmailMessage:
    """Return the mail that asks a new subscriber to confirm."""
    context = {"link": links.confirm_url(subscriber), "days": links.CONFIRM_LASTS.days}
    return compose("newsletters/emails/confirm", to=subscriber.email, context=context)


def already_there(subscriber: Subscriber) -> EmailMessage:
    """Return the mail that tells a subscriber who signs up again that they are on the list, and how to leave it."""
    context = {"unsubscribe": subscriber.get_unsubscribe_url()}
    return compose("newsletters/emails/already_there", to=subscriber.email, context=context)


def your_link(email: str) -> EmailMessage:
    """Return the mail with the link to the data stored about an address."""
    return compose("newsletters/emails/your_link", to=email, context={"link": links.stored_data_url(email)})


def change_email(subscriber: Subscriber, to: str) -> EmailMessage:
    """Return the mail that asks the owner of a new address whether the newsletter may go there."""
    context = {"link": links.change_email_url(subscriber, to), "days": links.CONFIRM_LASTS.days}
    return compose("newsletters/emails/change_email", to=to, context=context)


def notify_editors() -> None:
    """Notify the editors once a day while an enquiry is new. A job of the background worker."""
    if Enquiry.objects.filter(state=Enquiry.State.NEW).exists():
        notify_group(EDITORS, page="admin:newsletters_enquiry_changelist")


def notify_not_sent(issue: Issue) -> None:
    """Notify the editors that a scheduled issue was not sent, and where to correct it."""
    for email in User.objects.filter(groups__name=EDITORS, is_active=True).values_list("email", flat=True):
        send("newsletters/emails/not_sent", to=email, context={"issue": issue})
