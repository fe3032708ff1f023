"""The test's outbox after a mail worker has run."""

from django.core import mail

from mscos.mail.worker import MailWorker


def sent_mail():
    """Let a mail worker send all that is due; return the mails sent."""
    worker = MailWorker()
    while worker.run_slice():
        pass
    return mail.outbox
