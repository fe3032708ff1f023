"""`manage.py sendings`: lists the last sendings."""

from typing import Any

from django.core.management.base import BaseCommand

from newsletters.management.commands.deliver import sending_summary
from newsletters.models import Mailing

MAX_SENDINGS = 10


class Command(BaseCommand):
    """Lists the newest sendings with their counts."""

    help = f"Tell how the last {MAX_SENDINGS} issues went, one on a line."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one line for each sending, the newest first."""
        mailings = list(Mailing.objects.select_related("issue").order_by("-started_at", "-pk")[:MAX_SENDINGS])
        for mailing in mailings:
            self.stdout.write(sending_summary(mailing))
        if not mailings:
            self.stdout.write("No issue has been sent yet.")
