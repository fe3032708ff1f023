"""The mail that has left."""

from django.core import mail

from mscos.mail import POST_ROOM


def sent_mail():
    """Wait until the post room is empty; return what was sent."""
    POST_ROOM.submit(int).result()
    return mail.outbox
