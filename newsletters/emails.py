"""Mail to readers about their own address, and to editors that something waits. Issues are sent elsewhere.

No mail to readers holds a word that somebody typed: a form must not be a way to send words to strangers.
"""

from django.core.mail import EmailMessage

from mscos.groups import EDITORS
from mscos.mail.messages import compose, notify_group, send
from mscos.models import User
from newsletters.models import Enquiry, Issue, Subscriber
from newsletters.subscribers import links


def confirm(subscriber: Subscriber) -> EmailMessage:
    """Ask a newcomer to confirm."""
    context = {"link": links.to_confirm(subscriber), "days": links.CONFIRM_LASTS.days}
    return compose("newsletters/emails/confirm", to=subscriber.email, context=context)


def already_there(subscriber: Subscriber) -> EmailMessage:
    """Tell a reader who signed up again that they are on the list, and how to change that."""
    context = {"unsubscribe": subscriber.get_unsubscribe_url()}
    return compose("newsletters/emails/already_there", to=subscriber.email, context=context)


def your_link(email: str) -> EmailMessage:
    """Send the link to what is held about an address."""
    return compose("newsletters/emails/your_link", to=email, context={"link": links.to_see(email)})


def change_email(subscriber: Subscriber, to: str) -> EmailMessage:
    """Ask the owner of a new address whether the newsletter may go there."""
    context = {"link": links.to_change(subscriber, to), "days": links.CONFIRM_LASTS.days}
    return compose("newsletters/emails/change_email", to=to, context=context)


def tell_editors() -> None:
    """Tell each editor, once a day, where somebody wrote and nobody has begun to answer. A job of the work loop."""
    if Enquiry.objects.filter(state=Enquiry.State.NEW).exists():
        notify_group(EDITORS, page="admin:newsletters_enquiry_changelist")


def tell_not_sent(issue: Issue) -> None:
    """Tell each editor that a scheduled issue did not go out, and where to mend it."""
    for email in User.objects.filter(groups__name=EDITORS, is_active=True).values_list("email", flat=True):
        send("newsletters/emails/not_sent", to=email, context={"issue": issue})
