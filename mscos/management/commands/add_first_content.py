"""`manage.py add_first_content`: the outcomes and forums of a new, real site."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from mscos.first_content import add_if_empty


class Command(BaseCommand):
    """Adds the outcomes and their forums to an empty site; a second run changes nothing."""

    help = "Add the seven outcomes, the domains and a forum for each outcome to an empty site."

    def handle(self, *args: Any, **options: Any) -> None:
        """Add them, and list the helplines, which no program can check."""
        if not add_if_empty():
            self.stdout.write("There are outcomes or forums already. Nothing was changed.")
            return
        self.stdout.write("Added the seven outcomes, the ten domains and a forum for each outcome.")
        self.stdout.write("Every page shows these helplines. Hold them against the helplines' own pages:")
        for name, number, hours in settings.HELPLINES:
            self.stdout.write(f"  {name}: {number} ({hours})")
