"""The mail that has left."""

from django.core import mail

from mscos.post_office import PostOffice


def sent_mail():
    """Let a worker send all that is due; return what was sent."""
    office = PostOffice()
    while office.turn():
        pass
    return mail.outbox
