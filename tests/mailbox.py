"""The mail that has left."""

from django.core import mail

from mscos.mail.worker import MailWorker


def sent_mail():
    """Let a worker send all that is due; return what was sent."""
    worker = MailWorker()
    while worker.run_slice():
        pass
    return mail.outbox
