"""`manage.py check_start`: a check that a web process would start."""

from typing import Any

from mscos.startup.command import StartCommand
from mscos.startup.readiness import check_all


class Command(StartCommand):
    """Checks the settings, the database, the cache and the keys, and changes nothing."""

    help = "Say in a sentence what keeps the portal from starting; say nothing where all is well."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check everything that a start needs."""
        check_all()
