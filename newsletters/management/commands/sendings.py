"""`manage.py sendings`: how the last issues went."""

from typing import Any

from django.core.management.base import BaseCommand

from newsletters.management.commands.deliver import in_words
from newsletters.models import Mailing

SHOWN = 10


class Command(BaseCommand):
    """Tells how the newest sendings stand."""

    help = f"Tell how the last {SHOWN} issues went, one on a line."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the lines, the newest first."""
        mailings = list(Mailing.objects.select_related("issue").order_by("-started_at", "-pk")[:SHOWN])
        for mailing in mailings:
            self.stdout.write(in_words(mailing))
        if not mailings:
            self.stdout.write("No issue has been sent yet.")
