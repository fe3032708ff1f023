"""`manage.py check_background_work`: a check that mail is sent and jobs run, for monitoring."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mscos.models import Job, QueuedEmail

LATE = timedelta(minutes=30)
MANY_TRIES = 4  # after which a mail waits an hour or longer (mscos/mail/queue.py)


class Command(BaseCommand):
    """Fails, with a sentence for each problem, where jobs or mails are late or mails are refused several times."""

    help = "Check that the background worker does its jobs and the mail server takes the mail. Names nobody."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raise CommandError where something is wrong."""
        late = timezone.now() - LATE
        counts = {
            "jobs are more than 30 minutes late. Is the background worker running?": Job.objects.filter(
                due_at__lt=late
            ),
            "mails are more than 30 minutes late. Is the background worker running?": QueuedEmail.objects.filter(
                due_at__lt=late
            ),
            "mails were not taken at four tries or more. Does the mail server answer?": QueuedEmail.objects.filter(
                attempts__gte=MANY_TRIES
            ),
        }
        wrong = [f"{rows.count()} {words}" for words, rows in counts.items() if rows.exists()]
        if wrong:
            raise CommandError("\n".join(wrong))
