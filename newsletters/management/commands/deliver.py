"""`manage.py deliver`: sends what is due, with a progress bar."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from mscos.mail.worker import MailWorker
from newsletters.models import Delivery, Mailing

POLL_SECONDS = 1.0  # while nothing can be sent


class Command(BaseCommand):
    """Sends beside the background worker, or only shows its progress."""

    help = "Send the issues that are on their way and show how far they are. Ctrl+C stops after the mail at hand."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --watch."""
        parser.add_argument(
            "--watch", action="store_true", help="send nothing, only show the progress of the background worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, or watch, until no running sending is left."""
        mailings = list(Mailing.objects.running().select_related("issue"))
        if not mailings:
            self.stdout.write("Nothing is being sent. 'manage.py sendings' tells how the last issues went.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        worker = MailWorker(stop.is_set)
        rows = Delivery.objects.filter(mailing__in=mailings)
        with tqdm(total=rows.count(), unit=" mails", disable=None) as bar:
            while not stop.is_set():
                handled = 0 if options["watch"] else worker.run_slice()
                bar.update(bar.total - rows.open().count() - bar.n)
                if not Mailing.objects.running().filter(pk__in=[mailing.pk for mailing in mailings]).exists():
                    break
                if not handled:
                    stop.wait(POLL_SECONDS)
        worker.close()
        for mailing in mailings:
            self.stdout.write(sending_summary(mailing))


def sending_summary(mailing: Mailing) -> str:
    """Return the state and the counts of a sending, on one line."""
    counts = mailing.deliveries.counts()
    parts = [f"{count:,} {Delivery.State(state).label.lower()}" for state, count in counts.items() if count]
    mailing.refresh_from_db(fields=["state"])
    return f"{mailing.issue}: {mailing.get_state_display().lower()}. {', '.join(parts)}."
